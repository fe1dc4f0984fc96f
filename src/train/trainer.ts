// The worker's side: holds the open data set, the engine and the run, and answers the page's requests.

import * as tf from "@tensorflow/tfjs";
import { problem } from "../base/problem.ts";
import { orThrow, ProblemError } from "../base/result.ts";
import type { BackendName, Engine } from "../engine/engine.ts";
import { type Config, type InputShape, inputShape, parseConfig } from "../model/config.ts";
import type {
  BackendReport,
  DatasetLocation,
  RunOptions,
  TrainerEvent,
  TrainerRequests,
} from "../protocol/messages.ts";
import type { Handlers } from "../protocol/serve.ts";
import type { Dataset } from "../shards/dataset.ts";
import { createArenas } from "./arenas.ts";
import { createControl, type RunControl } from "./control.ts";
import { createRun, type Run } from "./run.ts";
import { summarise } from "./summary.ts";

/** What the trainer needs of its surroundings: the browser's worker gives it, tests give others. */
export interface TrainerSurroundings {
  /** What can compute here, and which the studio would choose. */
  probe(): Promise<BackendReport>;
  /** Makes `backend` the current one; throws a ProblemError where it cannot start. */
  useBackend(backend: BackendName): Promise<void>;
  createEngine(config: Config, shape: InputShape): Promise<Engine>;
  openDataset(
    location: DatasetLocation,
    tell: (stage: string, done: number, total: number) => void,
  ): Promise<Dataset>;
}

interface ActiveRun {
  runId: string;
  run: Run;
  control: RunControl;
  engine: Engine;
  /** Those who wait until the run is paused again, or over. */
  settled: ((step: number) => void)[];
  done: Promise<void>;
}

/** The handlers of every request. Events go out through `emit`; one run goes on at a time. */
export function createTrainer(
  surroundings: TrainerSurroundings,
  emit: (event: TrainerEvent) => void,
): Handlers<TrainerRequests> {
  let dataset: Dataset | null = null;
  let active: ActiveRun | null = null;

  const arenas = createArenas({ surroundings, dataset: () => dataset, endActive: endActiveRun, emit });

  async function endActiveRun(): Promise<void> {
    await arenas.end();
    if (!active) return;
    active.control.stop();
    await active.done;
  }

  function activeRun(runId: string): ActiveRun {
    if (active?.runId === runId) return active;
    throw new ProblemError(problem("run-not-active", {}));
  }

  /** Settles when the run pauses next, or is over. */
  function nextPause(run: ActiveRun): Promise<number> {
    return new Promise((resolve) => run.settled.push(resolve));
  }

  async function pump(run: ActiveRun): Promise<void> {
    const settle = () => {
      for (const resolve of run.settled.splice(0)) resolve(run.run.progress.step);
    };
    try {
      for await (const event of run.run.events) {
        emit({ type: "run", runId: run.runId, event });
        if (event.type === "paused") settle();
      }
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      emit({
        type: "run",
        runId: run.runId,
        event: { type: "failed", problem: problem("unexpected", { message }) },
      });
    } finally {
      run.engine.dispose();
      active = null;
      settle();
    }
  }

  return {
    ...arenas.handlers,
    probe: () => surroundings.probe(),
    async openDataset({ location }) {
      const opened = await surroundings.openDataset(location, (stage, done, total) =>
        emit({ type: "dataset", stage, done, total }),
      );
      await endActiveRun();
      await dataset?.close();
      dataset = opened;
      return summarise(opened);
    },
    async startRun(options: RunOptions) {
      if (!dataset) throw new ProblemError(problem("dataset-not-open", {}));
      const config = orThrow(parseConfig(options.config));
      const shape = orThrow(inputShape(config, dataset.shape(config.integers)));
      const probed = await surroundings.probe();
      const backend = options.backend === "auto" ? probed.chosen : options.backend;
      await endActiveRun();
      await surroundings.useBackend(backend);
      const engine = await surroundings.createEngine(config, shape);
      const control = createControl(options.paused);
      const { evaluateEverySteps } = options;
      const run = createRun({ config, dataset, engine, control, evaluateEverySteps });
      active = { runId: options.runId, run, control, engine, settled: [], done: Promise.resolve() };
      active.done = pump(active);
      const reason = options.backend === "auto" ? probed.reason : "You chose it.";
      return { backend: { ...probed, chosen: backend, reason } };
    },
    async pauseRun({ runId }) {
      const run = activeRun(runId);
      const settled = nextPause(run);
      run.control.pause();
      return { step: await settled };
    },
    async resumeRun({ runId }) {
      const run = activeRun(runId);
      run.control.resume();
      return { step: run.run.progress.step };
    },
    async stepRun({ runId, steps }) {
      const run = activeRun(runId);
      const settled = nextPause(run);
      run.control.allow(steps);
      return { step: await settled };
    },
    async stopRun({ runId }) {
      const run = activeRun(runId);
      run.control.stop();
      await run.done;
      return { step: run.run.progress.step };
    },
    async memory() {
      const { numTensors, numBytes } = tf.memory();
      return { tensors: numTensors, bytes: numBytes };
    },
  };
}
