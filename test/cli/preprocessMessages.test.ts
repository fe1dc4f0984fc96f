// What preprocess says while it works: the command in this process, its words kept.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as log from "../../src/cli/log.ts";
import { runPreprocess } from "../../src/cli/preprocess.ts";
import * as reporting from "../../src/cli/preprocessReporter.ts";
import { logLine } from "../preprocess/made.ts";

vi.mock("../../src/cli/log.ts", { spy: true });
vi.mock("../../src/cli/preprocessReporter.ts", { spy: true });

let place: string;
beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(log.say).mockImplementation(() => {});
  vi.mocked(log.printResult).mockImplementation(() => {});
  place = mkdtempSync(join(tmpdir(), "messages-"));
});
afterEach(() => rmSync(place, { recursive: true }));

const output = () => join(place, "out");
const reported = () => vi.mocked(log.say).mock.calls.map(([line]) => line);

function writeSplits(rows: Record<string, number>): string {
  const folder = join(place, "splits");
  mkdirSync(folder);
  for (const [name, count] of Object.entries(rows))
    writeFileSync(join(folder, `${name}.csv`), `label,I1,C1\n${"1,2,a\n".repeat(count)}`);
  return folder;
}

it("says which splits have no row, and why", async () => {
  const folder = writeSplits({ train: 30, valid: 10, test: 10 });
  await runPreprocess([`--input=${folder}`, `--output=${output()}`, "--train_line_count=1"]);
  expect(reported().filter((line) => line.includes("split"))).toEqual([
    "the valid split has no row: --train_line_count=1 leaves it none",
    "the test split has no row: --train_line_count=1 leaves it none",
  ]);
});

it("takes a part of each split's rows where it ends after so many", async () => {
  const folder = writeSplits({ train: 30, valid: 10, test: 10 });
  await runPreprocess([`--input=${folder}`, `--output=${output()}`, "--train_line_count=25"]);
  const { splits } = JSON.parse(readFileSync(join(output(), "manifest.json"), "utf8"));
  expect([splits.train.rows, splits.valid.rows, splits.test.rows]).toEqual([14, 6, 5]);
});

it("says when a split's files have no row", async () => {
  const folder = writeSplits({ train: 30, valid: 0, test: 10 });
  await runPreprocess([`--input=${folder}`, `--output=${output()}`]);
  expect(reported()).toContain("the valid split has no row: its files have none");
});

it("counts progress in lines where it ends after so many", async () => {
  const folder = writeSplits({ train: 30 });
  await runPreprocess([`--input=${folder}`, `--output=${output()}`, "--train_line_count=20"]);
  expect(vi.mocked(reporting.createReporter).mock.calls).toEqual([[expect.any(Number), 20]]);
});

it("names a data set by its file, even where that is all ending", async () => {
  const input = join(place, ".csv");
  writeFileSync(input, `${Array.from({ length: 20 }, () => logLine(1)).join("\n")}\n`);
  await runPreprocess([`--input=${input}`, `--output=${output()}`]);
  expect(JSON.parse(readFileSync(join(output(), "manifest.json"), "utf8")).name).toBe(".csv");
});
