// The worker's side of the arena: one at a time, and none beside a run.

import { problem } from "../base/problem.ts";
import { asProblem, orThrow, ProblemError } from "../base/result.ts";
import type { Handlers } from "../base/rpc/serve.ts";
import { type Config, inputShape, parseConfig } from "../model/config.ts";
import type { ArenaEvent } from "../runs/arenaEvents.ts";
import type { Dataset } from "../shards/dataset.ts";
import { runArena } from "./arena.ts";
import { checkMembers } from "./arenaMembers.ts";
import { createControl, type RunControl } from "./control.ts";
import type { ArenaRequests, BackendReport, TrainerEvent } from "./requests.ts";
import type { TrainerPlatform } from "./trainer.ts";

export interface ArenasInputs {
  platform: Pick<TrainerPlatform, "probe" | "useBackend" | "createEngine">;
  dataset(): Dataset | null;
  /** Ends whatever trains. */
  endActive(): Promise<void>;
  emit(event: TrainerEvent): void;
}

export interface Arenas {
  handlers: Handlers<ArenaRequests>;
  /** Ends the arena that goes on, if there is one. */
  end(): Promise<void>;
}

interface ActiveArena {
  arenaId: string;
  control: RunControl;
  /** Steps done in the seed under way. */
  step: number;
  /** Those who wait until it is paused, or over. */
  settled: (() => void)[];
  done: Promise<void>;
}

export function createArenas({ platform, dataset, endActive, emit }: ArenasInputs): Arenas {
  let active: ActiveArena | null = null;

  function arenaOf(arenaId: string): ActiveArena {
    if (active?.arenaId === arenaId) return active;
    throw new ProblemError(problem("run-not-active", {}));
  }

  function settle(arena: ActiveArena): void {
    for (const resolve of arena.settled.splice(0)) resolve();
  }

  async function pump(
    arena: ActiveArena,
    events: AsyncGenerator<ArenaEvent>,
    members: number,
  ): Promise<void> {
    const { arenaId } = arena;
    try {
      for await (const event of events) {
        emit({ type: "arena", arenaId, event });
        if (event.type === "member" && "position" in event.event) arena.step = event.event.position.step;
        // All members pause after the same step; the last one tells it last.
        if (event.type === "member" && event.event.type === "paused" && event.member === members - 1)
          settle(arena);
      }
    } catch (cause) {
      emit({ type: "arena", arenaId, event: { type: "failed", problem: asProblem(cause) } });
    } finally {
      active = null;
      settle(arena);
    }
  }

  return {
    async end() {
      active?.control.stop();
      await active?.done;
    },
    handlers: {
      async startArena({ arenaId, members: asked, seeds, backend, evaluateEverySteps }) {
        const open = dataset();
        if (!open) throw new ProblemError(problem("dataset-not-open", {}));
        const parsed = asked.map((member) => ({ ...member, config: orThrow(parseConfig(member.config)) }));
        const members = orThrow(checkMembers(parsed));
        const shapeOf = (config: Config) => orThrow(inputShape(config, open.shape(config.integers)));
        for (const { config } of members) shapeOf(config);
        const probed = await platform.probe();
        const chosen = backend === "auto" ? probed.chosen : backend;
        await endActive();
        await platform.useBackend(chosen);
        const control = createControl();
        const createEngine = (config: Config) => platform.createEngine(config, shapeOf(config));
        const inputs = { members, seeds, dataset: open, control, createEngine, evaluateEverySteps };
        active = { arenaId, control, step: 0, settled: [], done: Promise.resolve() };
        active.done = pump(active, runArena(inputs), members.length);
        const reason = backend === "auto" ? probed.reason : "You chose it.";
        const report: BackendReport = { ...probed, chosen, reason };
        return { backend: report };
      },
      async pauseArena({ arenaId }) {
        const arena = arenaOf(arenaId);
        const paused = new Promise<void>((resolve) => arena.settled.push(resolve));
        arena.control.pause();
        await paused;
        return { step: arena.step };
      },
      async resumeArena({ arenaId }) {
        const arena = arenaOf(arenaId);
        arena.control.resume();
        return { step: arena.step };
      },
      async stopArena({ arenaId }) {
        const arena = arenaOf(arenaId);
        arena.control.stop();
        await arena.done;
        return { step: arena.step };
      },
    },
  };
}
