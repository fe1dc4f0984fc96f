// A Parquet shard's footer has no checksum of its own, so it is held against the manifest and against itself: whichever of
// its bits is wrong, the shard is refused or gives the very same rows.

import { expect, it } from "vitest";
import { ProblemError } from "../../src/base/result.ts";
import { memoryOutput } from "../../src/shards/byteSink.ts";
import { memoryFolder } from "../../src/shards/byteSource.ts";
import { createSha256 } from "../../src/shards/checksums.ts";
import type { Manifest, Shard } from "../../src/shards/manifest.ts";
import { makeRows } from "../../src/shards/rows.ts";
import { createShardWriter, encodeRowGroup, openShard } from "../../src/shards/shardFile.ts";
import { makeDataset } from "../preprocess/made.ts";

const FILE = "train-00000.parquet";
const layout = { integers: 1, categories: 2 };

/** A shard of two row groups, with and without dictionaries. */
async function makeShard(): Promise<{ bytes: Uint8Array; shard: Shard; manifest: Manifest }> {
  const { manifest } = await makeDataset("1\t5\ta\tb\n", { threshold: 0 }, 1 << 16, { layout });
  for (const column of manifest.columns.slice(1)) column.frequent = column.distinct = 5000;
  const files = new Map<string, Uint8Array>();
  const sink = await memoryOutput(files).create(FILE);
  const writer = await createShardWriter(layout, "parquet", sink, createSha256());
  for (const count of [60, 40]) {
    const rows = makeRows(layout, count);
    rows.count = count;
    for (let r = 0; r < count; r++) {
      rows.labels[r] = r % 3 ? 0 : 1;
      rows.integers[0]![r] = r * r - 50;
      rows.categories[0]![r] = (r * 71) % 5000;
      rows.categories[1]![r] = r % 4;
    }
    await writer.write(await encodeRowGroup(rows, layout, "parquet"));
  }
  const shard: Shard = { file: FILE, split: "train", ...(await writer.finish()) };
  return { bytes: files.get(FILE)!, shard, manifest };
}

it("is refused or changes nothing, whichever of its bits is flipped", async () => {
  const { bytes, shard, manifest } = await makeShard();
  async function rowsOf(content: Uint8Array): Promise<string> {
    const source = await memoryFolder(new Map([[FILE, content]])).open(FILE);
    const reader = await openShard(source, shard, manifest);
    const groups: number[][][] = [];
    for (const g of shard.rowGroups.keys()) {
      const { columns } = await reader.decode(g, await reader.fetch(g));
      groups.push(columns.map(({ codes }) => [...codes]));
    }
    return JSON.stringify(groups);
  }
  const whole = await rowsOf(bytes);
  const { offset, length } = shard.rowGroups.at(-1)!;
  const wrong: string[] = [];
  let refused = 0;
  for (let at = offset + length; at < bytes.length; at++)
    for (let bit = 0; bit < 8; bit++) {
      const flipped = bytes.slice();
      flipped[at]! ^= 1 << bit;
      try {
        if ((await rowsOf(flipped)) !== whole) wrong.push(`byte ${at - offset - length}, bit ${bit}`);
      } catch (cause) {
        if (!(cause instanceof ProblemError)) throw cause;
        expect(cause.problem.code).toBe("shard-damaged");
        refused++;
      }
    }
  expect(wrong).toEqual([]);
  expect(refused).toBeGreaterThan(1000);
});
