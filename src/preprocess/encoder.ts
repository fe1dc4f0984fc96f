// The heavy steps of preprocessing, each on its own: they can be done here one after the other, or by other threads.

import type { Rules } from "../shards/manifest.ts";
import { MISSING, makeRows, type Rows } from "../shards/rows.ts";
import { type EncodedGroup, encodeRowGroup, type ShardFormat } from "../shards/shardFile.ts";
import { type BadLine, type Block, keepRows, reuseBlock } from "./block.ts";
import { countBlock, emptyStatistics, type LogStatistics } from "./counting.ts";
import { LARGEST } from "./formats/fractions.ts";
import type { Piece } from "./lines.ts";
import { type LogForm, storedLayout } from "./logForm.ts";
import { parsePiece } from "./parse.ts";
import { lineSplitter, TRAIN } from "./splits.ts";
import { type ColumnIds, columnIds, lookUpIds } from "./vocabulary.ts";

/** Consecutive lines of a log: its text, or already parsed where the source is not text. */
export type Part = Piece | Block;

export interface PartReport {
  lineCount: number;
  /** As the part says. */
  split?: number | undefined;
  badLines: BadLine[];
}

/** A part's rows with local ids. */
export interface EncodedPart extends PartReport {
  rows: Rows;
  /** Line number of each row. */
  lines: Uint32Array;
  /** The split of each row as its place in SPLITS, where lines do not determine it. */
  splits?: Uint8Array;
}

/** What `encode` needs to know. */
export interface Vocabulary {
  /** The frequent values of each category in the order of their ids, each character one byte; null: no row has it. */
  values: (string | null)[][];
}

/** Whoever does the steps. Parts and rows given to it are its own from then on. */
export interface Encoder {
  /** Steps that may be under way at once. */
  atOnce: number;
  /** First pass: counts a part's values. */
  count(part: Part): Promise<PartReport>;
  /** What all counted parts hold together. */
  counted(): Promise<LogStatistics>;
  setVocabulary(vocabulary: Vocabulary): Promise<void>;
  /** Second pass: parses a part and looks up its ids. Where `atOnce` is 1, the next call may overwrite the rows. */
  encode(part: Part): Promise<EncodedPart>;
  /** Where `atOnce` is 1, the rows may be used again once it is done. */
  encodeGroup(request: { rows: Rows; format: ShardFormat }): Promise<EncodedGroup>;
}

/** Does every step at once, on this thread. */
export function createEncoder(form: LogForm, rules: Rules): Encoder {
  const splitOf = lineSplitter(rules);
  const { places, scales } = form;
  const stored = storedLayout(form);
  const statistics = emptyStatistics(form);
  let scratch: Block | null = null;
  let room: Rows | null = null;
  let ids: ColumnIds[] = [];

  function parsed(part: Part): Block {
    if (!("bytes" in part)) return part;
    scratch = reuseBlock(scratch, form, part.lineCount, part.firstLine);
    return parsePiece(part, scratch, form);
  }

  return {
    atOnce: 1,
    async count(part) {
      const block = parsed(part);
      const { lineCount, badLines } = block;
      const { times } = block;
      if (rules.fittedOn === "train")
        keepRows(block, (line, r) => (part.split ?? splitOf(line, times?.[r])) === TRAIN);
      countBlock(statistics, block);
      return { lineCount, badLines };
    },
    counted: async () => statistics,
    async setVocabulary({ values }) {
      ids = values.map((column) => columnIds(column, form));
    },
    async encode(part) {
      const block = parsed(part);
      const { count, lineCount, badLines } = block;
      // Handed over to another thread, its arrays are empty.
      if (!room || room.labels.length < count) room = makeRows(stored, Math.ceil(count * 1.25));
      const rows = room;
      rows.count = count;
      rows.labels.set(block.labels.subarray(0, count));
      for (const [c, column] of rows.integers.entries()) {
        const values = block.integers[places?.integers[c] ?? c]!.subarray(0, count);
        const scale = scales?.[c] ?? 1;
        if (scale === 1) column.set(values);
        else for (let r = 0; r < count; r++) column[r] = scaled(values[r]!, scale);
      }
      for (const [c, column] of ids.entries())
        lookUpIds(column, block, places?.categories[c] ?? c, rows.categories[c]!);
      const lines = block.lines.slice(0, count);
      const { times } = block;
      const splits = rules.split === "time" && {
        splits: Uint8Array.from(lines, (line, r) => splitOf(line, times?.[r])),
      };
      return { rows, lines, lineCount, badLines, split: part.split, ...splits };
    },
    encodeGroup: ({ rows, format }) => encodeRowGroup(rows, stored, format),
  };
}

/** As data sets of the first version keep fractions. */
function scaled(value: number, scale: number): number {
  const whole = Math.round(value * scale);
  return Number.isNaN(whole) ? MISSING : Math.max(-LARGEST, Math.min(LARGEST, whole));
}

/** Results of `work` on every item in the items' order, so many of them under way at once. */
export async function* inOrder<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const waiting: Promise<R>[] = [];
  for await (const item of items) {
    const result = work(item);
    // A failure is met when its turn comes.
    result.catch(() => {});
    waiting.push(result);
    if (waiting.length >= atOnce) yield await waiting.shift()!;
  }
  for (const result of waiting) yield await result;
}
