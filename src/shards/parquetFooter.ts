// A Parquet shard's footer. Row groups have checksums in the manifest, the footer has none, and what it says decides how
// their bytes are read: so everything of it that does is held against the manifest, or against the rest of it.

import {
  type ColumnChunk,
  type FileMetaData,
  type RowGroup as ParquetRowGroup,
  parquetMetadata,
  type SchemaElement,
} from "hyparquet";
import type { ByteSource } from "./byteSource.ts";
import { layoutOf, type Manifest, type RowGroup, type Shard } from "./manifest.ts";
import { columnNames, parquetType } from "./rows.ts";
import { damagedShard } from "./shardProblem.ts";

/** Reads a shard's footer. Throws a ProblemError where it does not describe the shard of the manifest. */
export async function readFooter(
  source: ByteSource,
  shard: Shard,
  manifest: Manifest,
): Promise<FileMetaData> {
  const metadata = await parsedFooter(source, shard);
  const layout = layoutOf(manifest);
  const expected = columnNames(layout).map((name, c) => ({ name, type: parquetType(layout, c) }));
  const [root, ...elements] = metadata.schema;
  if (
    root?.num_children !== expected.length ||
    elements.length !== expected.length ||
    elements.some((element, i) => !isOurs(element, expected[i]!))
  )
    throw damagedShard(shard, "its columns are not those of the manifest");
  const groups = metadata.row_groups;
  if (groups.length !== shard.rowGroups.length)
    throw damagedShard(shard, `it has ${groups.length} row groups instead of ${shard.rowGroups.length}`);
  const codec = groups[0]?.columns[0]?.meta_data?.codec;
  for (const [g, group] of groups.entries()) {
    const fault = groupFault(group, shard.rowGroups[g]!, expected, codec);
    if (fault) throw damagedShard(shard, `its footer says of row group ${g} that ${fault}`);
  }
  return metadata;
}

async function parsedFooter(source: ByteSource, shard: Shard): Promise<FileMetaData> {
  const last = shard.rowGroups.at(-1)!;
  const bytes = await source.read(last.offset + last.length, source.byteLength);
  try {
    return parquetMetadata(bytes.slice().buffer as ArrayBuffer);
  } catch (cause) {
    throw damagedShard(shard, `its footer cannot be read (${(cause as Error).message})`);
  }
}

interface ExpectedColumn {
  name: string;
  type: "INT32" | "FLOAT";
}

/** Whether it is a plain number of 32 bits, in each of the ways in which writers say so. */
function isOurs(element: SchemaElement, { name, type }: ExpectedColumn): boolean {
  const { converted_type, logical_type, num_children } = element;
  return (
    element.name === name &&
    element.type === type &&
    element.repetition_type === "REQUIRED" &&
    !num_children &&
    (converted_type === undefined || (converted_type === "INT_32" && type === "INT32")) &&
    (logical_type === undefined ||
      (type === "INT32" &&
        logical_type.type === "INTEGER" &&
        logical_type.bitWidth === 32 &&
        logical_type.isSigned))
  );
}

/** What is wrong with a row group; null where its chunks are the columns, one after the other. */
function groupFault(
  group: ParquetRowGroup,
  { rows, offset, length }: RowGroup,
  expected: ExpectedColumn[],
  codec: string | undefined,
): string | null {
  if (Number(group.num_rows) !== rows) return `it has ${group.num_rows} rows instead of ${rows}`;
  if (group.columns.length !== expected.length) return `it has ${group.columns.length} columns`;
  let end = offset;
  for (const [c, column] of expected.entries()) {
    const chunk = group.columns[c]!;
    const fault = chunkFault(chunk, column, rows, codec);
    if (fault) return fault;
    const start = startOf(chunk);
    // Some writers leave a gap between two columns.
    if (start < end) return `column ${column.name} lies over the one before`;
    end = start + Number(chunk.meta_data!.total_compressed_size);
  }
  return end > offset + length ? "its columns end outside it" : null;
}

function chunkFault(
  { meta_data, file_path }: ColumnChunk,
  { name, type }: ExpectedColumn,
  rows: number,
  codec: string | undefined,
): string | null {
  if (!meta_data || file_path) return `column ${name} lies elsewhere`;
  if (meta_data.path_in_schema.join(".") !== name) return `column ${name} is another one`;
  if (meta_data.type !== type) return `column ${name} is of type ${meta_data.type}`;
  if (meta_data.codec !== codec) return `column ${name} is packed otherwise`;
  if (Number(meta_data.num_values) !== rows) return `column ${name} has ${meta_data.num_values} values`;
  return null;
}

/** Where a chunk begins: with its dictionary where it has one. */
function startOf({ meta_data }: ColumnChunk): number {
  const { dictionary_page_offset, data_page_offset } = meta_data!;
  return Number(dictionary_page_offset || data_page_offset);
}
