// A saved run's model on rows of any data set.

import { SPLITS, type Split } from "../base/batch.ts";
import { orThrow, ProblemError, problemError } from "../base/result.ts";
import type { Handlers } from "../base/rpc/serve.ts";
import { throttled } from "../base/throttled.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import type { CheckpointStore } from "../checkpoint/checkpointStore.ts";
import { otherVocabulary } from "../checkpoint/vocabulary.ts";
import type { DatasetLocation } from "../datasets/requests.ts";
import type { Engine, ModelState } from "../engine/engine.ts";
import { IMPORTANCE_ROWS } from "../insight/insight.ts";
import { measureWhole, readSample } from "../insight/wholeInsight.ts";
import { headFigures } from "../metrics/headFigures.ts";
import { clickRateLogLoss } from "../metrics/heldOutTurn.ts";
import { type Config, inputShape } from "../model/config.ts";
import { rowsInTraining } from "../preprocess/sharedRows.ts";
import { type RunEvaluation, rowsOf } from "../runs/runEvaluation.ts";
import { type RunInsight, strongest } from "../runs/runInsight.ts";
import type { Dataset } from "../shards/dataset.ts";
import { evaluateAside, type Scores } from "./evaluate.ts";
import { sliceMeter } from "./evaluatedSlices.ts";
import type { TrainerPlatform } from "./platform.ts";
import type { TrainerEvent, TrainerRequests } from "./requests.ts";

export interface RunEvaluationInputs {
  platform: TrainerPlatform;
  /** The open data set. Throws a ProblemError where none is open. */
  dataset(): Dataset;
  /** Where it lies. */
  location(): DatasetLocation | null;
  /** Does `work` while what is being trained stands still. */
  undisturbed<T>(work: () => Promise<T>): Promise<T>;
  emit(event: TrainerEvent): void;
}

/** Messages about progress come no closer together. */
const PROGRESS_MS = 200;

export function createRunEvaluations(
  inputs: RunEvaluationInputs,
): Handlers<Pick<TrainerRequests, "evaluateRun">> {
  const { platform, undisturbed, emit } = inputs;

  const rowsReporter = (totalRows: number) =>
    throttled(PROGRESS_MS, (rows: number) => emit({ type: "evaluatingRun", rows, totalRows }));

  /** null where the training rows cannot be had; they may have gone since. */
  async function lookForTraining(
    { checkpoint }: RunModel,
    dataset: Dataset,
    split: Split,
    trainedOn: DatasetLocation | null,
  ): Promise<number | null> {
    const { identity } = checkpoint.dataset;
    // Its own rows: what its splits share, the data set's inspection says.
    if (dataset.identity === identity || trainedOn === null) return null;
    const trained = await platform.openDataset(trainedOn, () => {}).catch(() => null);
    try {
      return trained?.identity === identity ? await rowsInTraining(dataset, split, trained) : null;
    } finally {
      await trained?.close();
    }
  }

  return {
    async evaluateRun({ runId, name, weights, location, split, trainedOn, ...further }) {
      const model = await loadModel(await platform.checkpointStore(), { runId, name, weights });
      const opened = location && (await platform.openDataset(location, () => {}));
      const dataset = opened ?? inputs.dataset();
      try {
        const onRows = rowsReporter(dataset.manifest.splits[split].rows);
        const { config } = model.checkpoint;
        const place = location ?? inputs.location();
        const { sliceBy = null, withInsight = false } = further;
        const measure =
          sliceBy !== null && place && sliceMeter(sliceBy, { dataset, location: place, split, config });
        const { scores, insight } = await undisturbed(() =>
          scoreSplit(platform, model, dataset, split, withInsight, onRows),
        );
        const slices = measure && (await undisturbed(() => measure(scores)));
        const inTraining = await undisturbed(() => lookForTraining(model, dataset, split, trainedOn));
        return {
          ...evaluationOf(model, dataset, split, scores),
          ...(insight && { insight }),
          ...(slices && { slices }),
          ...(inTraining !== null && { inTraining }),
        };
      } finally {
        await opened?.close();
      }
    },
  };
}

/** A run's model with weights of its own choice. */
interface RunModel {
  name: string;
  checkpoint: Checkpoint;
  weights: RunEvaluation["weights"];
  state: ModelState;
  /** Updates that the weights had. */
  step: number;
}

/** The best weights are in the newest checkpoint where the schedule keeps them, else in the file of the best evaluation. */
async function loadModel(
  store: CheckpointStore,
  { runId, name, weights }: { runId: string; name: string; weights: RunEvaluation["weights"] },
): Promise<RunModel> {
  const { checkpoint } = orThrow(await store.load(runId));
  const { state, best, progress } = checkpoint;
  const bestStep = progress.best?.step ?? progress.step;
  if (weights === "latest") {
    // A run that came to its end has its best weights put back.
    const isBest = best !== null && progress.ended !== null && progress.ended !== "stopped";
    return { name, checkpoint, weights, state, step: isBest ? bestStep : progress.step };
  }
  if (best) return { name, checkpoint, weights, state: { ...state, ...best }, step: bestStep };
  const ofBest = await store.loadBest(runId);
  if (!ofBest) throw problemError("best-not-kept", { name });
  return { name, checkpoint, weights, state: ofBest.state, step: ofBest.progress.step };
}

/** Every row's scores, and where it was asked for what the model has learned. Throws a ProblemError for rows of another vocabulary, and for none. */
async function scoreSplit(
  platform: TrainerPlatform,
  { name, checkpoint: { config, dataset: card }, state, step }: RunModel,
  dataset: Dataset,
  split: Split,
  withInsight: boolean,
  onRows: (rows: number) => void,
): Promise<{ scores: Scores; insight: RunInsight | null }> {
  const { manifest } = dataset;
  const foreign = otherVocabulary(`"${name}"`, card, manifest);
  if (foreign) throw new ProblemError(foreign);
  if (manifest.splits[split].rows === 0) {
    const rows = SPLITS.filter((other) => manifest.splits[other].rows > 0)
      .map((other) => `${manifest.splits[other].rows} ${other} rows`)
      .join(", ");
    throw problemError("rows-of-split-missing", { dataset: manifest.name, split, rows });
  }
  const shape = orThrow(inputShape(config, dataset.shape(config.integers)));
  await platform.useBackend((await platform.probe()).chosen);
  const engine = await platform.createEngine(config, shape);
  try {
    await engine.write(state);
    const { scores } = await evaluateAside(engine, dataset, config, split, onRows);
    const insight = withInsight ? await lookInto(engine, config, dataset, split, step) : null;
    return { scores, insight };
  } finally {
    engine.dispose();
  }
}

/** What the model has learned, on a sample of the split. */
async function lookInto(
  engine: Engine,
  config: Config,
  dataset: Dataset,
  split: Split,
  step: number,
): Promise<RunInsight> {
  const sample = await readSample(dataset, config, split, IMPORTANCE_ROWS);
  const measured = { engine, sample, batchSize: config.batchSize, step };
  const { findings, interactions } = await measureWhole(measured, 1, () => {});
  return strongest({
    step,
    split,
    rows: sample.rows,
    columns: dataset.manifest.columns.map((column) => column.name),
    importances: findings,
    interactions,
    gradients: null,
  });
}

function evaluationOf(
  { name, checkpoint, weights, step }: RunModel,
  { manifest, identity }: Dataset,
  split: Split,
  { labels, logits }: Scores,
): Omit<RunEvaluation, "id"> {
  const { train } = checkpoint.dataset.splits;
  const data = { name: manifest.name, identity };
  const { rows, positives } = manifest.splits[split];
  const heads = logits.map((head) => headFigures(head, labels));
  const known = heads.filter((head) => head !== null);
  if (known.length < heads.length)
    throw problemError("scores-not-numbers", { name, rows: rowsOf({ data, split }) });
  const alone = clickRateLogLoss(train.positives / train.rows, positives / rows);
  return {
    evaluatedAt: Date.now(),
    weights,
    step,
    data,
    split,
    rows,
    positives,
    clickRateAlone: Number.isFinite(alone) ? alone : null,
    heads: known,
  };
}
