import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SPLITS } from "../../src/base/batch.ts";
import { ProblemError } from "../../src/base/result.ts";
import { MAX_LINE_BYTES, wholeLines } from "../../src/preprocess/lines.ts";
import { preprocess } from "../../src/preprocess/preprocess.ts";
import { NAMED_RULES } from "../../src/preprocess/rules.ts";
import { memoryOutput } from "../../src/shards/byteSink.ts";
import { categoryColumns, integerColumns, type Rules } from "../../src/shards/manifest.ts";
import { MISSING } from "../../src/shards/rows.ts";
import { openShard, type StoredColumn } from "../../src/shards/shardFile.ts";
import { inPieces, logLine, type Made, makeDataset } from "./made.ts";
import { type ReferenceRow, referencePreprocess } from "./reference.ts";

/** Every stored row of a data set, split by split. */
async function storedRows({ manifest, folder }: Made): Promise<ReferenceRow[]> {
  const rows: ReferenceRow[] = [];
  for (const shard of manifest.shards) {
    const reader = await openShard(await folder.open(shard.file), shard, manifest);
    for (const g of shard.rowGroups.keys()) {
      const group = await reader.decode(g, await reader.fetch(g));
      for (let r = 0; r < group.count; r++)
        rows.push({
          split: shard.split,
          label: valueAt(group.columns[0]!, r),
          integers: group.columns.slice(1, 14).map((column) => valueAt(column, r)),
          categories: group.columns.slice(14).map((column) => valueAt(column, r)),
        });
    }
  }
  return rows;
}

function valueAt({ codes, base }: StoredColumn, r: number): number {
  const code = codes[r]!;
  if (base === null) return code;
  return code === 0 ? MISSING : code + base - 1;
}

function bytesOf(binary: string): Uint8Array {
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

// Values as people's files hold them: right ones, and every kind of odd one.
const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("00000000", "ffffffff", "1a2b3c4d", "deadbeef", "") },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      "1A2B3C4D",
      "123456789",
      "1a2b3c4",
      "\u00c3\u00a9",
      "a b",
      "\0",
      "\u00e4\u00b8\u00ad",
      " ",
    ),
  },
);
const integer = fc.oneof(
  fc.constantFrom("", "0", "-3", "2147483647", "-2147483647", "007"),
  fc.integer({ min: -5, max: 3000 }).map(String),
);
const goodLine = fc
  .tuple(
    fc.constantFrom("0", "1"),
    fc.array(integer, { minLength: 13, maxLength: 13 }),
    fc.array(value, { minLength: 26, maxLength: 26 }),
  )
  .map(([label, integers, values]) => [label, ...integers, ...values].join("\t"));
const rules: fc.Arbitrary<Rules> = fc
  .record({
    rule: fc.constantFrom("over" as const, "at-least" as const),
    threshold: fc.integer({ min: 0, max: 4 }),
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    testShare: fc.constantFrom(0, 0.1, 0.5),
    validShare: fc.constantFrom(0, 0.2),
    split: fc.constantFrom("hash" as const, "none" as const),
  })
  .map((some) => ({ ...NAMED_RULES.mindspore, ...some }));

describe("preprocess", () => {
  it("agrees with a plain reference on logs of every make, in pieces of every size", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(goodLine, { minLength: 1, maxLength: 30 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom(1, 61, 997, 1 << 20),
        rules,
        async (lines, newline, lastNewline, byteOrderMark, pieceBytes, chosen) => {
          const log = `${byteOrderMark ? "\u00ef\u00bb\u00bf" : ""}${lines.join(newline)}${lastNewline ? newline : ""}`;
          const expected = referencePreprocess(log, chosen);
          const made = await makeDataset(bytesOf(log), chosen, pieceBytes);
          expect(await storedRows(made)).toEqual(
            SPLITS.flatMap((split) => expected.rows.filter((row) => row.split === split)),
          );
          const columns = categoryColumns(made.manifest);
          expect(columns.map(({ distinct }) => distinct)).toEqual(expected.distinct);
          expect(columns.map(({ frequent }) => frequent)).toEqual(
            expected.vocabulary.map(({ length }) => length),
          );
          const vocabulary = expected.vocabulary.flatMap((values, c) =>
            values.map(({ value: text, count }) => `C${c + 1}\t${text}\t${count}\n`),
          );
          expect([...made.files.get("vocabulary.tsv")!]).toEqual([
            ...bytesOf(`column\tvalue\tcount\n${vocabulary.join("")}`),
          ]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("writes the same bytes whatever the pieces its input comes in", async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) =>
      logLine(i % 3 === 0 ? 1 : 0, [i, -i % 7], [(i % 50).toString(16).padStart(8, "0")]),
    );
    lines[777] = "bad";
    const log = lines.join("\n");
    const [whole, ...others] = await Promise.all(
      [1 << 22, 61, 997, 1 << 16].map((pieceBytes) => makeDataset(log, { threshold: 3 }, pieceBytes)),
    );
    for (const { files } of others) expect(files).toEqual(whole!.files);
    // Pieces that the next ones overwrite.
    const pieces = () => wholeLines(inPieces(new TextEncoder().encode(log), 1 << 16), undefined, null, true);
    const files = new Map<string, Uint8Array>();
    await preprocess(pieces, memoryOutput(files), {
      name: "test log",
      files: ["test.txt"],
      rules: { ...NAMED_RULES.mindspore, threshold: 3 },
    });
    expect(files).toEqual(whole!.files);
  });

  it("numbers ids by falling count, ties by bytes", async () => {
    const values = ["b", "a", "a", "", "c0ffee00", "b", "c0ffee00", "a"];
    const { files } = await makeDataset(values.map((text) => logLine(0, [], [text])).join("\n"), {
      threshold: 0,
    });
    const ofC1 = new TextDecoder().decode(files.get("vocabulary.tsv")).match(/^C1\t.*$/gm);
    expect(ofC1).toEqual(["C1\ta\t3", "C1\tb\t2", "C1\tc0ffee00\t2", "C1\t\t1"]);
  });

  it("describes integer columns by minimum, maximum, missing rows and FuxiCTR's buckets", async () => {
    const values = ["-4", "", "0", "1", "2", "3", "4", "5", "10", "2147483647", "3"];
    const { manifest } = await makeDataset(values.map((text) => logLine(0, [text])).join("\n"), {
      threshold: 1,
    });
    expect(integerColumns(manifest)[0]).toEqual({
      name: "I1",
      kind: "integer",
      missing: 1,
      minimum: -4,
      maximum: 2147483647,
      distinct: 7,
      frequent: 2,
      base: 39,
      // ⌊ln² 3⌋ = ⌊ln² 4⌋ = 1, ⌊ln² 5⌋ = 2, ⌊ln² 10⌋ = 5, ⌊ln² (2³¹ − 1)⌋ = 461.
      buckets: [
        { value: 1, count: 4 },
        { value: 2, count: 2 },
        { value: null, count: 1 },
        { value: -4, count: 1 },
        { value: 0, count: 1 },
        { value: 5, count: 1 },
        { value: 461, count: 1 },
      ],
      statistics: {
        mean: 214748367.1,
        // √(Σx²/n − mean²)
        deviation: expect.closeTo(644245093.3, 1),
        values: 9,
        estimated: false,
        negative: 1,
        percentiles: [-4, 1, 3, 5, 2147483647],
        // Five shares of two rows each: at least two rows make a number frequent.
        quantiles: [1, 3, 4, 10],
      },
    });
  });
});

describe("bad lines", () => {
  const good = Array.from({ length: 990 }, () => logLine(1, [1], ["a"]));

  it.each([
    ["has 2 columns instead of 40", "1\t2"],
    ["has 41 columns instead of 40", `${logLine(1)}\t`],
    ["is empty", ""],
    ["has a label that is neither 0 nor 1", logLine(2)],
    ['has "1.5" in column I1, which is not an integer', logLine(1, ["1.5"])],
    ['has "-x" in column I2, which is not an integer', logLine(1, ["", "-x"])],
    ['has "4294967296" in column I3, which needs more than 32 bits', logLine(1, ["", "", "4294967296"])],
    [`has "${MISSING}" in column I1, which needs more than 32 bits`, logLine(1, [String(MISSING)])],
    ["is longer than 1048576 bytes", logLine(1, [], ["a".repeat(MAX_LINE_BYTES)])],
  ])("are left out and reported with their number and reason: %s", async (reason, line) => {
    const lines = [...good.slice(0, 500), line, ...good.slice(500)];
    const { manifest } = await makeDataset(lines.join("\n"));
    expect(manifest.badLines).toBe(1);
    expect(manifest.badLineExamples).toEqual([{ line: 500, reason }]);
    expect(manifest.source.lines).toBe(991);
    expect(manifest.splits.train.rows + manifest.splits.test.rows).toBe(990);
  });

  it("leave nothing of themselves to the lines after them, in their piece or the next", async () => {
    const digits = logLine(
      1,
      [1],
      Array.from({ length: 26 }, () => "0a1b2c3d"),
    );
    const odd = logLine(
      1,
      [1],
      Array.from({ length: 26 }, (_, c) => (c % 2 === 0 ? "" : "odd")),
    );
    // Some pieces of each.
    const lines = [odd, digits].flatMap((line) => Array.from({ length: 8000 }, () => line));
    for (const at of [3000, 3001, 9000, 12_000]) lines[at] = `${odd}\tmore`;
    const { manifest } = await makeDataset(lines.join("\n"), { threshold: 0 });
    expect(manifest.badLines).toBe(4);
    for (const [c, { distinct, missing }] of categoryColumns(manifest).entries())
      expect({ distinct, missing }).toEqual({ distinct: 2, missing: c % 2 === 0 ? 7998 : 0 });
  });

  it("keep their numbers when rows are dealt to the splits", async () => {
    const lines = Array.from({ length: 300 }, (_, i) => logLine(0, [i]));
    const wholeTest = (await storedRows(await makeDataset(lines.join("\n")))).filter(
      ({ split }) => split === "test",
    );
    lines[0] = "bad";
    lines[150] = "bad";
    const test = (await storedRows(await makeDataset(lines.join("\n")))).filter(
      ({ split }) => split === "test",
    );
    expect(test).toEqual(wholeTest.filter(({ integers }) => integers[0] !== 0 && integers[0] !== 150));
  });

  it("stop the work when they are more than 1 %, with an example", async () => {
    const lines = [...good, ...Array.from({ length: 11 }, () => "1,2,3")];
    const problem = await problemOf(makeDataset(lines.join("\n")));
    expect(problem).toMatchObject({ code: "log-not-readable" });
    expect(problem.sentence).toContain("11 of the first 1001 rows");
    expect(problem.sentence).toContain("line 991, for example, has 1 column instead of 40");
  });

  it("of another kind of file stop it early", async () => {
    const noise = Uint8Array.from({ length: 5_000_000 }, (_, i) => (i * 7919) % 251);
    const problem = await problemOf(makeDataset(noise));
    expect(problem).toMatchObject({ code: "log-not-readable" });
    const zeros = await problemOf(makeDataset(new Uint8Array(5_000_000)));
    expect(zeros.sentence).toContain("is longer than");
  });

  it.each(["", "\ufeff", "\n"])("leave nothing of an empty log (%j)", async (log) => {
    expect((await problemOf(makeDataset(log))).code).toBe("log-empty");
  });
});

async function problemOf(work: Promise<unknown>): Promise<ProblemError["problem"]> {
  try {
    await work;
  } catch (cause) {
    if (cause instanceof ProblemError) return cause.problem;
    throw cause;
  }
  throw new Error("no problem came up");
}
