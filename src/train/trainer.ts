// The worker's side: holds the open data set, the engine and the run, and answers the page's requests.

import { type Problem, problem } from "../base/problem.ts";
import { asProblem, orThrow, ProblemError } from "../base/result.ts";
import type { Handlers } from "../base/rpc/serve.ts";
import { yieldToMessages } from "../base/yield.ts";
import {
  type Checkpoint,
  datasetCard,
  encodeCheckpoint,
  type RunSnapshot,
} from "../checkpoint/checkpoint.ts";
import type { CheckpointStore } from "../checkpoint/checkpointStore.ts";
import type { DatasetLocation } from "../datasets/requests.ts";
import { heldMemory } from "../engine/describe.ts";
import type { BackendName, Engine, EngineName } from "../engine/engine.ts";
import { inspect } from "../metrics/inspection.ts";
import { type Config, type InputShape, inputShape, parseConfig } from "../model/config.ts";
import type { Dataset } from "../shards/dataset.ts";
import { createArenas } from "./arenas.ts";
import { type Autosave, createAutosave } from "./autosave.ts";
import { createControl, type RunControl } from "./control.ts";
import type { BackendReport, RunOptions, TrainerEvent, TrainerRequests } from "./requests.ts";
import { createRun, type Run } from "./run.ts";
import { createSessions } from "./sessions.ts";
import { summarise } from "./summary.ts";

/** What the trainer needs of its platform: the browser's worker gives it, tests give others. */
export interface TrainerPlatform {
  /** What can compute here, and which the studio would choose. */
  probe(): Promise<BackendReport>;
  /** Makes `backend` the current one; throws a ProblemError where it cannot start. */
  useBackend(backend: BackendName): Promise<void>;
  /** An engine on the current backend; without a name, the one that trains fastest there. */
  createEngine(config: Config, shape: InputShape, name?: EngineName): Promise<Engine>;
  openDataset(
    location: DatasetLocation,
    tell: (stage: string, done: number, total: number) => void,
  ): Promise<Dataset>;
  /** Where runs are saved. Throws a ProblemError where the browser keeps nothing. */
  checkpointStore(): Promise<CheckpointStore>;
  /** Hears of a GPU that is gone. */
  onDeviceLost(hear: (reason: string) => void): void;
  /** Takes a run for this tab alone; gives what lets it go again, or null when another tab has it. */
  lockRun(runId: string): Promise<(() => void) | null>;
  /** Runs that some tab has taken. */
  lockedRuns(): Promise<Set<string>>;
}

/** A run to begin: a new one, or one that goes on. */
export interface Beginning extends RunOptions {
  engine?: EngineName;
  from?: RunSnapshot;
  origin: Checkpoint["run"]["origin"];
  /** Called before the first step, when the engine has its initial values. */
  prepare?: (engine: Engine) => Promise<void>;
}

interface ActiveRun {
  runId: string;
  run: Run;
  control: RunControl;
  /** null where the browser keeps nothing. */
  autosave: Autosave | null;
  describe(snapshot: RunSnapshot): Checkpoint;
  /** Frees the engine, and lets other tabs have the run. */
  release(): void;
  /** Those who wait until it is paused again, or over. */
  settled: ((step: number) => void)[];
  done: Promise<void>;
}

/** How much later than its consequences the loss of a GPU may be told. */
const LOSS_NEWS_MS = 500;

/** The handlers of every request. Events go out through `emit`; one run goes on at a time. */
export function createTrainer(
  platform: TrainerPlatform,
  emit: (event: TrainerEvent) => void,
): Handlers<TrainerRequests> {
  let dataset: Dataset | null = null;
  let location: DatasetLocation | null = null;
  let active: ActiveRun | null = null;
  /** The run that ended last, as a file. */
  let ended: { runId: string; blob: Blob } | null = null;

  let deviceIsLost = false;
  platform.onDeviceLost((reason) => {
    deviceIsLost = true;
    emit({ type: "deviceLost", reason });
  });

  async function endActive(): Promise<void> {
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

  async function pump(going: ActiveRun): Promise<void> {
    const { runId, run, autosave } = going;
    const settle = () => {
      for (const resolve of going.settled.splice(0)) resolve(run.progress.step);
    };
    try {
      for await (const event of run.events) {
        emit({ type: "run", runId, event });
        if (event.type === "paused") {
          settle();
          void autosave?.save(false);
        }
        if (event.type === "finished") {
          ended = { runId, blob: await toBlob(going) };
          await autosave?.save(false);
        }
      }
    } catch (cause) {
      // What a lost GPU was asked for fails before the browser tells the loss, which is the better news.
      await new Promise((resolve) => setTimeout(resolve, LOSS_NEWS_MS));
      if (!deviceIsLost) emit({ type: "run", runId, event: { type: "failed", problem: asProblem(cause) } });
    } finally {
      going.release();
      active = null;
      settle();
    }
  }

  async function toBlob({ describe, run }: ActiveRun): Promise<Blob> {
    const pieces = await encodeCheckpoint(describe(await run.snapshot()), yieldToMessages);
    return new Blob(pieces, { type: "application/octet-stream" });
  }

  async function chooseBackend(wanted: BackendName | "auto"): Promise<BackendReport> {
    const probed = await platform.probe();
    return wanted === "auto" ? probed : { ...probed, chosen: wanted, reason: "You chose it." };
  }

  /** Ends the run under way and begins another one. */
  async function begin(options: Beginning): Promise<{ backend: BackendReport; engine: Engine }> {
    const { runId, name, evaluateEverySteps, origin, from, prepare } = options;
    if (!dataset) throw new ProblemError(problem("dataset-not-open", {}));
    const open = dataset;
    const config = orThrow(parseConfig(options.config));
    const shape = orThrow(inputShape(config, open.shape(config.integers)));
    const backend = await chooseBackend(options.backend);
    await endActive();
    const unlock = await platform.lockRun(runId);
    if (!unlock) throw new ProblemError(problem("run-elsewhere", { name }));
    try {
      await platform.useBackend(backend.chosen);
      const engine = await platform.createEngine(config, shape, options.engine);
      await prepare?.(engine);
      const control = createControl(options.paused);
      const describe = (snapshot: RunSnapshot): Checkpoint => ({
        ...snapshot,
        run: { id: runId, name, evaluateEverySteps, origin, savedAt: Date.now() },
        config,
        dataset: datasetCard(open, config.integers),
        engine: engine.description,
      });
      const autosave = await startAutosave(runId, engine, describe, (into) => run.snapshot(into));
      const run = createRun({
        config,
        dataset: open,
        engine,
        control,
        evaluateEverySteps,
        ...(from && { from }),
        onStep: () => autosave?.stepped(),
        onBest: () => void autosave?.save(true),
        onScores(split, scores, { step, rowsSeen }) {
          if (split !== "test") return;
          emit({ type: "inspected", runId, step, rowsSeen, inspection: inspect(scores, config.fusion) });
        },
      });
      const release = () => {
        engine.dispose();
        unlock();
      };
      active = { runId, run, control, autosave, describe, release, settled: [], done: Promise.resolve() };
      active.done = pump(active);
      return { backend, engine };
    } catch (cause) {
      unlock();
      throw cause;
    }
  }

  /** Saving of a run; null where the browser keeps nothing, which is told. */
  async function startAutosave(
    runId: string,
    engine: Engine,
    describe: ActiveRun["describe"],
    snapshot: Run["snapshot"],
  ): Promise<Autosave | null> {
    const onProblem = (found: Problem) => emit({ type: "notSaved", runId, problem: found });
    try {
      const checkpointStore = await platform.checkpointStore();
      return createAutosave({
        checkpointStore,
        snapshot,
        describe,
        onProblem,
        spare: await engine.read(),
        onSaved: ({ byteLength, summary }) =>
          emit({ type: "saved", runId, step: summary.progress.step, byteLength }),
      });
    } catch (cause) {
      if (!(cause instanceof ProblemError)) throw cause;
      onProblem(cause.problem);
      return null;
    }
  }

  const arenas = createArenas({ platform, dataset: () => dataset, endActive, emit });

  const sessions = createSessions({
    platform,
    begin,
    dataset: () => dataset,
    origin: () => originOf(location),
    async undisturbed(work) {
      const training = active;
      const wasRunning = training && !training.control.waiting;
      if (!wasRunning) return work();
      const paused = nextPause(training);
      training.control.pause();
      await paused;
      try {
        return await work();
      } finally {
        training.control.resume();
      }
    },
  });

  return {
    ...sessions,
    ...arenas.handlers,
    probe: () => platform.probe(),
    async openDataset({ location: wanted }) {
      const opened = await platform.openDataset(wanted, (stage, done, total) =>
        emit({ type: "dataset", stage, done, total }),
      );
      await endActive();
      await dataset?.close();
      dataset = opened;
      location = wanted;
      return summarise(opened);
    },
    async startRun(options: RunOptions) {
      const { backend } = await begin({ ...options, origin: originOf(location) });
      return { backend };
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
    async downloadCheckpoint({ runId }) {
      if (ended?.runId === runId) return { blob: ended.blob };
      return { blob: await toBlob(activeRun(runId)) };
    },
    memory: async () => heldMemory(),
  };
}

/** A location that another session can open too. */
function originOf(location: DatasetLocation | null): Checkpoint["run"]["origin"] {
  switch (location?.type) {
    case "demo": {
      const { type, rows, seed } = location;
      return { type, rows, seed };
    }
    case "url":
      return { type: "url", manifestUrl: location.manifestUrl };
    default:
      return null;
  }
}
