// Shards → shuffled batches. While batches are cut from one window of row groups, the next is fetched and decoded.

import type { Batch } from "../base/batch.ts";
import { createRandom, hash32, shuffle } from "../base/random.ts";
import { orThrow } from "../base/result.ts";
import { yieldToMessages } from "../base/yield.ts";
import { type Allocate, type Folder, withFile } from "./byteSource.ts";
import type { BatchOptions, Dataset } from "./dataset.ts";
import { columnEncoders, tableShape } from "./encoding.ts";
import {
  checkManifestLength,
  MANIFEST_FILE,
  type Manifest,
  manifestIdentity,
  type Shard,
} from "./manifest.ts";
import { parseManifest } from "./manifestFile.ts";
import { createRowMixer } from "./rowMixer.ts";
import { openShard, type ShardReader, type StoredGroup } from "./shardFile.ts";

/** Row groups whose rows are mixed with one another: 128,000 rows, about 20 MB. */
const WINDOW_GROUPS = 8;

/** Opens the data set in `folder`. Throws a ProblemError when its manifest is missing or wrong. */
export async function openDataset(folder: Folder): Promise<Dataset> {
  const manifest = await withFile(folder, MANIFEST_FILE, async ({ name, byteLength, read }) => {
    checkManifestLength(name, byteLength);
    return orThrow(parseManifest(new TextDecoder().decode(await read(0, byteLength)), name));
  });
  const readers = new Map<Shard, Promise<ShardReader>>();

  function reader(shard: Shard): Promise<ShardReader> {
    let opening = readers.get(shard);
    if (!opening) {
      opening = openReader(folder, shard, manifest);
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

async function openReader(folder: Folder, shard: Shard, manifest: Manifest): Promise<ShardReader> {
  const file = await folder.open(shard.file);
  try {
    return await openShard(file, shard, manifest);
  } catch (cause) {
    await file.close?.();
    throw cause;
  }
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
  const { split, batchSize, integers, shuffle: chance, skipBatches = 0, reuse = false } = options;
  const windows = windowsOf(manifest, options);
  const rowCount = manifest.splits[split].rows;
  let skip = skipBatches * batchSize;
  let left = Math.max(0, rowCount - skip);
  while (windows.length > 0 && skip >= windows[0]!.rows) skip -= windows.shift()!.rows;
  const mostRows = Math.max(0, ...windows.map(({ rows }) => rows));
  const mixer = createRowMixer(columnEncoders(manifest, integers), mostRows);
  const newBatch = batchMaker(Math.min(batchSize, left), manifest.columns.length, mixer.weighted, reuse);
  let filled = 0;
  let batch: Batch | null = null;
  const rooms = createRooms();
  let coming = windows[0] && fetchWindow(windows[0], reader, rooms);
  try {
    for (const [w, window] of windows.entries()) {
      const { groups, release } = await coming!.decoded();
      coming = windows[w + 1] && fetchWindow(windows[w + 1]!, reader, rooms);
      mixer.fill(groups, chance && createRandom(hash32(chance.seed, chance.epoch), window.index + 1));
      release();
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
  /** All groups, which hold until they are released. */
  decoded(): Promise<{ groups: StoredGroup[]; release(): void }>;
}

function fetchWindow(
  { places }: Window,
  reader: (shard: Shard) => Promise<ShardReader>,
  rooms: Rooms,
): ComingWindow {
  const { allocate, release } = rooms.begin();
  const come = places.map(() => false);
  const decodes = places.map(async ({ shard, group }, i) => {
    const shardReader = await reader(shard);
    const bytes = await shardReader.fetch(group, allocate);
    come[i] = true;
    return () => shardReader.decode(group, bytes, allocate);
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
      // What is under way comes between tasks only: whoever takes batch after batch would wait for all of it at the end.
      if (decoded.length < places.length && !come[decoded.length]) await yieldToMessages();
      while (decoded.length < share * places.length && come[decoded.length]) await decodeNext();
    },
    async decoded() {
      while (decoded.length < places.length) await decodeNext();
      return { groups: await Promise.all(decoded), release };
    },
  };
}

/** Memory that windows read into one after the other: fresh memory costs as much as what is read into it. */
interface Rooms {
  begin(): { allocate: Allocate; release(): void };
}

function createRooms(): Rooms {
  const free: ArrayBuffer[] = [];
  return {
    begin() {
      const taken: ArrayBuffer[] = [];
      return {
        allocate(byteLength) {
          // The smallest that is long enough.
          const at = free.findIndex((room) => room.byteLength >= byteLength);
          const room = free.splice(at, at < 0 ? 0 : 1)[0] ?? new ArrayBuffer(roomy(byteLength));
          taken.push(room);
          return new Uint8Array(room, 0, byteLength);
        },
        release() {
          free.push(...taken.splice(0));
          free.sort((a, b) => a.byteLength - b.byteLength);
        },
      };
    },
  };
}

/** So long that most others fit as well: row groups of a data set are about as long as one another. */
function roomy(byteLength: number): number {
  return Math.ceil(byteLength / 8 + 1) * 9;
}

/** Makes batches of at most `most` rows, all of the same arrays where they are used again, else only ones are shared. */
function batchMaker(
  most: number,
  fields: number,
  weighted: boolean,
  reuse: boolean,
): (rowCount: number) => Batch {
  const ones = weighted ? null : new Float32Array(most * fields).fill(1);
  const make = (rowCount: number): Batch => ({
    rowCount,
    fields,
    ids: new Int32Array(rowCount * fields),
    weights: ones?.subarray(0, rowCount * fields) ?? new Float32Array(rowCount * fields),
    labels: new Float32Array(rowCount),
  });
  if (!reuse) return make;
  // Fresh memory costs more than what is written into it: its pages come one by one.
  const { ids, weights, labels } = make(most);
  return (rowCount) => ({
    rowCount,
    fields,
    labels: labels.subarray(0, rowCount),
    ids: ids.subarray(0, rowCount * fields),
    weights: weights.subarray(0, rowCount * fields),
  });
}
