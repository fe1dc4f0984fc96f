import { hash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Batch } from "../../src/base/batch.ts";
import type { NumberModes } from "../../src/base/numberModes.ts";
import { type Folder, filesFolder, urlFolder } from "../../src/shards/byteSource.ts";
import type { BatchOptions, Dataset } from "../../src/shards/dataset.ts";
import { integerColumns } from "../../src/shards/manifest.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { type Made, makeDataset } from "../preprocess/made.ts";

// 150,000 rows: ten row groups, so two windows. I5 numbers the rows. Few columns, since every test reads all of them.
const ROWS = 150_000;
const LAYOUT = { integers: 5, categories: 2 };
const FIELDS = LAYOUT.integers + LAYOUT.categories;
let made: Made;
let dataset: Dataset;
const lines = Array.from({ length: ROWS }, (_, i) =>
  [
    i % 4 === 0 ? 1 : 0,
    ...[i % 9, i % 5 === 0 ? "" : -(i % 3), "", "0", i],
    ...[(i % 7).toString(16).padStart(8, "0"), ""],
  ].join("\t"),
).join("\n");
const makeIn = (format: "parquet" | "packed") =>
  makeDataset(lines, { threshold: 10, testShare: 0.05 }, 1 << 16, { format, layout: LAYOUT });
beforeAll(async () => {
  made = await makeIn("parquet");
  dataset = await openDataset(made.folder);
}, 60_000);

const options: BatchOptions = {
  split: "train",
  batchSize: 1000,
  integers: "max",
  shuffle: { seed: 1, epoch: 0 },
};

async function collect(some: Partial<BatchOptions> = {}, from: Dataset = dataset): Promise<Batch[]> {
  const batches: Batch[] = [];
  for await (const batch of from.batches({ ...options, ...some })) batches.push(batch);
  return batches;
}

/** The number that I5 holds, out of its weight. */
function rowNumbers(batches: Batch[]): number[] {
  const maximum = integerColumns(made.manifest)[4]!.maximum!;
  return batches.flatMap((batch) =>
    Array.from({ length: batch.rowCount }, (_, r) => Math.round(batch.weights[r * FIELDS + 4]! * maximum)),
  );
}

/** What each batch holds, short enough to be compared quickly. */
function digests(batches: Batch[]): string[] {
  return batches.map(({ ids, weights, labels }) =>
    [ids, weights, labels]
      .map(({ buffer, byteOffset, byteLength }) =>
        hash("sha1", new Uint8Array(buffer, byteOffset, byteLength)),
      )
      .join(" "),
  );
}

/** The digests of a whole epoch, read once for all tests that compare a part with it. */
function once(some: Partial<BatchOptions>): () => Promise<string[]> {
  let read: Promise<string[]> | null = null;
  return () => (read ??= collect(some).then(digests));
}
const shuffled = once({});
const inOrder = once({ shuffle: null });

describe("an epoch", () => {
  it("has every row exactly once, in batches of one size but for the last", async () => {
    const batches = await collect();
    const { rows } = made.manifest.splits.train;
    expect(batches.map(({ rowCount }) => rowCount)).toEqual([
      ...Array.from({ length: Math.floor(rows / 1000) }, () => 1000),
      rows % 1000,
    ]);
    const numbers = rowNumbers(batches);
    const inOrder = rowNumbers(await collect({ shuffle: null }));
    expect(numbers).not.toEqual(inOrder);
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
    expect(numbers.toSorted((a, b) => a - b)).toEqual(inOrder);
    const test = rowNumbers(await collect({ split: "test", shuffle: null }));
    expect([...inOrder, ...test].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: ROWS }, (_, i) => i),
    );
  });

  it("keeps labels and values of a row together", async () => {
    for (const batch of await collect()) {
      const numbers = rowNumbers([batch]);
      expect([...batch.labels]).toEqual(numbers.map((number) => (number % 4 === 0 ? 1 : 0)));
      expect(numbers.map((_, r) => batch.weights[r * FIELDS])).toEqual(
        numbers.map((number) => Math.fround((number % 9) / 8)),
      );
    }
  });

  it("repeats for the same seed and epoch, whatever the batch size, and differs for others", async () => {
    const first = rowNumbers(await collect());
    expect(rowNumbers(await collect({ batchSize: 777 }))).toEqual(first);
    expect(rowNumbers(await collect({ shuffle: { seed: 1, epoch: 1 } }))).not.toEqual(first);
    expect(rowNumbers(await collect({ shuffle: { seed: 2, epoch: 0 } }))).not.toEqual(first);
  });

  it.each([1, 127, 128, 129, 142, 1000])(
    "continues after %i batches as if it had read them",
    async (skipBatches) => {
      expect(digests(await collect({ skipBatches }))).toEqual((await shuffled()).slice(skipBatches));
      expect(digests(await collect({ shuffle: null, skipBatches }))).toEqual(
        (await inOrder()).slice(skipBatches),
      );
    },
  );

  it("reads the next rows while batches are taken without a pause", async () => {
    let taken = 0;
    const takenWhenRead: number[] = [];
    const slow: Folder = {
      async open(name) {
        const source = await made.folder.open(name);
        return {
          ...source,
          async read(start, end) {
            await new Promise((come) => setImmediate(come));
            takenWhenRead.push(taken);
            return source.read(start, end);
          },
        };
      },
    };
    const opened = await openDataset(slow);
    for await (const _ of opened.batches({ ...options, shuffle: null })) taken++;
    // After manifest and footer: in file order a window is a group of 16 batches, the one after it is asked for at its beginning.
    for (const [group, batches] of takenWhenRead.slice(2).entries())
      expect(batches).toBeLessThanOrEqual(Math.max(0, 16 * (group - 1)) + 3);
    expect(takenWhenRead).toHaveLength(11);
  });

  it("reads no row group twice, and none that it skips", async () => {
    const reads = new Map<string, number>();
    const counting: Folder = {
      async open(name) {
        const source = await made.folder.open(name);
        return {
          ...source,
          read: (start, end) => {
            reads.set(`${name} ${start}`, (reads.get(`${name} ${start}`) ?? 0) + 1);
            return source.read(start, end);
          },
        };
      },
    };
    const counted = await openDataset(counting);
    await collect({}, counted);
    // Manifest, footer, and nine row groups of training rows.
    expect([...reads.values()]).toEqual(Array.from({ length: 11 }, () => 1));
    reads.clear();
    await collect({ skipBatches: 130 }, counted);
    expect(reads.size).toBe(1);
  });
});

describe("memory that serves again", () => {
  // I5's numbers reach beyond the integers that are looked up.
  it.each(["max", "log", "bucket"] as const)("holds the same batches, integers as %s", async (integers) => {
    const expected = digests(await collect({ integers, batchSize: 4000 }));
    const found: string[] = [];
    const buffers = new Set<ArrayBuffer>();
    for await (const batch of dataset.batches({ ...options, integers, batchSize: 4000, reuse: true })) {
      found.push(...digests([batch]));
      buffers.add(batch.ids.buffer);
    }
    expect(found).toEqual(expected);
    expect(buffers.size).toBe(1);
  });

  it.each(["parquet", "packed"] as const)(
    "is read into by windows of %s, one after another",
    async (format) => {
      const stored = format === "parquet" ? made : await makeIn(format);
      let allocated = 0;
      // As a disk does: what it allocates is its own until it is given to the reader.
      const copying: Folder = {
        async open(name) {
          const source = await stored.folder.open(name);
          return {
            ...source,
            async read(start, end, allocate) {
              if (!allocate) return source.read(start, end);
              const bytes = allocate(end - start);
              if (new Uint8Array(bytes.buffer).every((byte) => byte === 0)) allocated++;
              bytes.set(await source.read(start, end));
              return bytes;
            },
          };
        },
      };
      const opened = await openDataset(copying);
      const whole = await openDataset(stored.folder);
      expect(digests(await collect({ shuffle: null }, opened))).toEqual(
        digests(await collect({ shuffle: null }, whole)),
      );
      // Of nine windows of one group, one is mixed while the next is read.
      expect(allocated).toBeLessThanOrEqual(3);
      expect(digests(await collect({}, opened))).toEqual(digests(await collect({}, whole)));
    },
  );
});

describe("integers", () => {
  async function firstRows(integers: NumberModes): Promise<Batch> {
    for await (const batch of dataset.batches({ ...options, integers, shuffle: null })) return batch;
    throw new Error("the data set has no batch");
  }

  it("enter as max: one row a column, weight x / maximum, 0 when missing or the maximum is not above 0", async () => {
    const batch = await firstRows("max");
    expect(dataset.shape("max")).toEqual({
      fields: FIELDS,
      tableRows: FIELDS + made.manifest.vocabulary.rows,
    });
    for (const [r, number] of rowNumbers([batch]).entries()) {
      const at = r * FIELDS;
      expect([...batch.ids.slice(at, at + LAYOUT.integers)]).toEqual([0, 1, 2, 3, 4]);
      expect(batch.weights[at]).toBe(Math.fround((number % 9) / 8));
      // I2 has no positive value, I3 no value, I4 is always 0.
      expect([...batch.weights.slice(at + 1, at + 4)]).toEqual([0, 0, 0]);
    }
  });

  it("enter as log: ln(1 + x) / ln(1 + maximum)", async () => {
    const batch = await firstRows("log");
    const maximum = integerColumns(made.manifest)[4]!.maximum!;
    for (const [r, number] of rowNumbers([await firstRows("max")]).entries()) {
      expect(batch.weights[r * FIELDS]).toBeCloseTo(Math.log(1 + (number % 9)) / Math.log(9), 6);
      expect(batch.weights[r * FIELDS + 4]).toBeCloseTo(Math.log(1 + number) / Math.log(1 + maximum), 6);
      expect(batch.weights[r * FIELDS + 1]).toBe(0);
    }
  });

  it("enter as buckets: rare ones share the column's row, frequent ones lie between OOV rows and categories", async () => {
    const batch = await firstRows("bucket");
    const columns = integerColumns(made.manifest);
    const bucketRows = columns.reduce((sum, { frequent }) => sum + frequent, 0);
    expect(dataset.shape("bucket").tableRows).toBe(FIELDS + bucketRows + made.manifest.vocabulary.rows);
    expect(new Set(batch.weights)).toEqual(new Set([1]));
    for (const [r, number] of rowNumbers([await firstRows("max")]).entries()) {
      for (const [c, value] of [
        number % 9,
        number % 5 === 0 ? null : 0 - (number % 3),
        null,
        0,
        number,
      ].entries()) {
        const { base, frequent, buckets } = columns[c]!;
        const bucket = value === null || value <= 2 ? value : Math.floor(Math.log(value) ** 2);
        const place = buckets.findIndex((entry) => entry.value === bucket);
        expect(batch.ids[r * FIELDS + c]).toBe(place < frequent ? base + place : c);
      }
      const category = made.manifest.columns[LAYOUT.integers]!;
      const id = batch.ids[r * FIELDS + LAYOUT.integers]!;
      expect(id).toBeGreaterThanOrEqual(category.base + bucketRows);
      expect(id).toBeLessThan(category.base + bucketRows + category.frequent);
    }
  });
});

describe("bytes from elsewhere", () => {
  it("give the same batches from picked files", async () => {
    const files = [...made.files].map(([name, bytes]) => new File([bytes.slice()], name));
    const opened = await openDataset(filesFolder(files));
    expect(opened.identity).toBe(dataset.identity);
    expect(digests(await collect({}, opened))).toEqual(await shuffled());
  });

  describe("over HTTP", () => {
    let ranges = true;
    const requests: string[] = [];
    const server = createServer((request, response) => {
      const bytes = made.files.get(request.url!.replace(/^\/data\//, ""));
      if (request.url!.startsWith("/endless/"))
        return void new Readable({
          read() {
            this.push(Buffer.alloc(1 << 20));
          },
        }).pipe(response.writeHead(200));
      if (request.url!.startsWith("/large/"))
        return void response.writeHead(200, { "Content-Length": 300 << 20 }).flushHeaders();
      if (!bytes) return void response.writeHead(404).end();
      const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
      requests.push(`${request.url} ${request.headers.range ?? "whole"}`);
      if (!ranges || !range) return void response.writeHead(200).end(bytes);
      const [start, end] = [Number(range[1]), Math.min(Number(range[2]) + 1, bytes.length)];
      response
        .writeHead(206, { "Content-Range": `bytes ${start}-${end - 1}/${bytes.length}` })
        .end(bytes.subarray(start, end));
    });
    beforeAll(() => new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening)));
    afterAll(() => server.close());
    const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/data/manifest.json`;

    it.each([true, false])("give the same batches, with ranges: %s", async (serverKnowsRanges) => {
      ranges = serverKnowsRanges;
      requests.length = 0;
      const opened = await openDataset(urlFolder(address()));
      const batches = await collect({}, opened);
      expect(digests(batches)).toEqual(await shuffled());
      // Without ranges a file is sent whole, once; with them each piece is asked for.
      expect(requests.length).toBe(serverKnowsRanges ? 13 : 2);
    });

    it("say when there is no such data set, when nobody answers, and when only too large files are sent", async () => {
      const absent = openDataset(urlFolder(address().replace("/data/", "/none/")));
      await expect(absent).rejects.toMatchObject({ problem: { code: "address-not-found" } });
      const nobody = openDataset(urlFolder("http://127.0.0.1:1/manifest.json"));
      await expect(nobody).rejects.toMatchObject({ problem: { code: "address-unreachable" } });
      const large = urlFolder(address().replace("/data/", "/large/"));
      const shard = large.open("train-00000.parquet");
      await expect(shard).rejects.toMatchObject({ problem: { code: "ranges-ignored" } });
    });

    it.each([true, false])("read no log as a manifest, with its length announced: %s", async (announced) => {
      const log = address().replace("/data/", announced ? "/large/" : "/endless/");
      await expect(openDataset(urlFolder(log))).rejects.toMatchObject({
        problem: { code: "manifest-invalid", sentence: expect.stringContaining(log) },
      });
    });
  });
});
