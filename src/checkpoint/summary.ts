// What a list of checkpoints shows of each.

import type { TrainedBy } from "../engine/engine.ts";
import { type Config, parseConfig } from "../model/config.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { FORMAT, metadataSchema, parseTexts, type RunCard, VERSION } from "./metadata.ts";
import type { RunProgress } from "./progress.ts";
import { peekMetadata } from "./safetensors.ts";

/** What a list shows of a checkpoint, out of its metadata alone. */
export interface CheckpointSummary {
  run: RunCard;
  config: Config;
  /** `columns`: their names. */
  dataset: { name: string; identity: string; trainRows: number; columns: string[] };
  engine: TrainedBy;
  progress: RunProgress;
}

/** Reads the first bytes of a file of `byteLength` bytes; null when they do not begin a whole checkpoint. */
export function peekCheckpoint(head: Uint8Array<ArrayBuffer>, byteLength: number): CheckpointSummary | null {
  const texts = peekMetadata(head, byteLength);
  if (texts?.get("format") !== FORMAT || texts.get("version") !== String(VERSION)) return null;
  const { crc32c: _, contents: __, format: ___, version: ____, ...rest } = Object.fromEntries(texts);
  const values = parseTexts(rest);
  const parsed = values.ok ? metadataSchema.safeParse(values.value) : null;
  const config = parsed?.success ? parseConfig(parsed.data.config) : null;
  return parsed?.success && config?.ok ? toSummary({ ...parsed.data, config: config.value }) : null;
}

/** A whole checkpoint's summary. */
export function toSummary(
  checkpoint: Pick<Checkpoint, "run" | "config" | "dataset" | "engine" | "progress">,
): CheckpointSummary {
  const { run, config, dataset, engine, progress } = checkpoint;
  const { name, identity, splits, columns } = dataset;
  const names = columns.map((column) => column.name);
  const data = { name, identity, trainRows: splits.train.rows, columns: names };
  return { run, config, dataset: data, engine, progress };
}
