// Starts a run in the worker: its engine, its saves, its events.

import type { Problem } from "../base/problem.ts";
import { orThrow, ProblemError, problemError } from "../base/result.ts";
import { yieldToMessages } from "../base/yield.ts";
import { type Checkpoint, encodeCheckpoint } from "../checkpoint/checkpoint.ts";
import { datasetCard } from "../checkpoint/metadata.ts";
import type { BestModel, RunSnapshot } from "../checkpoint/snapshot.ts";
import type { Engine, EngineName } from "../engine/engine.ts";
import { createExaminer } from "../insight/examiner.ts";
import { createGradientWatch } from "../insight/gradients.ts";
import { inspect } from "../metrics/inspection.ts";
import { inputShape, keepsBest, parseConfig } from "../model/config.ts";
import type { TrainEvent } from "../runs/events.ts";
import { type Autosave, createAutosave } from "./autosave.ts";
import { createControl } from "./control.ts";
import { chooseBackend } from "./platform.ts";
import { totalSteps } from "./progress.ts";
import type { RunOptions } from "./requests.ts";
import { createRun, type Run } from "./run.ts";
import type { Examination, StartContext, Training } from "./training.ts";

/** A run to start: a new one, or one that is resumed. */
export interface RunStart extends RunOptions {
  engine?: EngineName;
  from?: RunSnapshot;
  origin: Checkpoint["run"]["origin"];
  /** Called before the first step, when the engine has its initial values. */
  prepare?: (engine: Engine) => Promise<void>;
}

export interface StartedRun {
  training: Training;
  engine: Engine;
}

/** Ends what is being trained, and makes the run. Throws a ProblemError where that cannot be. */
export async function startRun(context: StartContext, start: RunStart): Promise<StartedRun> {
  const { platform, dataset, emit } = context;
  const { runId, name } = start;
  const config = orThrow(parseConfig(start.config));
  const shape = orThrow(inputShape(config, dataset.shape(config.integers)));
  const backend = await chooseBackend(platform, start.backend);
  await context.endCurrent();
  let locked = await platform.lockRun(runId);
  if (!locked) throw problemError("run-elsewhere", { name });
  function unlock(): void {
    locked?.();
    locked = null;
  }
  try {
    const begin = async () => {
      const engine = await platform.createEngine(config, shape, start.engine);
      try {
        await start.prepare?.(engine);
        return { engine, run: await savedRun(context, { ...start, config }, engine, unlock) };
      } catch (cause) {
        engine.dispose();
        throw cause;
      }
    };
    const { engine, run } = await context.onDevice(backend, begin, (lost) => lost.engine.dispose());
    const training: Training = {
      id: runId,
      session: run.session,
      backend,
      mendsDevice: false,
      fail: (found) => emit({ type: "run", runId, event: { type: "failed", problem: found } }),
      keepBest: run.keepBest,
      saveUnsaved: run.saveUnsaved,
      file: run.file,
      get finalFile() {
        return run.finalFile();
      },
      examination: run.examination,
      unlock,
      release: () => engine.dispose(),
    };
    return { training, engine };
  } catch (cause) {
    unlock();
    throw cause;
  }
}

interface SavedRun extends Pick<Run, "session"> {
  keepBest(): Promise<void>;
  saveUnsaved(): void;
  file(): Promise<Blob>;
  finalFile(): Blob | null;
  examination: Examination;
}

/** The run, which saves itself while it is trained and reports to the page; `onKept`: its last checkpoint is written. */
async function savedRun(
  { platform, dataset, emit }: StartContext,
  { runId, name, config, evaluateEverySteps, origin, paused, from }: RunStart,
  engine: Engine,
  onKept: () => void,
): Promise<SavedRun> {
  let ended: Blob | null = null;
  let place = { step: from?.progress.step ?? 0, rowsSeen: from?.progress.rowsSeen ?? 0 };
  /** Where a person keeps it; a schedule that keeps its best has it in each snapshot. */
  let best: BestModel | null = null;

  async function keepBest(): Promise<void> {
    if (keepsBest(config)) return;
    // The best model may still wait for an earlier save.
    await autosave?.settled();
    const saved = await (await platform.checkpointStore()).loadBest(runId);
    if (!saved) throw problemError("best-not-kept", { name });
    const { parameters, running } = saved.state;
    best = { parameters, running };
  }

  const describe = (snapshot: RunSnapshot): Checkpoint => ({
    ...snapshot,
    best: snapshot.best ?? best,
    run: { id: runId, name, evaluateEverySteps, origin, savedAt: Date.now() },
    config,
    dataset: datasetCard(dataset, config.integers),
    engine: engine.description,
  });

  async function toBlob(): Promise<Blob> {
    const pieces = await encodeCheckpoint(describe(await run.snapshot()), yieldToMessages);
    return new Blob(pieces, { type: "application/octet-stream" });
  }

  /** null where the browser keeps nothing, which is reported. */
  async function startSaving(): Promise<Autosave | null> {
    const onProblem = (found: Problem) => emit({ type: "notSaved", runId, problem: found });
    try {
      return createAutosave({
        checkpointStore: await platform.checkpointStore(),
        snapshot: (into) => run.snapshot(into),
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

  async function take(event: TrainEvent): Promise<void> {
    emit({ type: "run", runId, event });
    if (event.type === "paused") void autosave?.save(false);
    if (event.type === "evaluated" && event.point.split === examiner.split)
      await examiner.examine(place, "share");
    if (event.type !== "finished") return;
    ended = await toBlob();
    await autosave?.save(false);
    // The page shows its end: it may be deleted, or resumed elsewhere, while its model is still looked into.
    onKept();
    if (event.reason !== "stopped") await examiner.examine(place, "end");
  }

  const control = createControl(paused);
  const use: Examination["use"] = (work) => run.session.use(0, work);
  const trainedSeconds = () => run.session.trainedSeconds(0) - (from?.progress.activeSeconds ?? 0);
  const examiner = createExaminer({
    config,
    dataset,
    use,
    trainedSeconds,
    stopping: () => control.stopping,
    emit: (insight) => emit({ type: "insight", runId, insight }),
    fromStart: !from || from.progress.step === 0,
  });

  const autosave = await startSaving();
  const run = createRun({
    config,
    dataset,
    engine,
    control,
    evaluateEverySteps,
    ...(from && { from }),
    onStep({ step, rowsSeen }) {
      place = { step, rowsSeen };
      autosave?.stepped();
    },
    beforeStep: createGradientWatch({
      config,
      totalSteps: totalSteps(config, dataset),
      trainedSeconds,
      emit: (point) => emit({ type: "gradients", runId, point }),
    }),
    onBatch: examiner.take,
    onBest: () => void autosave?.save(true),
    onScores(split, scores, { step, rowsSeen }) {
      examiner.evaluated(split, scores.logits, { step, rowsSeen });
      if (split !== "test") return;
      emit({ type: "inspected", runId, step, rowsSeen, inspection: inspect(scores, config.fusion) });
    },
    emit: take,
  });
  return {
    session: run.session,
    keepBest,
    saveUnsaved: () => autosave?.saveUnsaved(),
    file: async () => ended ?? toBlob(),
    finalFile: () => ended,
    examination: { config, examiner, place: () => place, use },
  };
}
