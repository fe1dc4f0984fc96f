// Files opened as a person's are, and what comes of them, for tests.

import type { Split } from "../../../src/base/batch.ts";
import type { Problem } from "../../../src/base/problem.ts";
import { type Fitted, idsOf, ownIds } from "../../../src/preprocess/fitting.ts";
import { blobInput } from "../../../src/preprocess/formats/input.ts";
import type { LogSource, OpenOptions } from "../../../src/preprocess/formats/logSource.ts";
import { openLogs } from "../../../src/preprocess/formats/openLogs.ts";
import { preprocess } from "../../../src/preprocess/preprocess.ts";
import { NAMED_RULES } from "../../../src/preprocess/rules.ts";
import { memoryOutput } from "../../../src/shards/byteSink.ts";
import { type Folder, memoryFolder } from "../../../src/shards/byteSource.ts";
import type { Manifest, Rules } from "../../../src/shards/manifest.ts";
import { openShard } from "../../../src/shards/shardFile.ts";

type Files = Record<string, string | Uint8Array<ArrayBuffer>>;

export function openFiles(files: Files, options: OpenOptions = {}): Promise<LogSource> {
  return openLogs(
    Object.entries(files).map(([name, content]) => blobInput(name, new Blob([content]))),
    options,
  );
}

export interface Imported {
  source: LogSource;
  manifest: Manifest;
  folder: Folder;
  /** The vocabulary's lines. */
  vocabulary: string[];
  /** Rows as they are stored: label, integers, local ids. */
  rows: Record<Split, number[][]>;
  warning: Problem | undefined;
  findings: Problem[];
}

/** Imports files as `preprocess` does; with the ids of `fitted` where it is given. */
export async function importFiles(
  files: Files,
  options: OpenOptions = {},
  rules: Partial<Rules> = {},
  fitted?: Fitted,
): Promise<Imported> {
  return importSource(await openFiles(files, options), rules, fitted);
}

export async function importSource(
  source: LogSource,
  rules: Partial<Rules> = {},
  fitted?: Fitted,
): Promise<Imported> {
  const made = new Map<string, Uint8Array>();
  const name = "imported";
  let warning: Problem | undefined;
  let findings: Problem[] = [];
  const { rules: implied, ...ids } = fitted ? await idsOf(fitted, source, name) : ownIds(source);
  const manifest = await preprocess(() => source.parts(() => {}, ids.layout), memoryOutput(made), {
    name,
    files: source.files,
    rules: { ...NAMED_RULES.mindspore, ...implied, ...rules },
    ...ids,
    warn: (problem) => (warning = problem),
    found: (some) => (findings = some),
  });
  const rows: Imported["rows"] = { train: [], valid: [], test: [] };
  for (const shard of manifest.shards) {
    const reader = await openShard(await memoryFolder(made).open(shard.file), shard, manifest);
    for (const g of shard.rowGroups.keys()) {
      const { count, columns } = await reader.decode(g, await reader.fetch(g));
      for (let r = 0; r < count; r++) rows[shard.split].push(columns.map(({ codes }) => codes[r]!));
    }
  }
  const vocabulary = new TextDecoder().decode(made.get("vocabulary.tsv")).trimEnd().split("\n").slice(1);
  return { source, manifest, folder: memoryFolder(made), vocabulary, rows, warning, findings };
}
