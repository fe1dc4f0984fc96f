// What is taken away: one model's numbers, and what one must know of its data to feed it.

import type { NamedArrays } from "../base/batch.ts";
import { type Problem, problem } from "../base/problem.ts";
import { problemError } from "../base/result.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import type { Config, FinalBranch, InputShape } from "../model/config.ts";

/** A model that is exported. */
export interface ExportedModel {
  /** The run's. */
  name: string;
  config: Config;
  shape: InputShape;
  /** Named as in the golden files; weights are `[in, out]`. */
  parameters: NamedArrays;
  running: NamedArrays;
  /** For the file's metadata: the columns, the data's identity, the vocabulary's hash. */
  dataset: Checkpoint["dataset"] | null;
  step: number;
}

/** The latest model of a checkpoint, or its best. Throws a ProblemError where it keeps no best one. */
export function modelOf(checkpoint: Checkpoint, weights: "latest" | "best", name: string): ExportedModel {
  const { config, dataset, state, best, progress, run } = checkpoint;
  if (weights === "best" && !best) throw problemError("checkpoint-without-best", { name });
  const { parameters, running } = weights === "best" ? best! : state;
  const { fields, tableRows } = dataset;
  const step = weights === "best" ? (progress.best?.step ?? state.step) : state.step;
  return { name: run.name, config, shape: { fields, tableRows }, parameters, running, dataset, step };
}

/** The values of a parameter or a running statistic. */
export function valuesOf({ parameters, running }: ExportedModel, name: string): Float32Array {
  const array = parameters.get(name) ?? running.get(name);
  if (!array) throw new Error(`the model has no ${name}`);
  return array.values;
}

/** The problem that a format cannot hold this model, with what it holds. */
export function notHeld(format: string, reason: string, holds: string): Problem {
  return problem("export-not-held", { format, reason, holds });
}

/** The branches, all of FINAL's kind; else the kind of one that is not. */
export function finalBranches({ branches }: Config): FinalBranch[] | { other: string } {
  const other = branches.find(({ kind }) => kind !== "final");
  return other ? { other: other.kind } : (branches as FinalBranch[]);
}
