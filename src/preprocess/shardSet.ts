// Encoded rows → shards of each split, in the log's order, in row groups of 16,000 and files of a million rows.

import { SPLITS } from "../base/batch.ts";
import type { OutputFolder } from "../shards/byteSink.ts";
import type { Sha256 } from "../shards/checksums.ts";
import type { Manifest } from "../shards/manifest.ts";
import { type Layout, makeRows, type Numbers, ROW_GROUP_ROWS, type Rows } from "../shards/rows.ts";
import {
  createShardWriter,
  type EncodedGroup,
  type ShardFormat,
  type ShardWriter,
} from "../shards/shardFile.ts";
import type { EncodedPart, Encoder } from "./encoder.ts";
import type { FinishedShard } from "./journal.ts";

export interface ShardSetOptions {
  layout: Layout;
  format: ShardFormat;
  groupsPerShard: number;
  encoder: Encoder;
  output: OutputFolder;
  createHash: () => Sha256;
  /** Shards that an interrupted run has finished. */
  finished: FinishedShard[];
  /** Called with each shard that is closed. */
  onFinished: (shard: FinishedShard) => Promise<void>;
}

export interface ShardSet {
  /** Lines before this one are in finished shards, of every split. */
  firstLine: number;
  /** Appends a part's rows; `splitOf` gives the split of a line as its place in SPLITS, or −1 for none. */
  append(part: EncodedPart, splitOf: (line: number) => number): Promise<void>;
  finish(): Promise<Pick<Manifest, "splits" | "shards">>;
}

interface ComingGroup {
  encoded: Promise<EncodedGroup>;
  positives: number;
  nextLine: number;
}

interface SplitState {
  finished: FinishedShard[];
  /** Rows of the next row group, and the line after its last. */
  pending: Rows;
  nextLine: number;
  /** Row groups being encoded, in their order. */
  coming: ComingGroup[];
  /** The shard being written. */
  writer: ShardWriter | null;
  file: string;
  groups: number;
  positives: number;
}

export function createShardSet(options: ShardSetOptions): ShardSet {
  const { layout, format, groupsPerShard, encoder, output, createHash, finished, onFinished } = options;
  const states = SPLITS.map((split): SplitState => {
    const before = finished.filter(({ shard }) => shard.split === split);
    return {
      finished: before,
      pending: makeRows(layout, ROW_GROUP_ROWS),
      nextLine: before.at(-1)?.nextLine ?? 0,
      coming: [],
      writer: null,
      file: "",
      groups: 0,
      positives: 0,
    };
  });
  const resumeLines = states.map(({ nextLine }) => nextLine);

  async function append(part: EncodedPart, splitOf: (line: number) => number): Promise<void> {
    const { rows, lines } = part;
    const chosen = dealt(part, splitOf, resumeLines);
    for (const [s, state] of states.entries()) {
      const own = chosen[s]!;
      for (let from = 0; from < own.length; ) {
        const taken = Math.min(own.length - from, ROW_GROUP_ROWS - state.pending.count);
        copyRows(rows, own.subarray(from, from + taken), state.pending);
        from += taken;
        state.nextLine = lines[own[from - 1]!]! + 1;
        if (state.pending.count === ROW_GROUP_ROWS) await sendGroup(s);
      }
    }
  }

  /** Has the pending rows encoded, and writes what is ready when there is enough under way. */
  async function sendGroup(s: number): Promise<void> {
    const state = states[s]!;
    const { pending, nextLine } = state;
    let positives = 0;
    for (let r = 0; r < pending.count; r++) positives += pending.labels[r]!;
    const encoded = encoder.encodeGroup({ rows: pending, format });
    // A failure is met when its turn comes.
    encoded.catch(() => {});
    state.coming.push({ encoded, positives, nextLine });
    if (encoder.atOnce === 1) {
      await encoded;
      pending.count = 0;
    } else state.pending = makeRows(layout, ROW_GROUP_ROWS);
    if (state.coming.length >= encoder.atOnce) await writeGroup(s);
  }

  async function writeGroup(s: number): Promise<void> {
    const state = states[s]!;
    const { encoded, positives, nextLine } = state.coming.shift()!;
    const group = await encoded;
    if (!state.writer) {
      state.file = `${SPLITS[s]}-${String(state.finished.length).padStart(5, "0")}.${format}`;
      const sink = await output.create(state.file);
      state.writer = await createShardWriter(layout, format, sink, createHash());
    }
    await state.writer.write(group);
    state.positives += positives;
    if (++state.groups === groupsPerShard) await closeShard(s, nextLine);
  }

  async function closeShard(s: number, nextLine: number): Promise<void> {
    const state = states[s]!;
    if (!state.writer) return;
    const shard = { file: state.file, split: SPLITS[s]!, ...(await state.writer.finish()) };
    const { positives } = state;
    state.finished.push({ shard, positives, nextLine });
    Object.assign(state, { writer: null, groups: 0, positives: 0 });
    await onFinished({ shard, positives, nextLine });
  }

  async function finish(): Promise<Pick<Manifest, "splits" | "shards">> {
    for (const [s, state] of states.entries()) {
      if (state.pending.count > 0) await sendGroup(s);
      while (state.coming.length > 0) await writeGroup(s);
      await closeShard(s, state.nextLine);
    }
    const totals = states.map((state) => ({
      rows: state.finished.reduce((sum, { shard }) => sum + shard.rows, 0),
      positives: state.finished.reduce((sum, { positives }) => sum + positives, 0),
    }));
    return {
      splits: { train: totals[0]!, valid: totals[1]!, test: totals[2]! },
      shards: states.flatMap((state) => state.finished.map(({ shard }) => shard)),
    };
  }
  return { firstLine: Math.min(...resumeLines), append, finish };
}

/** The rows of each split, but for those whose lines come before its `resumeLines`. */
function dealt(
  { rows, lines, splits }: EncodedPart,
  splitOf: (line: number) => number,
  resumeLines: number[],
): Uint32Array[] {
  const chosen = SPLITS.map(() => new Uint32Array(rows.count));
  const counts = SPLITS.map(() => 0);
  for (let r = 0; r < rows.count; r++) {
    const line = lines[r]!;
    const s = splits ? splits[r]! : splitOf(line);
    if (s >= 0 && line >= resumeLines[s]!) chosen[s]![counts[s]!++] = r;
  }
  return chosen.map((some, s) => some.subarray(0, counts[s]!));
}

/** Appends the rows of `from` that `chosen` lists to `to`. */
function copyRows(from: Rows, chosen: Uint32Array, to: Rows): void {
  const at = to.count;
  for (let r = 0; r < chosen.length; r++) to.labels[at + r] = from.labels[chosen[r]!]!;
  for (const [c, column] of from.integers.entries()) copyValues(column, chosen, to.integers[c]!, at);
  for (const [c, column] of from.categories.entries()) copyValues(column, chosen, to.categories[c]!, at);
  to.count += chosen.length;
}

function copyValues(from: Numbers, chosen: Uint32Array, to: Numbers, at: number): void {
  for (let r = 0; r < chosen.length; r++) to[at + r] = from[chosen[r]!]!;
}
