// Starts an arena in the worker. After a lost GPU it continues by itself.

import type { Problem } from "../base/problem.ts";
import { orThrow } from "../base/result.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import { type Config, inputShape, parseConfig } from "../model/config.ts";
import type { ArenaEvent } from "../runs/arenaEvents.ts";
import { createArenaSession } from "./arena.ts";
import { checkMembers } from "./arenaMembers.ts";
import { createControl } from "./control.ts";
import { createMemberKeeper } from "./memberKeeper.ts";
import { createDeviceMender } from "./mendDevice.ts";
import { chooseBackend } from "./platform.ts";
import type { ArenaOptions } from "./requests.ts";
import type { StartContext, Training } from "./training.ts";

/** Ends what is being trained, and makes the arena. Throws a ProblemError where that cannot be. */
export async function startArena(
  context: StartContext,
  options: ArenaOptions & Pick<Checkpoint["run"], "origin">,
): Promise<Training> {
  const { platform, dataset } = context;
  const { arenaId, seeds, evaluateEverySteps } = options;
  const parsed = options.members.map((member) => ({
    ...member,
    config: orThrow(parseConfig(member.config)),
  }));
  const members = orThrow(checkMembers(parsed));
  const shapeOf = (config: Config) => orThrow(inputShape(config, dataset.shape(config.integers)));
  for (const { config } of members) shapeOf(config);
  const backend = await chooseBackend(platform, options.backend);
  await context.endCurrent();
  await platform.useBackend(backend.chosen);

  const emit = (event: ArenaEvent) => context.emit({ type: "arena", arenaId, event });
  const fail = (found: Problem) => emit({ type: "failed", problem: found });
  const mendDevice = createDeviceMender(context, backend);

  const session = createArenaSession({
    members,
    seeds,
    dataset,
    control: createControl(),
    evaluateEverySteps,
    createEngine: (config) => platform.createEngine(config, shapeOf(config)),
    emit,
    keep: createMemberKeeper(context, options),
    // The seed under way begins again, and the seeds that are done stay.
    mend: (_cause, seedIndex) => mendDevice((reason) => emit({ type: "deviceLost", seedIndex, reason })),
  });
  return { id: arenaId, session, backend, mendsDevice: true, fail, release: session.dispose };
}
