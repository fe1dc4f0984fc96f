// The options of preprocessing that change what comes out: splits, what is counted, other shapes, other people's ids.

import { beforeAll, describe, expect, it } from "vitest";
import { wholeLines } from "../../src/preprocess/lines.ts";
import { mindsporeSplitter, shuffledLines } from "../../src/preprocess/mindsporeSplit.ts";
import { preprocess } from "../../src/preprocess/preprocess.ts";
import { NAMED_RULES } from "../../src/preprocess/rules.ts";
import { memoryOutput, type OutputFolder } from "../../src/shards/byteSink.ts";
import { memoryFolder } from "../../src/shards/byteSource.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { inPieces, logLine, makeDataset } from "./made.ts";

const numbered = (rows: number, value: (i: number) => string = () => "a") =>
  Array.from({ length: rows }, (_, i) => logLine(i % 2, [i], [value(i)]));

describe("MindSpore's split", () => {
  it("shuffles as NumPy does", () => {
    // np.random.seed(2020); a = list(range(n)); np.random.shuffle(a)
    expect([...shuffledLines(10, 2020)]).toEqual([2, 4, 9, 1, 5, 7, 6, 3, 8, 0]);
    expect([...shuffledLines(1000, 2020).slice(0, 10)]).toEqual([
      725, 986, 815, 656, 469, 76, 668, 286, 904, 284,
    ]);
  });

  it("deals groups of a thousand lines, and leaves out a last one that is not full", async () => {
    const { manifest, folder } = await makeDataset(numbered(20_500).join("\n"), { split: "mindspore" });
    const testLines = new Set(shuffledLines(20_500, 2020).subarray(0, 2050));
    const groups = Array.from({ length: 20 }, (_, g) => testLines.has(g * 1000 + 999));
    expect(groups).toContain(true);
    expect(manifest.splits.test.rows).toBe(1000 * groups.filter(Boolean).length);
    expect(manifest.splits.train.rows + manifest.splits.test.rows).toBe(20_000);
    const test = (await openDataset(folder)).batches({
      split: "test",
      batchSize: 1,
      integers: "max",
      shuffle: null,
    });
    const { value } = await test.next();
    expect(Math.round(value!.weights[0]! * 20_499)).toBe(1000 * groups.indexOf(true));
  });

  it("has nothing to deal where there are less than a thousand lines, and says so", async () => {
    await expect(makeDataset(numbered(999).join("\n"), { split: "mindspore" })).rejects.toMatchObject({
      problem: { code: "rows-undealt", sentence: expect.stringContaining("999") },
    });
  });

  it("lets a group whose last line is bad go with the next", () => {
    const groupOf = (badEnds: number[]) => mindsporeSplitter(5000, 1, 0.5, badEnds);
    const splits = (badEnds: number[]) => Array.from({ length: 5 }, (_, g) => groupOf(badEnds)(g * 1000));
    const [, , third, fourth] = splits([]);
    expect(splits([1999, 999]).slice(0, 3)).toEqual([third, third, third]);
    expect(splits([2999])[2]).toBe(fourth);
    expect(splits([4999])[4]).toBe(-1);
    expect(groupOf([])(5000)).toBe(-1);
  });
});

it("counts the training rows alone when it is fitted on these", async () => {
  const lines = numbered(5000, (i) => (i % 10 === 0 ? "rare" : "common"));
  const all = await makeDataset(lines.join("\n"), { testShare: 0.5 });
  const train = await makeDataset(lines.join("\n"), { testShare: 0.5, fittedOn: "train" });
  expect(train.manifest.shards.map(({ rows }) => rows)).toEqual(all.manifest.shards.map(({ rows }) => rows));
  const counted = (text: Uint8Array) =>
    [...new TextDecoder().decode(text).matchAll(/^C1\t.*\t(\d+)$/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  expect(counted(all.files.get("vocabulary.tsv")!)).toBe(5000);
  expect(counted(train.files.get("vocabulary.tsv")!)).toBe(train.manifest.splits.train.rows);
});

it("takes logs of other shapes", async () => {
  const log = Array.from({ length: 50 }, (_, i) => `1\t${i}\t\tx\ty${i % 2}\tz`).join("\n");
  const { manifest, folder } = await makeDataset(log, { threshold: 0 }, 100, {
    layout: { integers: 2, categories: 3 },
  });
  expect(manifest.columns.map(({ name }) => name)).toEqual(["I1", "I2", "C1", "C2", "C3"]);
  expect((await openDataset(folder)).shape("max")).toEqual({ fields: 5, tableRows: 5 + 4 });
});

it("stops after so many lines", async () => {
  const lines = numbered(5000);
  const bytes = new TextEncoder().encode(lines.join("\n"));
  const files = new Map<string, Uint8Array>();
  await preprocess(() => wholeLines(inPieces(bytes, 7000), 1234), memoryOutput(files), {
    name: "test log",
    files: ["test.txt"],
    rules: NAMED_RULES.mindspore,
  });
  expect(files).toEqual((await makeDataset(lines.slice(0, 1234).join("\n"))).files);
});

describe("with an existing data set's ids", async () => {
  const base = await makeDataset(numbered(900, (i) => ["x", "y", "z"][i % 3]!).join("\n"), { threshold: 10 });
  const tomorrow = [
    ...["x", "y", "z", "new"].map((value) => logLine(1, [5000], [value])),
    ...numbered(200, () => "x"),
    "bad",
  ];

  it("encodes new rows as the old ones were, unseen values as OOV", async () => {
    const made = await makeDataset(tomorrow.join("\n"), { fittedOn: "given", testShare: 1 }, 1 << 16, {
      fitted: base,
    });
    expect(made.manifest.columns).toEqual(base.manifest.columns);
    expect(made.manifest.splits.test.rows).toBe(204);
    expect(made.manifest.badLineExamples).toEqual([{ line: 204, reason: "has 1 column instead of 40" }]);
    const opened = await openDataset(made.folder);
    const batches = opened.batches({ split: "test", batchSize: 4, integers: "max", shuffle: null });
    const { value: batch } = await batches.next();
    expect([0, 1, 2, 3].map((r) => batch!.ids[r * 39 + 13])).toEqual([39, 40, 41, 13]);
    expect(batch!.weights[0]).toBeCloseTo(5000 / 899);
  });

  it("still stops at too many bad lines", async () => {
    const log = [...tomorrow, "bad", "bad"].join("\n");
    await expect(makeDataset(log, { fittedOn: "given" }, 1 << 16, { fitted: base })).rejects.toMatchObject({
      problem: { code: "log-not-readable" },
    });
  });

  it("refuses a vocabulary that is not the manifest's", async () => {
    const vocabulary = base.files.get("vocabulary.tsv")!.slice();
    vocabulary[30]! ^= 1;
    const folder = memoryFolder(new Map([...base.files, ["vocabulary.tsv", vocabulary]]));
    const attempt = makeDataset(tomorrow.join("\n"), {}, 1 << 16, { fitted: { ...base, folder } });
    await expect(attempt).rejects.toMatchObject({ problem: { code: "vocabulary-damaged" } });
  });
});

describe("an interrupted second pass", () => {
  // Few columns: shards depend on rows.
  const layout = { integers: 1, categories: 1 };
  const log = Array.from({ length: 60_000 }, (_, i) => `${i % 2}\t${i}\tv${i % 400}`).join("\n");
  const bytes = new TextEncoder().encode(log);
  const options = {
    name: "test log",
    files: ["test.txt"],
    rules: { ...NAMED_RULES.mindspore, testShare: 0.3 },
    groupsPerShard: 1,
    layout,
  };

  /** Runs until `shards` shards are finished, then dies; returns what is left. */
  async function interrupt(shards: number): Promise<{ files: Map<string, Uint8Array>; journal: string }> {
    const files = new Map<string, Uint8Array>();
    let journal = "";
    const append = async (text: string) => {
      journal += text;
      if (journal.split("\n").length === shards + 2) throw new Error("power cut");
    };
    const run = preprocess(() => wholeLines(inPieces(bytes, 1 << 16)), memoryOutput(files), {
      ...options,
      journal: { key: "this log", text: "", append, folder: memoryFolder(files) },
    });
    await expect(run).rejects.toThrow("power cut");
    return { files, journal };
  }

  let whole: Awaited<ReturnType<typeof makeDataset>>;
  beforeAll(async () => {
    whole = await makeDataset(log, options.rules, 1 << 16, { groupsPerShard: 1, layout });
  });

  it.each([0, 1, 2, 3])("continues after %i finished shards to the same bytes", async (shards) => {
    const { files, journal } = await interrupt(shards);
    const { output, written } = recordingOutput(files);
    await preprocess(() => wholeLines(inPieces(bytes, 1 << 16)), output, {
      ...options,
      // The last line was being written when the power went.
      journal: {
        key: "this log",
        text: `${journal}{"shard`,
        append: async () => {},
        folder: memoryFolder(files),
      },
    });
    expect(files).toEqual(whole.files);
    expect(written.length).toBe(whole.manifest.shards.length - shards + 1);
  });

  it("continues again after it was interrupted before the next shard", async () => {
    const { files, journal } = await interrupt(0);
    let text = journal;
    const again = (output: OutputFolder) =>
      preprocess(() => wholeLines(inPieces(bytes, 1 << 16)), output, {
        ...options,
        journal: {
          key: "this log",
          text,
          append: async (line) => void (text += line),
          folder: memoryFolder(files),
        },
      });
    const full: OutputFolder = { create: () => Promise.reject(new Error("disk full")) };
    await expect(again(full)).rejects.toThrow("disk full");
    const { output, written } = recordingOutput(files);
    await again(output);
    expect(written).not.toContain("vocabulary.tsv");
  });

  it("starts anew for another log or other options", async () => {
    const { files, journal } = await interrupt(2);
    const { output, written } = recordingOutput(files);
    await preprocess(() => wholeLines(inPieces(bytes, 1 << 16)), output, {
      ...options,
      journal: { key: "another", text: journal, append: async () => {}, folder: memoryFolder(files) },
    });
    expect(written).toContain("vocabulary.tsv");
    expect(written).toContain("train-00000.parquet");
  });
});

/** Collects files, and the names of those that are written. */
function recordingOutput(files: Map<string, Uint8Array>): { output: OutputFolder; written: string[] } {
  const written: string[] = [];
  const { create } = memoryOutput(files);
  const output: OutputFolder = {
    create(name) {
      written.push(name);
      return create(name);
    },
  };
  return { output, written };
}
