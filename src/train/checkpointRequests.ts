// Runs that are resumed after their session: what the trainer answers about checkpoints and saved runs.

import type { NamedArrays } from "../base/batch.ts";
import { type Problem, problem } from "../base/problem.ts";
import { orThrow, ProblemError, problemError } from "../base/result.ts";
import type { Handlers } from "../base/rpc/serve.ts";
import { type Checkpoint, cannotResume, openCheckpoint } from "../checkpoint/checkpoint.ts";
import { compareCheckpoint, engineDifferences } from "../checkpoint/compare.ts";
import { type CheckpointCurves, openCurves } from "../checkpoint/curves.ts";
import { toSummary } from "../checkpoint/summary.ts";
import { otherVocabulary } from "../checkpoint/vocabulary.ts";
import { type BackendName, type Engine, isEngineHere } from "../engine/engine.ts";
import { type Config, inputShape } from "../model/config.ts";
import { parameterCount } from "../model/parameters.ts";
import type { EvaluationPoint } from "../runs/events.ts";
import { blobSource } from "../shards/byteSource.ts";
import type { Dataset } from "../shards/dataset.ts";
import { evaluateAside, toPoint } from "./evaluate.ts";
import type { TrainerPlatform } from "./platform.ts";
import { interrupted, positionOf } from "./progress.ts";
import type {
  BackendReport,
  CheckpointReport,
  ContinuedRun,
  Continuing,
  TrainerRequests,
} from "./requests.ts";
import type { RunStart } from "./startRun.ts";

type CheckpointRequests = Pick<
  TrainerRequests,
  "inspectCheckpoint" | "continueCheckpoint" | "startFromCheckpoint" | "evaluateCheckpoint" | "continueSaved"
>;

export interface CheckpointRequestsInputs {
  platform: TrainerPlatform;
  /** Ends that run where it is trained here: the page shows its end before it is kept and let go. */
  end(runId: string): Promise<void>;
  /** Ends the run under way and begins another one. */
  begin(options: RunStart): Promise<{ backend: BackendReport; engine: Engine }>;
  dataset(): Dataset | null;
  /** Where the open data set came from, if another session can open it too. */
  origin(): Checkpoint["run"]["origin"];
  /** Does `work` while the run under way, if there is one, stands still. */
  undisturbed<T>(work: () => Promise<T>): Promise<T>;
}

export function createCheckpointRequests(inputs: CheckpointRequestsInputs): Handlers<CheckpointRequests> {
  const { platform, begin } = inputs;
  /** The checkpoint that was inspected last. */
  let inspected: { name: string; checkpoint: Checkpoint } | null = null;

  function openDataset(): Dataset {
    const dataset = inputs.dataset();
    if (!dataset) throw problemError("dataset-not-open", {});
    return dataset;
  }

  function uploaded(): { name: string; checkpoint: Checkpoint } {
    if (!inspected) throw problemError("checkpoint-not-read", {});
    return inspected;
  }

  /** Resumes `checkpoint` as the run `runId`. */
  async function resume(
    { name, checkpoint: found }: { name: string; checkpoint: Checkpoint },
    { runId, backend, paused, cause }: Continuing & { runId: string },
  ): Promise<ContinuedRun> {
    const checkpoint = interrupted(found, cause);
    const { run, config, dataset, engine, progress, history } = checkpoint;
    const stuck = cannotResume(name, checkpoint);
    if (stuck) throw new ProblemError(stuck);
    const { manifest, identity } = openDataset();
    if (identity !== dataset.identity)
      throw problemError("checkpoint-other-data", { name, checkpoint: dataset.name, dataset: manifest.name });
    const { available } = await platform.probe();
    // An exported job's engine is not here: then the default one continues.
    const before = isEngineHere(engine) ? engine : null;
    const canBe = before !== null && available.includes(before.backend);
    const same = canBe && (backend === "auto" || backend === before.backend) ? before : null;
    const begun = await begin({
      runId,
      name: run.name,
      config,
      paused,
      from: checkpoint,
      origin: inputs.origin(),
      evaluateEverySteps: run.evaluateEverySteps,
      backend: same?.backend ?? backend,
      ...(same && { engine: same.engine }),
    });
    const { evaluateEverySteps } = run;
    return {
      runId,
      name: run.name,
      config,
      evaluateEverySteps,
      history,
      progress,
      backend: same ? { ...begun.backend, reason: asBefore(same.backend) } : begun.backend,
      engine: engineDifferences(engine, begun.engine.description),
      skipped: [],
    };
  }

  return {
    async inspectCheckpoint({ file, name, config }) {
      const source = blobSource(name, file);
      try {
        const checkpoint = await openCheckpoint(source, name, "all");
        inspected = { name, checkpoint };
        return report(name, checkpoint, inputs.dataset(), config);
      } catch (cause) {
        if (!(cause instanceof ProblemError && cause.problem.code === "checkpoint-curves-only")) throw cause;
        inspected = null;
        return curvesReport(await openCurves(source, name), inputs.dataset(), cause.problem);
      }
    },
    async continueCheckpoint(options) {
      return resume(uploaded(), options);
    },
    async startFromCheckpoint(options) {
      const { name, checkpoint } = uploaded();
      refuseOtherVocabulary(name, checkpoint, openDataset());
      const weights = checkpoint.best ?? checkpoint.state;
      let taken: string[] = [];
      const { backend } = await begin({
        ...options,
        origin: inputs.origin(),
        async prepare(engine) {
          const fresh = await engine.read();
          taken = [
            ...takeOver(fresh.parameters, weights.parameters),
            ...takeOver(fresh.running, weights.running),
          ];
          await engine.write(fresh);
        },
      });
      return { backend, taken };
    },
    async evaluateCheckpoint() {
      const { name, checkpoint } = uploaded();
      const dataset = openDataset();
      refuseOtherVocabulary(name, checkpoint, dataset);
      const points = await inputs.undisturbed(() => evaluate(platform, checkpoint, dataset));
      return { points, weights: checkpoint.best ? "best" : "latest" };
    },
    async continueSaved({ learningRateFactor, moreEpochs = 0, name, ...options }) {
      await inputs.end(options.runId);
      if ((await platform.lockedRuns()).has(options.runId)) throw problemError("run-elsewhere", { name });
      const checkpointStore = await platform.checkpointStore();
      const { checkpoint: saved, skipped } = orThrow(await checkpointStore.load(options.runId));
      const named = { ...saved, run: { ...saved.run, name } };
      const checkpoint = withMoreEpochs(slowed(named, learningRateFactor), moreEpochs);
      return { ...(await resume({ name: `"${name}"`, checkpoint }, options)), skipped };
    },
  };
}

function noticesOf(name: string, checkpoint: Checkpoint): Problem[] {
  const { savedAgain } = checkpoint;
  const rounded = savedAgain?.rounded.length ?? 0;
  const stuck = cannotResume(name, checkpoint);
  return [
    ...(savedAgain
      ? [problem("checkpoint-saved-again", { name, rounded, checked: savedAgain.checked })]
      : []),
    ...(stuck ? [stuck] : []),
  ];
}

function report(
  name: string,
  checkpoint: Checkpoint,
  dataset: Dataset | null,
  config: Config | null,
): CheckpointReport {
  const { dataset: card, engine } = checkpoint;
  const current = dataset && {
    name: dataset.manifest.name,
    identity: dataset.identity,
    ...dataset.shape((config ?? checkpoint.config).integers),
  };
  return {
    summary: toSummary(checkpoint),
    holds: checkpoint.weightsOnly ? "weights" : "all",
    comparison:
      config && current ? compareCheckpoint(checkpoint, { config, dataset: current, engine }) : null,
    parameterCount: parameterCount(checkpoint.config, card),
    sameData: current?.identity === card.identity,
    canResume: cannotResume(name, checkpoint) === null,
    notices: noticesOf(name, checkpoint),
    otherVocabulary: dataset && otherVocabulary(name, card, dataset.manifest),
  };
}

/** The report of a file without weights: what cannot be done with it is its notice. */
function curvesReport(curves: CheckpointCurves, dataset: Dataset | null, notice: Problem): CheckpointReport {
  const { config, dataset: card } = curves;
  return {
    summary: toSummary(curves),
    holds: "curves",
    comparison: null,
    parameterCount: parameterCount(config, card),
    sameData: dataset?.identity === card.identity,
    canResume: false,
    notices: [notice],
    otherVocabulary: null,
  };
}

function refuseOtherVocabulary(name: string, { dataset: card }: Checkpoint, { manifest }: Dataset): void {
  const foreign = otherVocabulary(name, card, manifest);
  if (foreign) throw new ProblemError(foreign);
}

function asBefore(backend: BackendName): string {
  const names = { webgpu: "WebGPU", wasm: "WASM", cpu: "CPU" };
  return `${names[backend]}, with which the run was trained so far.`;
}

/** The same run with a lower rate from here on. */
function slowed(checkpoint: Checkpoint, factor: number): Checkpoint {
  if (factor === 1) return checkpoint;
  const { config, progress } = checkpoint;
  const optimizer = { ...config.optimizer, learningRate: config.optimizer.learningRate * factor };
  const schedule = { ...progress.schedule, learningRate: progress.schedule.learningRate * factor };
  return { ...checkpoint, config: { ...config, optimizer }, progress: { ...progress, schedule } };
}

/** The same run with a later end. */
function withMoreEpochs(checkpoint: Checkpoint, epochs: number): Checkpoint {
  const { config } = checkpoint;
  return { ...checkpoint, config: { ...config, epochs: config.epochs + epochs } };
}

/** Copies the arrays that have the same name and shape; returns their names. */
function takeOver(target: NamedArrays, source: NamedArrays): string[] {
  return [...target].flatMap(([name, array]) => {
    const given = source.get(name);
    if (given?.shape.join() !== array.shape.join()) return [];
    array.values.set(given.values);
    return [name];
  });
}

/** The checkpoint's best model, or else its latest, on `valid` and `test`. */
async function evaluate(
  { probe, useBackend, createEngine }: TrainerPlatform,
  { config, state, best, progress }: Checkpoint,
  dataset: Dataset,
): Promise<EvaluationPoint[]> {
  const shape = orThrow(inputShape(config, dataset.shape(config.integers)));
  await useBackend((await probe()).chosen);
  const engine = await createEngine(config, shape);
  const points: EvaluationPoint[] = [];
  try {
    await engine.write({ ...state, ...best });
    for (const split of ["valid", "test"] as const) {
      if (dataset.manifest.splits[split].rows === 0) continue;
      const evaluation = await evaluateAside(engine, dataset, config, split);
      points.push(toPoint(evaluation, split, positionOf(progress)));
    }
  } finally {
    engine.dispose();
  }
  return points;
}
