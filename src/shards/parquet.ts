// One row group ↔ Parquet: flat REQUIRED INT32 columns, Snappy, a dictionary only where a column has few values.
// Wide dictionaries make files a little smaller and reading slower (research: 0.85 against 1.0 million rows/s).

import type { ColumnChunk, FileMetaData, SchemaElement } from "hyparquet";
import { parquetMetadata, parquetRead } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import type { ByteSink } from "./byteSink.ts";
import type { ByteSource } from "./byteSource.ts";
import { crc32c, createSha256 } from "./checksums.ts";
import { layoutOf, type Manifest, type RowGroup, type Shard } from "./manifest.ts";
import { columnNames, type Layout, type Rows } from "./rows.ts";

/** A column chunk gets a dictionary of at most this many values. */
const DICTIONARY_VALUES = 1500;

/** A row group's bytes, and what the footer says of its columns, their offsets counted from the group's start. */
export interface EncodedGroup {
  rows: number;
  bytes: Uint8Array<ArrayBuffer>;
  columns: ColumnChunk[];
}

/** Encodes one row group: the part of writing that takes time. It does not know where in which file it will lie. */
export function encodeRowGroup(rows: Rows, layout: Layout): EncodedGroup {
  const names = columnNames(layout);
  const writer = new ByteWriter(1 << 20);
  const parquet = new ParquetWriter({ writer, schema: schemaOf(names), statistics: false });
  const start = writer.offset;
  const columns = [rows.labels, ...rows.integers, ...rows.categories];
  parquet.write({
    columnData: columns.map((column, i) => ({ name: names[i]!, data: column.subarray(0, rows.count) })),
    rowGroupSize: rows.count,
    dictionarySize: DICTIONARY_VALUES * 4,
  });
  const bytes = new Uint8Array(writer.buffer.slice(start, writer.offset));
  return {
    rows: rows.count,
    bytes,
    columns: parquet.row_groups[0]!.columns.map((chunk) => moved(chunk, -start)),
  };
}

export interface ShardWriter {
  /** Adds the next row group. */
  write(group: EncodedGroup): Promise<void>;
  /** Ends the file: what the manifest says of it, but for its name and split. */
  finish(): Promise<Omit<Shard, "file" | "split">>;
}

/** Writes one shard into `sink`, a row group at a time; nothing but the footer is kept. */
export function createShardWriter(layout: Layout, sink: ByteSink): ShardWriter {
  const footer = new ByteWriter();
  // It writes the magic number at once, and the footer at the end; the groups between are passed on by hand.
  const parquet = new ParquetWriter({
    writer: footer,
    schema: schemaOf(columnNames(layout)),
    statistics: false,
  });
  const hash = createSha256();
  const rowGroups: RowGroup[] = [];
  let offset = 0;

  async function pass(bytes: Uint8Array): Promise<void> {
    hash.update(bytes);
    await sink.write(bytes);
    offset += bytes.length;
  }

  async function write({ rows, bytes, columns }: EncodedGroup): Promise<void> {
    if (offset === 0) await pass(footer.getBytes());
    rowGroups.push({ rows, offset, length: bytes.length, crc32c: crc32c(bytes) });
    parquet.row_groups.push({
      columns: columns.map((chunk) => moved(chunk, offset)),
      num_rows: BigInt(rows),
      total_byte_size: columns.reduce((sum, chunk) => sum + chunk.meta_data!.total_uncompressed_size, 0n),
      total_compressed_size: BigInt(bytes.length),
    });
    parquet.num_rows += BigInt(rows);
    await pass(bytes);
  }

  async function finish(): Promise<Omit<Shard, "file" | "split">> {
    const magicLength = footer.offset;
    parquet.finish();
    await pass(footer.getBytes().subarray(magicLength));
    await sink.close();
    const rows = rowGroups.reduce((sum, group) => sum + group.rows, 0);
    return { rows, bytes: offset, sha256: hash.hex(), rowGroups };
  }
  return { write, finish };
}

/** The same column chunk `by` bytes further on. */
function moved(chunk: ColumnChunk, by: number): ColumnChunk {
  const data = chunk.meta_data!;
  const shift = BigInt(by);
  return {
    ...chunk,
    file_offset: chunk.file_offset + shift,
    meta_data: {
      ...data,
      data_page_offset: data.data_page_offset + shift,
      ...(data.dictionary_page_offset === undefined
        ? {}
        : { dictionary_page_offset: data.dictionary_page_offset + shift }),
    },
  };
}

/** A shard, open. Its methods throw a ProblemError where it is not what the manifest says. */
export interface ShardReader {
  /** The bytes of row group `g`, checked against the manifest; `decode` turns them into rows. */
  fetch(g: number): Promise<Uint8Array>;
  decode(g: number, bytes: Uint8Array): Promise<Rows>;
  close(): Promise<void>;
}

/** Opens a shard: reads its footer, and holds it against the manifest. */
export async function openShard(source: ByteSource, shard: Shard, manifest: Manifest): Promise<ShardReader> {
  const layout = layoutOf(manifest);
  // The greatest value that each column may have; integers may have any.
  const limits = [
    1,
    ...manifest.columns.map((column) => (column.kind === "category" ? column.frequent : null)),
  ];
  const damaged = (reason: string) =>
    new ProblemError(problem("shard-damaged", { name: shard.file, reason }));
  if (source.byteLength !== shard.bytes)
    throw damaged(`it has ${source.byteLength} bytes instead of ${shard.bytes}`);
  const metadata = await readFooter(source, shard, damaged);
  const names = columnNames(layout);
  const found = metadata.schema.slice(1);
  if (found.length !== names.length || found.some((element, i) => !isOurs(element, names[i]!)))
    throw damaged("its columns are not those of the manifest");
  if (metadata.row_groups.length !== shard.rowGroups.length)
    throw damaged(`it has ${metadata.row_groups.length} row groups instead of ${shard.rowGroups.length}`);

  async function fetch(g: number): Promise<Uint8Array> {
    const { offset, length, crc32c: expected } = shard.rowGroups[g]!;
    const bytes = await source.read(offset, offset + length);
    if (bytes.length !== length) throw damaged(`row group ${g} ends early`);
    if (crc32c(bytes) !== expected) throw damaged(`the checksum of row group ${g} is wrong`);
    return bytes;
  }

  async function decode(g: number, bytes: Uint8Array): Promise<Rows> {
    const { offset, rows } = shard.rowGroups[g]!;
    // hyparquet sees a file of this one row group; its chunks keep their place in the real file.
    const file = {
      byteLength: source.byteLength,
      slice: (start: number, end?: number) => {
        const piece = bytes.slice(start - offset, (end ?? source.byteLength) - offset);
        return piece.buffer as ArrayBuffer;
      },
    };
    const columns = new Map<string, ArrayLike<number>>();
    try {
      await parquetRead({
        file,
        metadata: { ...metadata, row_groups: [metadata.row_groups[g]!] },
        onChunk: ({ columnName, columnData }) => {
          columns.set(columnName, columnData as ArrayLike<number>);
        },
      });
    } catch (cause) {
      throw damaged(`row group ${g} cannot be decoded (${(cause as Error).message})`);
    }
    const arrays = names.map((name, c) => {
      const column = columns.get(name);
      if (column?.length !== rows) throw damaged(`column ${name} of row group ${g} is not whole`);
      const values = column instanceof Int32Array ? column : Int32Array.from(column);
      const limit = limits[c]!;
      if (limit !== null && !isWithin(values, limit))
        throw damaged(`column ${name} of row group ${g} has values outside 0…${limit}`);
      return values;
    });
    return {
      count: rows,
      labels: Uint8Array.from(arrays[0]!),
      integers: arrays.slice(1, 1 + layout.integers),
      categories: arrays.slice(1 + layout.integers),
    };
  }
  return { fetch, decode, close: async () => source.close?.() };
}

function isWithin(values: Int32Array, limit: number): boolean {
  for (const value of values) if (value < 0 || value > limit) return false;
  return true;
}

async function readFooter(
  source: ByteSource,
  shard: Shard,
  damaged: (reason: string) => ProblemError,
): Promise<FileMetaData> {
  const last = shard.rowGroups.at(-1)!;
  const bytes = await source.read(last.offset + last.length, source.byteLength);
  try {
    return parquetMetadata(bytes.slice().buffer as ArrayBuffer);
  } catch (cause) {
    throw damaged(`its footer cannot be read (${(cause as Error).message})`);
  }
}

function schemaOf(names: string[]): SchemaElement[] {
  return [
    { name: "root", num_children: names.length },
    ...names.map((name) => ({ name, type: "INT32" as const, repetition_type: "REQUIRED" as const })),
  ];
}

function isOurs(element: SchemaElement, name: string): boolean {
  return element.name === name && element.type === "INT32" && element.repetition_type === "REQUIRED";
}
