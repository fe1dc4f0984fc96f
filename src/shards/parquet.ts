// One row group ↔ Parquet: flat REQUIRED INT32 columns, Snappy, a dictionary only where a column has few values.
// Wide dictionaries make files a little smaller and reading slower (research: 0.85 against 1.0 million rows/s).

import type { ColumnChunk, FileMetaData, SchemaElement } from "hyparquet";
import { parquetMetadata, parquetRead } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { ByteSource } from "./byteSource.ts";
import { layoutOf, type Manifest, type Shard } from "./manifest.ts";
import { columnNames, type Layout, type Rows } from "./rows.ts";
import type { StoredGroup } from "./shardFile.ts";
import { damagedShard } from "./shardProblem.ts";

/** A column chunk gets a dictionary of at most this many values. */
const DICTIONARY_VALUES = 1500;

/** What a footer says of one column of a row group, offsets counted from the group's start. */
export type ParquetChunk = ColumnChunk;

/** A row group's bytes, without the file around it. */
export function encodeParquetGroup(
  rows: Rows,
  layout: Layout,
): { bytes: Uint8Array<ArrayBuffer>; chunks: ParquetChunk[] } {
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
  return { bytes, chunks: parquet.row_groups[0]!.columns.map((chunk) => moved(chunk, -start)) };
}

/** What a Parquet file has around its row groups. */
export interface ParquetFrame {
  head: Uint8Array;
  /** Notes a row group of so many rows that lies at `offset`. */
  add(chunks: ParquetChunk[], rows: number, offset: number, byteLength: number): void;
  foot(): Uint8Array;
}

export function createParquetFrame(layout: Layout): ParquetFrame {
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({ writer, schema: schemaOf(columnNames(layout)), statistics: false });
  const headLength = writer.offset;
  return {
    head: writer.getBytes().slice(),
    add(chunks, rows, offset, byteLength) {
      parquet.row_groups.push({
        columns: chunks.map((chunk) => moved(chunk, offset)),
        num_rows: BigInt(rows),
        total_byte_size: chunks.reduce((sum, chunk) => sum + chunk.meta_data!.total_uncompressed_size, 0n),
        total_compressed_size: BigInt(byteLength),
      });
      parquet.num_rows += BigInt(rows);
    },
    foot() {
      parquet.finish();
      return writer.getBytes().subarray(headLength);
    },
  };
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

/** Reads a shard's footer and holds it against the manifest; what it resolves to decodes the row groups. */
export async function openParquet(
  source: ByteSource,
  shard: Shard,
  manifest: Manifest,
): Promise<(g: number, bytes: Uint8Array) => Promise<StoredGroup>> {
  const metadata = await readFooter(source, shard);
  const names = columnNames(layoutOf(manifest));
  const found = metadata.schema.slice(1);
  if (found.length !== names.length || found.some((element, i) => !isOurs(element, names[i]!)))
    throw damagedShard(shard, "its columns are not those of the manifest");
  if (metadata.row_groups.length !== shard.rowGroups.length)
    throw damagedShard(
      shard,
      `it has ${metadata.row_groups.length} row groups instead of ${shard.rowGroups.length}`,
    );

  return async (g, bytes) => {
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
      throw damagedShard(shard, `row group ${g} cannot be decoded (${(cause as Error).message})`);
    }
    return {
      count: rows,
      columns: names.map((name) => {
        const column = columns.get(name);
        if (column?.length !== rows)
          throw damagedShard(shard, `column ${name} of row group ${g} is not whole`);
        return { codes: column instanceof Int32Array ? column : Int32Array.from(column), base: null };
      }),
    };
  };
}

async function readFooter(source: ByteSource, shard: Shard): Promise<FileMetaData> {
  const last = shard.rowGroups.at(-1)!;
  const bytes = await source.read(last.offset + last.length, source.byteLength);
  try {
    return parquetMetadata(bytes.slice().buffer as ArrayBuffer);
  } catch (cause) {
    throw damagedShard(shard, `its footer cannot be read (${(cause as Error).message})`);
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
