// A checkpoint: everything to resume a run as if nothing had happened, and to evaluate rows with it alone, in one
// safetensors file. Tensors, all row-major:
//
//   NAME                    parameters and running statistics, named as in the golden files      F32
//   adam/m/NAME             Adam's first moments                                                 F32
//   adam/v/NAME             Adam's second moments                                                F32
//   best/NAME               parameters and running statistics at the best evaluation, if kept    F32
//   meter/sums              losses × rows since the last point of the progressive curves         F64
//   meter/logits, labels    the rows of the progressive AUC: [heads, rows], [rows]               F32
//   history/progress        one row a point of the progressive curves                            F64
//   history/evaluations     one row an evaluation                                                F64
//
// The metadata holds `format`, `version` and, as JSON: run, config, dataset (columns and id bases), engine, progress
// (step, epoch, data cursor, schedule, best so far), meter, and the names of the history's columns. A file of weights alone
// has `parts` "weights", the parameters and running statistics, and neither meter nor history; one of curves alone has `parts`
// "curves" and the history (curves.ts).

import type { NamedArrays } from "../base/batch.ts";
import { type Problem, problem } from "../base/problem.ts";
import { err, ok, orThrow, type Result } from "../base/result.ts";
import type { TrainedBy } from "../engine/engine.ts";
import type { Config } from "../model/config.ts";
import type { ByteSource } from "../shards/byteSource.ts";
import { historyTensors } from "./curves.ts";
import { type DatasetCard, encodeMetadata, type RunCard, readMetadata } from "./metadata.ts";
import { readArrays } from "./readArrays.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type OpenedTensorFile,
  readSafetensors,
  type SavedAgain,
  type Tensor,
} from "./safetensors.ts";
import { type BestModel, notFinite, type RunSnapshot } from "./snapshot.ts";
import { createTensorReader } from "./tensorReader.ts";

/** A snapshot, and what it is a snapshot of. */
export interface Checkpoint extends RunSnapshot {
  run: RunCard;
  config: Config;
  dataset: DatasetCard;
  /** What computed it: another engine rounds otherwise (`roundAlike`). */
  engine: TrainedBy;
  /** Weights and what describes them were read, or there is no more in the file: moments are 0, curves empty. */
  weightsOnly?: boolean;
  /** Where another program saved the file again: what came of it. */
  savedAgain?: SavedAgain;
}

/**
 * The file as pieces that follow each other; arrays are not copied, so they must not change before it is written.
 * `breathe` is awaited every few milliseconds of work.
 */
export function encodeCheckpoint(
  checkpoint: Checkpoint,
  breathe?: () => Promise<void>,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const { run, config, dataset, engine, progress, state, best, meter, history } = checkpoint;
  const { sums, logits, labels, ...meterScalars } = meter;
  const branches = config.branches.length;
  const { historyColumns, tensors: curves } = historyTensors(history, branches);
  const tensors = new Map<string, Tensor>();
  const addAll = (prefix: string, arrays: NamedArrays) => {
    for (const [name, array] of arrays) tensors.set(prefix + name, array);
  };
  addAll("", state.parameters);
  addAll("", state.running);
  addAll("adam/m/", state.firstMoments);
  addAll("adam/v/", state.secondMoments);
  if (best) addAll("best/", new Map([...best.parameters, ...best.running]));
  tensors.set("meter/sums", { shape: [sums.length], values: sums });
  tensors.set("meter/logits", { shape: [branches + 1, labels.length], values: logits });
  tensors.set("meter/labels", { shape: [labels.length], values: labels });
  for (const [name, tensor] of curves) tensors.set(name, tensor);
  const parts = { run, config, dataset, engine, progress, meter: meterScalars, historyColumns };
  const metadata = encodeMetadata(parts);
  return encodeSafetensors({ metadata, tensors }, breathe);
}

/** One model alone as a file: its weights under their names, and what describes them. */
export function encodeWeights(
  checkpoint: Omit<Checkpoint, keyof RunSnapshot> & Pick<Checkpoint, "progress">,
  { parameters, running }: BestModel,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const { run, config, dataset, engine, progress } = checkpoint;
  const metadata = encodeMetadata({ run, config, dataset, engine, progress, parts: "weights" });
  return encodeSafetensors({ metadata, tensors: new Map([...parameters, ...running]) });
}

/** Reads a checkpoint that a person chose; `name` is used in sentences. Arrays are views of `bytes`. */
export function decodeCheckpoint(bytes: Uint8Array<ArrayBuffer>, name: string): Result<Checkpoint> {
  const file = decodeSafetensors(bytes, name);
  return file.ok ? toCheckpoint(file.value, name, false) : file;
}

/**
 * Reads a checkpoint piece by piece, so that it takes no more memory than what is kept of it: everything, or the weights
 * alone. Throws a ProblemError.
 */
export async function openCheckpoint(
  source: ByteSource,
  name: string,
  kept: "all" | "weights",
): Promise<Checkpoint> {
  const weightsOnly = kept === "weights";
  const wanted = (tensor: string) => !weightsOnly || !/^(adam|meter|history)\//.test(tensor);
  return orThrow(toCheckpoint(await readSafetensors(source, name, wanted), name, weightsOnly));
}

/** Why a run cannot be resumed from this checkpoint, whatever the data; null where it can. */
export function cannotResume(name: string, { weightsOnly, savedAgain }: Checkpoint): Problem | null {
  if (weightsOnly) return problem("checkpoint-weights-only", { name });
  if (savedAgain && savedAgain.rounded.length > 0)
    return problem("checkpoint-rounded", { name, tensors: savedAgain.rounded.length });
  return null;
}

function toCheckpoint(file: OpenedTensorFile, name: string, weightsOnly: boolean): Result<Checkpoint> {
  const described = readMetadata(name, file.metadata);
  if (!described.ok) return described;
  const { metadata, config } = described.value;
  const parts = "parts" in metadata ? metadata.parts : null;
  if (parts === "curves") return err(problem("checkpoint-curves-only", { name }));
  const reader = createTensorReader(file);
  const alone = weightsOnly || parts === "weights";
  const arrays = readArrays(reader, config, metadata, alone);
  const fault = reader.fault ?? reader.leftOver();
  if (fault) return err(problem("checkpoint-invalid", { name, where: fault.tensor, reason: fault.reason }));
  for (const tensor of notFinite(arrays))
    if (tensor) return err(problem("checkpoint-not-finite", { name, tensor }));
  const { run, dataset, engine, progress } = metadata;
  const { savedAgain } = file;
  const how = { ...(alone && { weightsOnly: true }), ...(savedAgain && { savedAgain }) };
  return ok({ run, config, dataset, engine, progress, ...arrays, ...how });
}
