// Encoded rows → shards of each split, in the log's order, in row groups of 16,000 and files of a million rows.

import { SPLITS } from "../base/batch.ts";
import type { OutputFolder } from "../shards/byteSink.ts";
import type { Manifest, Shard } from "../shards/manifest.ts";
import { type Layout, makeRows, ROW_GROUP_ROWS, type Rows } from "../shards/rows.ts";
import {
  createShardWriter,
  type EncodedGroup,
  type ShardFormat,
  type ShardWriter,
} from "../shards/shardFile.ts";
import type { Hands } from "./hands.ts";

const GROUPS_A_SHARD = 64;

export interface ShardSet {
  /** Appends those rows whose number in `splitOf` is that of a split of SPLITS. */
  append(rows: Rows, splitOf: Uint8Array): Promise<void>;
  finish(): Promise<Pick<Manifest, "splits" | "shards">>;
}

interface SplitState {
  /** Rows of the next row group. */
  pending: Rows;
  /** Row groups being encoded, in their order. */
  coming: Promise<EncodedGroup>[];
  writer: ShardWriter | null;
  file: string;
  groups: number;
  shards: Shard[];
  rows: number;
  positives: number;
}

export function createShardSet(
  layout: Layout,
  output: OutputFolder,
  hands: Hands,
  format: ShardFormat,
): ShardSet {
  const states = SPLITS.map(
    (): SplitState => ({
      pending: makeRows(layout, ROW_GROUP_ROWS),
      coming: [],
      writer: null,
      file: "",
      groups: 0,
      shards: [],
      rows: 0,
      positives: 0,
    }),
  );
  let chosen = new Uint32Array(0);

  async function append(rows: Rows, splitOf: Uint8Array): Promise<void> {
    if (chosen.length < rows.count) chosen = new Uint32Array(rows.count);
    for (let s = 0; s < SPLITS.length; s++) {
      const state = states[s]!;
      let count = 0;
      for (let r = 0; r < rows.count; r++) if (splitOf[r] === s) chosen[count++] = r;
      for (let from = 0; from < count; ) {
        const taken = Math.min(count - from, ROW_GROUP_ROWS - state.pending.count);
        copyRows(rows, chosen, from, taken, state.pending);
        from += taken;
        if (state.pending.count === ROW_GROUP_ROWS) await sendGroup(s);
      }
    }
  }

  /** Has the pending rows encoded, and writes what is ready when there is enough under way. */
  async function sendGroup(s: number): Promise<void> {
    const state = states[s]!;
    const { pending } = state;
    state.rows += pending.count;
    for (let r = 0; r < pending.count; r++) state.positives += pending.labels[r]!;
    const group = hands.encodeGroup({ rows: pending, format });
    group.catch(() => {});
    state.coming.push(group);
    state.pending = makeRows(layout, ROW_GROUP_ROWS);
    if (state.coming.length >= hands.atOnce) await writeGroup(s);
  }

  async function writeGroup(s: number): Promise<void> {
    const state = states[s]!;
    const group = await state.coming.shift()!;
    if (!state.writer) {
      state.file = `${SPLITS[s]}-${String(state.shards.length).padStart(5, "0")}.${format}`;
      state.writer = createShardWriter(layout, format, await output.create(state.file));
    }
    await state.writer.write(group);
    if (++state.groups === GROUPS_A_SHARD) await closeShard(s);
  }

  async function closeShard(s: number): Promise<void> {
    const state = states[s]!;
    if (!state.writer) return;
    state.shards.push({ file: state.file, split: SPLITS[s]!, ...(await state.writer.finish()) });
    state.writer = null;
    state.groups = 0;
  }

  async function finish(): Promise<Pick<Manifest, "splits" | "shards">> {
    for (let s = 0; s < SPLITS.length; s++) {
      const state = states[s]!;
      if (state.pending.count > 0) await sendGroup(s);
      while (state.coming.length > 0) await writeGroup(s);
      await closeShard(s);
    }
    const totals = states.map(({ rows, positives }) => ({ rows, positives }));
    return {
      splits: { train: totals[0]!, valid: totals[1]!, test: totals[2]! },
      shards: states.flatMap(({ shards }) => shards),
    };
  }
  return { append, finish };
}

/** Appends `count` rows of `from`, those at `chosen[first …]`, to `to`. */
function copyRows(from: Rows, chosen: Uint32Array, first: number, count: number, to: Rows): void {
  const at = to.count;
  copyColumn(from.labels, to.labels);
  for (const [c, column] of from.integers.entries()) copyColumn(column, to.integers[c]!);
  for (const [c, column] of from.categories.entries()) copyColumn(column, to.categories[c]!);
  to.count += count;

  function copyColumn(source: Int32Array | Uint8Array, target: Int32Array | Uint8Array): void {
    for (let r = 0; r < count; r++) target[at + r] = source[chosen[first + r]!]!;
  }
}
