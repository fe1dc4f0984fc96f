// A run's curves, read out of a checkpoint of any size without its weights, or out of a small file that holds them alone: what
// one takes away from a cluster whose checkpoints are too large to copy.

import { orThrow, problemError } from "../base/result.ts";
import { toMatrix } from "../runs/points.ts";
import type { ByteSource } from "../shards/byteSource.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { History } from "./history.ts";
import { encodeMetadata, readMetadata } from "./metadata.ts";
import { readHistory } from "./readArrays.ts";
import { encodeSafetensors, readSafetensors, type Tensor } from "./safetensors.ts";
import { createTensorReader } from "./tensorReader.ts";

/** A checkpoint without what the model has learned. */
export type CheckpointCurves = Pick<
  Checkpoint,
  "run" | "config" | "dataset" | "engine" | "progress" | "history"
>;

/** A file of the curves alone, as pieces that follow each other. */
export function encodeCurves(checkpoint: CheckpointCurves): Promise<Uint8Array<ArrayBuffer>[]> {
  const { run, config, dataset, engine, progress, history } = checkpoint;
  const { historyColumns, tensors } = historyTensors(history, config.branches.length);
  const parts = { run, config, dataset, engine, progress, historyColumns, parts: "curves" };
  return encodeSafetensors({ metadata: encodeMetadata(parts), tensors });
}

/** Reads the curves of a checkpoint, or of a file of curves alone. Throws a ProblemError, for weights alone too. */
export async function openCurves(source: ByteSource, name: string): Promise<CheckpointCurves> {
  const file = await readSafetensors(source, name, (tensor) => tensor.startsWith("history/"));
  const { metadata, config } = orThrow(readMetadata(name, file.metadata));
  if (!("historyColumns" in metadata)) throw problemError("checkpoint-without-curves", { name });
  const reader = createTensorReader(file);
  const history = readHistory(reader, config.branches.length, metadata.historyColumns);
  const { fault } = reader;
  if (fault) throw problemError("checkpoint-invalid", { name, where: fault.tensor, reason: fault.reason });
  const { run, dataset, engine, progress } = metadata;
  return { run, config, dataset, engine, progress, history };
}

/** One row a point, and what its columns are. */
export function historyTensors(history: History, branches: number) {
  const matrices = {
    progress: toMatrix("progress", history.progress, branches),
    evaluations: toMatrix("evaluation", history.evaluations, branches),
  };
  const tensors = new Map<string, Tensor>();
  for (const [name, { columns, values }] of Object.entries(matrices))
    tensors.set(`history/${name}`, { shape: [values.length / columns.length, columns.length], values });
  return {
    historyColumns: { progress: matrices.progress.columns, evaluations: matrices.evaluations.columns },
    tensors,
  };
}
