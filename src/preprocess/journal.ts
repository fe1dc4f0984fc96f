// What an unfinished folder says of itself, so that the same command can continue where it stopped: a first line with the
// manifest as far as the first pass knows it, then a line for each finished shard.

import { z } from "../base/zod.ts";
import { type Manifest, manifestSchema, type Shard, shardSchema } from "../shards/manifestSchema.ts";

export interface FinishedShard {
  shard: Shard;
  positives: number;
  /** The line after that of the shard's last row: where its split continues. */
  nextLine: number;
}

/** An interrupted second pass. */
export interface Interrupted {
  /** The manifest without shards. */
  draft: Manifest;
  /** Numbers of bad lines that MindSpore's split depends on. */
  badEnds: number[];
  finished: FinishedShard[];
}

const firstLineSchema = z.strictObject({
  key: z.string(),
  draft: manifestSchema,
  badEnds: z.array(z.number()),
});
const shardLineSchema = z.strictObject({
  shard: shardSchema,
  positives: z.number().int().min(0),
  nextLine: z.number().int().min(0),
});

/** The first line; `key` names the input and the options: another key is another piece of work. */
export function journalStart(key: string, { draft, badEnds }: Omit<Interrupted, "finished">): string {
  return `${JSON.stringify({ key, draft, badEnds })}\n`;
}

export function journalLine(finished: FinishedShard): string {
  return `${JSON.stringify(finished)}\n`;
}

/** What a journal says of the work `key`; null where it is of other work, or too damaged to continue from. */
export function parseJournal(text: string, key: string): Interrupted | null {
  // The last line may have been cut off while it was written.
  const lines = text.split("\n").slice(0, -1);
  try {
    const first = firstLineSchema.parse(JSON.parse(lines[0] ?? ""));
    if (first.key !== key) return null;
    const { draft, badEnds } = first;
    const finished = lines.slice(1).map((line) => shardLineSchema.parse(JSON.parse(line)));
    return { draft, badEnds, finished };
  } catch {
    return null;
  }
}
