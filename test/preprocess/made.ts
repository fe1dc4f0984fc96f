// A data set made in memory from a log, for tests.

import { wholeLines } from "../../src/preprocess/lines.ts";
import { type PreprocessOptions, preprocess } from "../../src/preprocess/preprocess.ts";
import { NAMED_RULES } from "../../src/preprocess/rules.ts";
import { memoryOutput } from "../../src/shards/byteSink.ts";
import { type Folder, memoryFolder } from "../../src/shards/byteSource.ts";
import type { Manifest, Rules } from "../../src/shards/manifest.ts";

export interface Made {
  manifest: Manifest;
  files: Map<string, Uint8Array>;
  folder: Folder;
}

/** Preprocesses `log`, which arrives in pieces of `pieceBytes`. */
export async function makeDataset(
  log: string | Uint8Array,
  rules: Partial<Rules> = {},
  pieceBytes = 1 << 16,
  options: Partial<PreprocessOptions> = {},
): Promise<Made> {
  const bytes = typeof log === "string" ? new TextEncoder().encode(log) : log;
  const files = new Map<string, Uint8Array>();
  const manifest = await preprocess(() => wholeLines(inPieces(bytes, pieceBytes)), memoryOutput(files), {
    name: "test log",
    files: ["test.txt"],
    rules: { ...NAMED_RULES.mindspore, ...rules },
    ...options,
  });
  return { manifest, files, folder: memoryFolder(files) };
}

export async function* inPieces(bytes: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.slice(at, at + pieceBytes);
}

/** A log's line from its parts; what is left out is missing. */
export function logLine(
  label: number,
  integers: (number | string)[] = [],
  categories: string[] = [],
): string {
  const fill = (values: (number | string)[], length: number) =>
    Array.from({ length }, (_, i) => values[i] ?? "");
  return [label, ...fill(integers, 13), ...fill(categories, 26)].join("\t");
}
