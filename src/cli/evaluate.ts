// eval: a checkpoint's model on a split of a data set.

import { basename } from "node:path";
import { SPLITS, type Split } from "../base/batch.ts";
import { orThrow, ProblemError, problemError } from "../base/result.ts";
import { otherVocabulary } from "../checkpoint/vocabulary.ts";
import { type Engine, engineText, isEngineHere } from "../engine/engine.ts";
import { type Config, inputShape } from "../model/config.ts";
import type { Dataset } from "../shards/dataset.ts";
import { openDataset } from "../shards/openDataset.ts";
import { evaluateSplit, type SplitEvaluation } from "../train/evaluate.ts";
import { flag, parseArguments, text } from "./arguments.ts";
import { readCheckpoint } from "./checkpoints.ts";
import { DEVICE_OPTION, openDevice } from "./device.ts";
import { diskFolder } from "./files.ts";
import { measureInsight, measureSlicesBy } from "./insight.ts";
import { printResult, say } from "./log.ts";

const spec = {
  command: "eval",
  examples: ["--dataset_path=data/criteo --checkpoint_path=checkpoints/demo/FILE.safetensors --split=all"],
  options: [
    text("dataset_path", "folder that preprocess wrote", { required: true }),
    text("checkpoint_path", "a checkpoint (.safetensors)", { required: true }),
    text("weights", "those of its step, or those of its best epoch where the schedule keeps them", {
      choices: ["latest", "best"],
      default: "latest",
    }),
    text("split", "which rows", { choices: [...SPLITS, "all"], default: "test" }),
    DEVICE_OPTION,
    flag("insight", "which columns it uses and which it combines (permutation importance, interactions)", {
      default: false,
      group: "What the model has learned",
    }),
    text("slice_by", 'log loss, AUC and calibration by the values of this column, or by "prediction"'),
  ],
} as const;

/** `eval`: AUC and log loss of every head, for one split or for each that has rows. */
export async function runEvaluate(args: string[]): Promise<number> {
  const { values } = parseArguments(args, spec);
  const name = basename(values.checkpoint_path);
  const {
    config,
    dataset: card,
    state,
    best,
    progress,
    engine: trainedBy,
  } = await readCheckpoint(values.checkpoint_path, "weights");
  if (values.weights === "best" && !best) throw problemError("checkpoint-without-best", { name });
  const dataset = await openDataset(diskFolder(values.dataset_path));
  if (!isEngineHere(trainedBy)) say(`trained by ${engineText(trainedBy)}`);
  const foreign = otherVocabulary(name, card, dataset.manifest);
  if (foreign) throw new ProblemError(foreign);
  const shape = orThrow(inputShape(config, dataset.shape(config.integers)));
  const device = await openDevice(values.device_target);
  const engine = await device.createEngine(config, shape);
  await engine.write(values.weights === "best" ? { ...state, ...best } : state);
  const splits =
    values.split === "all"
      ? SPLITS.filter((split) => dataset.manifest.splits[split].rows > 0)
      : [values.split];
  const { weights, split } = values;
  const step = weights === "best" ? (progress.best?.step ?? state.step) : state.step;
  const results: Record<string, Omit<SplitEvaluation, "scores">> = {};
  for (const split of splits) {
    const inputs = { engine, dataset, config, split, step };
    results[split] = {
      ...(await evaluateOne(engine, dataset, config, split)),
      ...(values.insight && { insight: await measureInsight(inputs) }),
      ...(values.slice_by !== undefined && { slices: await measureSlicesBy(inputs, values.slice_by) }),
    };
  }
  engine.dispose();
  await dataset.close();
  const of = { step, weights, trainedBy: engineText(trainedBy) };
  printResult(split === "all" ? { ...of, splits: results } : { ...of, split, ...results[split] });
  return 0;
}

async function evaluateOne(engine: Engine, dataset: Dataset, config: Config, split: Split) {
  if (dataset.manifest.splits[split].rows === 0) throw problemError("split-empty", { split });
  const passes = evaluateSplit(engine, dataset, config, split);
  let pass = await passes.next();
  while (!pass.done) pass = await passes.next();
  const { scores: _, ...evaluation } = pass.value;
  const { auc, logLoss, rows, seconds } = evaluation;
  say(
    `${split}: AUC ${auc?.fused.toFixed(5) ?? "undefined"}, log loss ${logLoss.fused.toFixed(5)}, ${rows} rows in ${seconds.toFixed(1)} s`,
  );
  return evaluation;
}
