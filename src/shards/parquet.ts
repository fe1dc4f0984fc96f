// One row group ↔ Parquet: flat REQUIRED columns, INT32 or, of fractions, FLOAT.

import type { SchemaElement } from "hyparquet";
import { snappyUncompressor } from "hysnappy";
import type { Allocate, ByteSource } from "./byteSource.ts";
import { layoutOf, type Manifest, type Shard } from "./manifest.ts";
import {
  createParquetFrame,
  encodeColumns,
  flatSchema,
  type ParquetFrame,
  type ParquetGroup,
} from "./parquetFile.ts";
import { readFooter } from "./parquetFooter.ts";
import { parquetPages } from "./parquetPages.ts";
import { columnNames, type Layout, numbersAt, parquetType, type Rows } from "./rows.ts";
import type { StoredGroup } from "./shardFile.ts";
import { damagedShard } from "./shardProblem.ts";

/** A row group's bytes, without the file around it. */
export function encodeParquetGroup(rows: Rows, layout: Layout): ParquetGroup {
  const columns = [rows.labels, ...rows.integers, ...rows.categories];
  return encodeColumns(
    schemaOf(layout),
    columns.map((column) => column.subarray(0, rows.count)),
  );
}

/** What a shard has around its row groups. */
export function createShardFrame(layout: Layout): ParquetFrame {
  return createParquetFrame(schemaOf(layout));
}

/** Reads a shard's footer and holds it against the manifest; what it resolves to decodes the row groups. */
export async function openParquet(
  source: ByteSource,
  shard: Shard,
  manifest: Manifest,
): Promise<(g: number, bytes: Uint8Array, allocate: Allocate) => Promise<StoredGroup>> {
  const metadata = await readFooter(source, shard, manifest);
  const layout = layoutOf(manifest);
  const names = columnNames(layout);
  // hyparquet's own is in JavaScript, and takes three times as long.
  const compressors = { SNAPPY: snappyUncompressor() };

  return async (g, bytes, allocate) => {
    const { offset, rows } = shard.rowGroups[g]!;
    // hyparquet sees a file of this one row group; its chunks keep their place in the real file.
    const file = {
      byteLength: source.byteLength,
      slice: (start: number, end?: number) => {
        const piece = bytes.slice(start - offset, (end ?? source.byteLength) - offset);
        return piece.buffer as ArrayBuffer;
      },
    };
    const { buffer } = allocate(4 * rows * names.length);
    const columns = names.map((_, c) => new (numbersAt(layout.fractions, c - 1))(buffer, 4 * rows * c, rows));
    const filled = new Uint32Array(names.length);
    try {
      const options = { file, metadata: { ...metadata, row_groups: [metadata.row_groups[g]!] }, compressors };
      for (const { columnName, columnData, rowStart } of await parquetPages(options)) {
        const c = names.indexOf(columnName);
        columns[c]!.set(columnData as ArrayLike<number>, rowStart);
        filled[c]! += columnData.length;
      }
    } catch (cause) {
      throw damagedShard(shard, `row group ${g} cannot be decoded (${(cause as Error).message})`);
    }
    const partial = filled.findIndex((count) => count !== rows);
    if (partial !== -1) throw damagedShard(shard, `column ${names[partial]} of row group ${g} is not whole`);
    return { count: rows, columns: columns.map((codes) => ({ codes, base: null })) };
  };
}

function schemaOf(layout: Layout): SchemaElement[] {
  return flatSchema(columnNames(layout).map((name, c) => ({ name, type: parquetType(layout, c) })));
}
