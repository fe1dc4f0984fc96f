// What a look at the beginning of files shows of them.

import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { lookAtLog } from "../../src/datasets/looking.ts";
import type { LogReport } from "../../src/datasets/requests.ts";
import { syntheticLog } from "../../src/preprocess/synthetic.ts";

// More than is looked at.
const ROWS = 60_000;
let log: Buffer<ArrayBuffer>;

beforeAll(async () => {
  vi.stubGlobal("navigator", { storage: { estimate: async () => ({ quota: 3e9, usage: 1e9 }) } });
  const pieces: Uint8Array[] = [];
  for await (const piece of syntheticLog({ rows: ROWS, seed: 3 })) pieces.push(piece);
  log = Buffer.concat(pieces);
});
afterAll(() => vi.unstubAllGlobals());

async function lookAt(files: Record<string, string | Uint8Array<ArrayBuffer>>): Promise<LogReport> {
  const chosen = Object.entries(files).map(([path, content]) => ({
    path,
    file: new File([content], path.split("/").at(-1)!),
  }));
  const look = await lookAtLog(chosen, {});
  if (look.type !== "log") throw new Error(look.problem.sentence);
  return look.report;
}

it("asks what a text is written in that is not UTF-8, and reads it once it is said", async () => {
  const rows = ["Málaga", "Logroño", "Ávila"].map((city, i) => `${i % 2},${city},${i}\n`).join("");
  const file = new File([Buffer.from(`click,city,age\n${rows.repeat(200)}`, "latin1")], "clicks.csv");
  const files = [{ path: "clicks.csv", file }];
  const asked = await lookAtLog(files, {});
  if (asked.type !== "encoding") throw new Error(asked.type);
  expect(asked.problem.remedy).toContain('"Málaga" in windows-1252');
  expect(asked.encodings).toContain("windows-1252");
  const look = await lookAtLog(files, { encoding: "windows-1252" });
  if (look.type !== "log") throw new Error(look.problem.sentence);
  expect(look.report).toMatchObject({ rows: 600, bad: { lines: 0 } });
  expect(look.report.table!.find(({ name }) => name === "city")!.samples).toContain("Málaga");
});

it("offers tables of several kinds by name, and looks at those that are chosen", async () => {
  const rows = (n: number) => "1,2,a\n0,3,b\n".repeat(n);
  const files = ["a.csv", "b.csv", "prices.csv"].map((path, i) => {
    const text = i < 2 ? `click,price,user\n${rows(90 - 40 * i)}` : "click,price\n1,2\n0,3\n";
    return { path, file: new File([text], path) };
  });
  const asked = await lookAtLog(files, {});
  if (asked.type !== "tables") throw new Error(asked.type);
  expect(asked.problem.code).toBe("tables-of-two-kinds");
  expect(asked.tables).toEqual([
    { name: "a.csv", about: "click, price, user", fits: true },
    { name: "b.csv", about: "click, price, user", fits: true },
    { name: "prices.csv", about: "click, price", fits: false },
  ]);
  const look = await lookAtLog(files, { only: ["b.csv"] });
  if (look.type !== "log") throw new Error(look.problem.sentence);
  expect(look.report).toMatchObject({ rows: 100, files: [{ name: "b.csv" }] });
});

it("estimates the rows of a log, plain or gzip, of one member or two", async () => {
  const half = Math.floor(log.length / 2);
  const pack = (bytes: Buffer) => gzipSync(bytes, { level: 1 });
  const packed = {
    plain: log,
    gzip: Buffer.from(pack(log)),
    members: Buffer.concat([pack(log.subarray(0, half)), pack(log.subarray(half))]),
  };
  for (const [name, content] of Object.entries(packed)) {
    const { rows } = await lookAt({ [name]: content });
    expect(Math.abs(rows - ROWS) / ROWS, `${name}: ${rows}`).toBeLessThan(0.1);
  }
});

it("says which split each file is named for, and why none where only some are", async () => {
  const lines = log.subarray(0, log.indexOf("\n", 20_000)).toString();
  const named = await lookAt({ "test.tsv": lines, "train.tsv": lines });
  expect(named.files).toEqual([
    { name: "train.tsv", split: "train" },
    { name: "test.tsv", split: "test" },
  ]);
  expect(named.rules).toMatchObject({ split: "hash", testShare: 0.1 });
  const some = await lookAt({ "test.tsv": lines, "train.tsv": lines, "more.tsv": lines });
  expect(some.files.map(({ split }) => split)).toEqual([null, null, null]);
  expect(some.splitsUnclear?.sentence).toContain("more.tsv");
});

it.each([
  ["one folder", "logs/", "logs"],
  ["two folders", "", "part_0"],
])("says splits of %s, where files of one name lie in each", async (_, above, name) => {
  const lines = log.subarray(0, log.indexOf("\n", 20_000)).toString();
  const report = await lookAt({ [`${above}train/part_0.tsv`]: lines, [`${above}test/part_0.tsv`]: lines });
  expect(report.name).toBe(name);
  expect(report.files).toEqual([
    { name: "train/part_0.tsv", split: "train" },
    { name: "test/part_0.tsv", split: "test" },
  ]);
});

it("takes the folder that was chosen for no split: its files are a log", async () => {
  const lines = log.subarray(0, log.indexOf("\n", 20_000)).toString();
  const report = await lookAt({ "test logs/a.tsv": lines, "test logs/b.tsv": `${lines}\n${lines}` });
  expect(report.name).toBe("test logs");
  expect(report.files.map(({ split }) => split)).toEqual([null, null]);
});

it("says how many lines cannot be read, and why the first", async () => {
  const lines = log.subarray(0, log.indexOf("\n", 200_000)).toString();
  const { bad, rows } = await lookAt({ "clicks.tsv": `${lines}\n1\tnothing\n\n` });
  expect(bad).toEqual({
    lines: 2,
    of: rows,
    example: `line ${rows - 1} of clicks.tsv has 2 columns instead of 40`,
  });
});
