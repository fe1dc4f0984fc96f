// Shards → shuffled batches. While batches are cut from one window of row groups, the next is fetched and decoded.

import type { Batch } from "../base/batch.ts";
import { createRandom, hash32, shuffle } from "../base/random.ts";
import { orThrow } from "../base/result.ts";
import type { Folder } from "./byteSource.ts";
import type { BatchOptions, Dataset } from "./dataset.ts";
import { columnEncoders, tableShape } from "./encoding.ts";
import { MANIFEST_FILE, type Manifest, manifestIdentity, parseManifest, type Shard } from "./manifest.ts";
import { createRowMixer } from "./rowMixer.ts";
import { openShard, type ShardReader, type StoredGroup } from "./shardFile.ts";

/** Row groups whose rows are mixed with one another: 128,000 rows, about 20 MB. */
const WINDOW_GROUPS = 8;

/** Opens the data set in `folder`. Throws a ProblemError when its manifest is missing or wrong. */
export async function openDataset(folder: Folder): Promise<Dataset> {
  const source = await folder.open(MANIFEST_FILE);
  const bytes = await source.read(0, source.byteLength);
  await source.close?.();
  const manifest = orThrow(parseManifest(new TextDecoder().decode(bytes), MANIFEST_FILE));
  const readers = new Map<Shard, Promise<ShardReader>>();

  function reader(shard: Shard): Promise<ShardReader> {
    let opening = readers.get(shard);
    if (!opening) {
      opening = folder.open(shard.file).then((file) => openShard(file, shard, manifest));
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
      const opened = await Promise.allSettled(readers.values());
      readers.clear();
      for (const shard of opened) if (shard.status === "fulfilled") await shard.value.close();
    },
  };
}

/** A row group and where it lies. */
interface Place {
  shard: Shard;
  group: number;
  rows: number;
}

/** Row groups that are read together and whose rows are mixed. */
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
  const windows = windowsOf(manifest, options);
  const rowCount = manifest.splits[split].rows;
  let skip = skipBatches * batchSize;
  let left = Math.max(0, rowCount - skip);
  while (windows.length > 0 && skip >= windows[0]!.rows) skip -= windows.shift()!.rows;
  const mostRows = Math.max(0, ...windows.map(({ rows }) => rows));
  const mixer = createRowMixer(columnEncoders(manifest, integers), mostRows);
  const newBatch = batchMaker(Math.min(batchSize, left), manifest.columns.length, mixer.weighted);
  let filled = 0;
  let batch: Batch | null = null;
  let coming = windows[0] && fetchWindow(windows[0], reader);
  try {
    for (const [w, window] of windows.entries()) {
      const groups = await coming!.groups();
      coming = windows[w + 1] && fetchWindow(windows[w + 1]!, reader);
      mixer.fill(groups, chance && createRandom(hash32(chance.seed, chance.epoch), window.index + 1));
      let position = skip;
      skip = 0;
      while (position < window.rows) {
        batch ??= newBatch(Math.min(batchSize, left));
        const count = Math.min(batch.rowCount - filled, window.rows - position);
        mixer.cut(position, count, batch, filled);
        position += count;
        filled += count;
        if (filled < batch.rowCount) continue;
        left -= filled;
        yield batch;
        batch = null;
        filled = 0;
        await coming?.prepare(position / window.rows);
      }
    }
  } finally {
    mixer.close();
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

/** A window that comes while batches are cut from the one before it. */
interface ComingWindow {
  /** Decodes what has come, up to this share of the groups: all of it at once would keep whoever takes batches waiting. */
  prepare(share: number): Promise<void>;
  /** All groups, decoded. */
  groups(): Promise<StoredGroup[]>;
}

function fetchWindow({ places }: Window, reader: (shard: Shard) => Promise<ShardReader>): ComingWindow {
  const come = places.map(() => false);
  const decodes = places.map(async ({ shard, group }, i) => {
    const shardReader = await reader(shard);
    const bytes = await shardReader.fetch(group);
    come[i] = true;
    return () => shardReader.decode(group, bytes);
  });
  const decoded: Promise<StoredGroup>[] = [];
  // A failure is met when the window's turn comes, if it does.
  for (const decode of decodes) decode.catch(() => {});

  async function decodeNext(): Promise<void> {
    const group = (await decodes[decoded.length]!)();
    decoded.push(group);
    await group.catch(() => {});
  }

  return {
    async prepare(share) {
      while (decoded.length < share * places.length && come[decoded.length]) await decodeNext();
    },
    async groups() {
      while (decoded.length < places.length) await decodeNext();
      return Promise.all(decoded);
    },
  };
}

/** Makes batches of at most `most` rows. Where all weights are 1, batches of equal size share them. */
function batchMaker(most: number, fields: number, weighted: boolean): (rowCount: number) => Batch {
  const ones = weighted ? null : new Float32Array(most * fields).fill(1);
  return (rowCount) => ({
    rowCount,
    fields,
    ids: new Int32Array(rowCount * fields),
    weights: ones?.subarray(0, rowCount * fields) ?? new Float32Array(rowCount * fields),
    labels: new Float32Array(rowCount),
  });
}
