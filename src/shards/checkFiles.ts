import { problemError } from "../base/result.ts";
import { type ByteSource, type Folder, withFile } from "./byteSource.ts";
import type { Manifest } from "./manifest.ts";
import { damagedShard } from "./shardProblem.ts";

/**
 * Throws a ProblemError where a file that the manifest names is not in the folder or has another length. What is in the
 * files is checked when they are read.
 */
export async function checkFiles(folder: Folder, { shards, vocabulary }: Manifest): Promise<void> {
  for (const shard of shards) {
    const found = await withFile(folder, shard.file, lengthOf);
    if (found !== shard.bytes) throw damagedShard(shard, lengths(found, shard.bytes));
  }
  const { file, bytes } = vocabulary;
  const found = await withFile(folder, file, lengthOf);
  if (found === bytes) return;
  throw problemError("vocabulary-damaged", { name: file, reason: lengths(found, bytes) });
}

async function lengthOf({ byteLength }: ByteSource): Promise<number> {
  return byteLength;
}

function lengths(found: number, expected: number): string {
  return `it has ${found} bytes instead of ${expected}`;
}
