// Shards → shuffled batches. While batches are cut from one window of row groups, the bytes of the next are on their way.

import type { Batch } from "../base/batch.ts";
import { createRandom, hash32, shuffle } from "../base/random.ts";
import { orThrow } from "../base/result.ts";
import type { Folder } from "./byteSource.ts";
import type { BatchOptions, Dataset } from "./dataset.ts";
import { columnEncoders, tableShape } from "./encoding.ts";
import {
  layoutOf,
  MANIFEST_FILE,
  type Manifest,
  manifestIdentity,
  parseManifest,
  type Shard,
} from "./manifest.ts";
import { openShard, type ShardReader } from "./parquet.ts";
import type { Rows } from "./rows.ts";

/** Row groups whose rows are mixed with one another: 128,000 rows, about 20 MB. */
const WINDOW_GROUPS = 8;

/** Opens the data set in `folder`. Throws a ProblemError when its manifest is missing or wrong. */
export async function openDataset(folder: Folder): Promise<Dataset> {
  const source = await folder.open(MANIFEST_FILE);
  const bytes = await source.read(0, source.byteLength);
  const manifest = orThrow(parseManifest(new TextDecoder().decode(bytes), MANIFEST_FILE));
  const readers = new Map<Shard, Promise<ShardReader>>();

  function reader(shard: Shard): Promise<ShardReader> {
    let opening = readers.get(shard);
    if (!opening) {
      opening = folder.open(shard.file).then((file) => openShard(file, shard, layoutOf(manifest)));
      // A failed opening is tried again next time: the person may have fixed it.
      opening.catch(() => readers.delete(shard));
      readers.set(shard, opening);
    }
    return opening;
  }

  return {
    manifest,
    identity: manifestIdentity(manifest),
    shape: (integers) => tableShape(manifest, integers),
    batches: (options) => batches(manifest, reader, options),
    async close() {
      readers.clear();
    },
  };
}

/** A row group and where it lies. */
interface Place {
  shard: Shard;
  group: number;
  rows: number;
}

/** Row groups that are read together, and the order in which their rows come, as offsets into them laid end to end. */
interface Window {
  places: Place[];
  rows: number;
  /** Position of this window in the epoch: its rows are shuffled by (seed, epoch, this). */
  index: number;
}

async function* batches(
  manifest: Manifest,
  reader: (shard: Shard) => Promise<ShardReader>,
  options: BatchOptions,
): AsyncGenerator<Batch> {
  const { split, batchSize, integers, shuffle: chance, skipBatches = 0 } = options;
  const fields = manifest.columns.length;
  const encoders = columnEncoders(manifest, integers);
  const windows = windowsOf(manifest, options);
  const rowCount = manifest.splits[split].rows;
  let skip = skipBatches * batchSize;
  let left = rowCount - skip;
  let batch: Batch | null = null;
  let filled = 0;

  while (windows.length > 0 && skip >= windows[0]!.rows) skip -= windows.shift()!.rows;
  let coming = windows[0] && readWindow(windows[0], reader);
  for (const [w, window] of windows.entries()) {
    const decode = await coming!;
    const next = windows[w + 1];
    coming = next && readWindow(next, reader);
    // If this window turns out damaged, nobody will wait for the next one.
    coming?.catch(() => {});
    const rows = await decode();
    const order = rowOrder(window, chance);
    let position = skip;
    skip = 0;
    while (position < window.rows) {
      batch ??= emptyBatch(Math.min(batchSize, left), fields);
      const count = Math.min(batch.rowCount - filled, window.rows - position);
      for (let r = 0; r < count; r++) batch.labels[filled + r] = rows.labels[order[position + r]!]!;
      const columns = [...rows.integers, ...rows.categories];
      for (let c = 0; c < fields; c++)
        encoders[c]!(columns[c]!, order, position, count, batch.ids, batch.weights, filled);
      position += count;
      filled += count;
      if (filled < batch.rowCount) continue;
      left -= filled;
      yield batch;
      batch = null;
      filled = 0;
    }
  }
}

function windowsOf(manifest: Manifest, { split, shuffle: chance }: BatchOptions): Window[] {
  const places = manifest.shards
    .filter((shard) => shard.split === split)
    .flatMap((shard) => shard.rowGroups.map(({ rows }, group): Place => ({ shard, group, rows })));
  if (chance) shuffle(places, createRandom(hash32(chance.seed, chance.epoch)));
  const size = chance ? WINDOW_GROUPS : 1;
  const windows: Window[] = [];
  for (let first = 0; first < places.length; first += size) {
    const inside = places.slice(first, first + size);
    const rows = inside.reduce((sum, place) => sum + place.rows, 0);
    windows.push({ places: inside, rows, index: windows.length });
  }
  return windows;
}

/** Offsets of the window's rows in the order in which they come. */
function rowOrder(window: Window, chance: BatchOptions["shuffle"]): Uint32Array {
  const order = Uint32Array.from({ length: window.rows }, (_, i) => i);
  return chance ? shuffle(order, createRandom(hash32(chance.seed, chance.epoch), window.index + 1)) : order;
}

/** Fetches a window's bytes; what it resolves to decodes them, which takes the processor and so waits its turn. */
async function readWindow(
  window: Window,
  reader: (shard: Shard) => Promise<ShardReader>,
): Promise<() => Promise<Rows>> {
  const fetched = await Promise.all(
    window.places.map(async ({ shard, group }) => {
      const shardReader = await reader(shard);
      const bytes = await shardReader.fetch(group);
      return () => shardReader.decode(group, bytes);
    }),
  );
  return async () => {
    const groups: Rows[] = [];
    for (const decode of fetched) groups.push(await decode());
    return groups.length === 1 ? groups[0]! : joinRows(groups);
  };
}

function joinRows(groups: Rows[]): Rows {
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  const join = <A extends Int32Array | Uint8Array>(whole: A, parts: A[]) => {
    let at = 0;
    for (const [g, part] of parts.entries()) {
      whole.set(part, at);
      at += groups[g]!.count;
    }
    return whole;
  };
  const columns = (kind: "integers" | "categories") =>
    groups[0]![kind].map((_, c) =>
      join(
        new Int32Array(count),
        groups.map((group) => group[kind][c]!),
      ),
    );
  return {
    count,
    labels: join(
      new Uint8Array(count),
      groups.map((group) => group.labels),
    ),
    integers: columns("integers"),
    categories: columns("categories"),
  };
}

function emptyBatch(rowCount: number, fields: number): Batch {
  return {
    rowCount,
    fields,
    ids: new Int32Array(rowCount * fields),
    weights: new Float32Array(rowCount * fields),
    labels: new Float32Array(rowCount),
  };
}
