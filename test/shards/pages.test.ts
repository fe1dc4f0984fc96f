// A shard whose columns other writers cut into several pages: Parquet's own default above some hundred thousand rows.

import { parquetMetadata } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { expect, it } from "vitest";
import { SPLITS } from "../../src/base/batch.ts";
import { memoryFolder } from "../../src/shards/byteSource.ts";
import { crc32c, createSha256 } from "../../src/shards/checksums.ts";
import type { Manifest, Shard } from "../../src/shards/manifest.ts";
import { columnNames } from "../../src/shards/rows.ts";
import { openShard } from "../../src/shards/shardFile.ts";
import { makeDataset } from "../preprocess/made.ts";

const layout = { integers: 1, categories: 1 };
const ROWS = 9000;

it("reads columns of several pages", async () => {
  const log = Array.from({ length: ROWS }, (_, i) => `${i % 2}\t${i}\t${"abc"[i % 3]}`).join("\n");
  const made = await makeDataset(log, { threshold: 0, split: "none" }, 1 << 16, { layout });
  const values = [(i: number) => i % 2, (i: number) => i, (i: number) => 1 + (i % 3)];
  const bytes = new Uint8Array(
    parquetWriteBuffer({
      columnData: columnNames(layout).map((name, c) => ({
        name,
        data: Int32Array.from({ length: ROWS }, (_, i) => values[c]!(i)),
        type: "INT32",
        nullable: false,
        offsetIndex: false,
      })),
      pageSize: 4000,
      rowGroupSize: ROWS,
      statistics: false,
    }),
  );
  const { manifest, shard } = describe(bytes, made.manifest);
  const source = await memoryFolder(new Map([[shard.file, bytes]])).open(shard.file);
  const reader = await openShard(source, shard, manifest);
  const { columns } = await reader.decode(0, await reader.fetch(0));
  for (const [c, { codes }] of columns.entries())
    expect([...codes]).toEqual(Array.from({ length: ROWS }, (_, i) => values[c]!(i)));
});

function describe(bytes: Uint8Array<ArrayBuffer>, manifest: Manifest): { manifest: Manifest; shard: Shard } {
  const { row_groups: groups } = parquetMetadata(bytes.buffer);
  const chunks = groups[0]!.columns.map(({ meta_data }) => meta_data!);
  const offset = Math.min(
    ...chunks.map((chunk) => Number(chunk.dictionary_page_offset ?? chunk.data_page_offset)),
  );
  const length = chunks.reduce((sum, chunk) => sum + Number(chunk.total_compressed_size), 0);
  const hash = createSha256();
  hash.update(bytes);
  const crc = crc32c(bytes.subarray(offset, offset + length));
  const shard: Shard = {
    file: "train-00000.parquet",
    split: SPLITS[0],
    rows: ROWS,
    bytes: bytes.length,
    sha256: hash.hex(),
    rowGroups: [{ rows: ROWS, offset, length, crc32c: crc }],
  };
  return { shard, manifest: { ...manifest, shards: [shard] } };
}
