// A shard, whichever its format: Parquet is what people see and clusters make, packed is what a browser caches, because
// reading it again and again costs a quarter of the time.

import type { ByteSink } from "./byteSink.ts";
import { type Allocate, allocateNew, type ByteSource } from "./byteSource.ts";
import { crc32c, type Sha256 } from "./checksums.ts";
import { greatestOf } from "./greatest.ts";
import type { Manifest, RowGroup, Shard } from "./manifest.ts";
import { encodePackedGroup, openPacked } from "./packed.ts";
import type { ParquetChunk } from "./parquetFile.ts";
import type { Layout, Rows } from "./rows.ts";
import { damagedShard } from "./shardProblem.ts";

export const SHARD_FORMATS = ["parquet", "packed"] as const;
export type ShardFormat = (typeof SHARD_FORMATS)[number];

/** Loaded where it is used: a browser's own data sets are packed, and Parquet's readers and writers are many files. */
const loadParquet = () => import("./parquet.ts");

/** A row group's bytes. It does not know where in which file it will lie. */
export interface EncodedGroup {
  rows: number;
  bytes: Uint8Array<ArrayBuffer>;
  /** What a Parquet footer says of its columns. */
  chunks: ParquetChunk[];
}

/** Encodes one row group: the part of writing that takes time. */
export async function encodeRowGroup(rows: Rows, layout: Layout, format: ShardFormat): Promise<EncodedGroup> {
  if (format === "parquet")
    return { rows: rows.count, ...(await loadParquet()).encodeParquetGroup(rows, layout) };
  return { rows: rows.count, bytes: encodePackedGroup(rows), chunks: [] };
}

export interface ShardWriter {
  /** Adds the next row group. */
  write(group: EncodedGroup): Promise<void>;
  /** Ends the file: what the manifest says of it, but for its name and split. */
  finish(): Promise<Omit<Shard, "file" | "split">>;
}

/** Writes one shard into `sink`, a row group at a time; `hash` takes its bytes. */
export async function createShardWriter(
  layout: Layout,
  format: ShardFormat,
  sink: ByteSink,
  hash: Sha256,
): Promise<ShardWriter> {
  const frame = format === "parquet" ? (await loadParquet()).createShardFrame(layout) : null;
  const rowGroups: RowGroup[] = [];
  let offset = 0;

  async function pass(bytes: Uint8Array): Promise<void> {
    hash.update(bytes);
    await sink.write(bytes);
    offset += bytes.length;
  }

  return {
    async write({ rows, bytes, chunks }) {
      if (frame && offset === 0) await pass(frame.head);
      rowGroups.push({ rows, offset, length: bytes.length, crc32c: crc32c(bytes) });
      frame?.add(chunks, rows, offset, bytes.length);
      await pass(bytes);
    },
    async finish() {
      if (frame) await pass(frame.foot());
      await sink.close();
      const rows = rowGroups.reduce((sum, group) => sum + group.rows, 0);
      return { rows, bytes: offset, sha256: hash.hex(), rowGroups };
    },
  };
}

/** A column of a row group as it is stored. */
export interface StoredColumn {
  /** Float32Array: fractions, NaN where one is missing. */
  codes: Int32Array | Uint16Array | Uint8Array | Float32Array;
  /** null: codes are values. Else a value is its code + base − 1, and code 0 a missing integer. */
  base: number | null;
}

/** A row group as it is stored. */
export interface StoredGroup {
  count: number;
  /** label, integers, categories: in the shards' order. */
  columns: StoredColumn[];
}

/** A shard, open. Its methods throw a ProblemError where it is not what the manifest says. */
export interface ShardReader {
  /** The bytes of row group `g`, checked against the manifest; `decode` turns them into columns. */
  fetch(g: number, allocate?: Allocate): Promise<Uint8Array>;
  decode(g: number, bytes: Uint8Array, allocate?: Allocate): Promise<StoredGroup>;
  close(): Promise<void>;
}

/** Opens a shard, and holds what can be seen at once against the manifest. */
export async function openShard(source: ByteSource, shard: Shard, manifest: Manifest): Promise<ShardReader> {
  if (source.byteLength !== shard.bytes)
    throw damagedShard(shard, `it has ${source.byteLength} bytes instead of ${shard.bytes}`);
  const decodeGroup = shard.file.endsWith(".packed")
    ? openPacked(shard, manifest)
    : await (await loadParquet()).openParquet(source, shard, manifest);
  // The greatest value that each column may have; numbers may have any.
  const limits = [
    1,
    ...manifest.columns.map((column) => (column.kind === "category" ? column.frequent : null)),
  ];

  return {
    async fetch(g, allocate) {
      const { offset, length, crc32c: expected } = shard.rowGroups[g]!;
      const bytes = await source.read(offset, offset + length, allocate);
      if (bytes.length !== length) throw damagedShard(shard, `row group ${g} ends early`);
      if (crc32c(bytes) !== expected) throw damagedShard(shard, `the checksum of row group ${g} is wrong`);
      return bytes;
    },
    async decode(g, bytes, allocate = allocateNew) {
      const group = await decodeGroup(g, bytes, allocate);
      for (const [c, { codes }] of group.columns.entries()) {
        const limit = limits[c]!;
        if (codes instanceof Float32Array) {
          if (hasInfinity(codes))
            throw damagedShard(shard, `a number in column ${c} of row group ${g} is infinite`);
          continue;
        }
        if (limit !== null && greatestOf(codes) > limit)
          throw damagedShard(shard, `a value in column ${c} of row group ${g} is not within 0…${limit}`);
      }
      return group;
    },
    close: async () => source.close?.(),
  };
}

function hasInfinity(values: Float32Array): boolean {
  for (let r = 0; r < values.length; r++) if (Math.abs(values[r]!) === Number.POSITIVE_INFINITY) return true;
  return false;
}
