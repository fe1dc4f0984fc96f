// export --spark: the job's folder, what it knows of the log, and what it refuses.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runCommand } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "spark-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const jobIn = (path: string) => JSON.parse(readFileSync(join(path, "job.json"), "utf8"));

it("writes the job for Criteo's log", async () => {
  const output = join(folder, "criteo");
  const { code, result } = await runCommand("export", ["--spark", "--threshold=7", `--output=${output}`]);
  expect(code).toBe(0);
  expect(result).toMatchObject({ numbers: 13, categories: 26, rules: { threshold: 7, split: "hash" } });
  expect(result.files).toEqual(expect.arrayContaining(["final_data/passes.py", "job.json", "prepare.py"]));
  expect(result.files).not.toContain("process");
  for (const file of result.files) expect(statSync(join(output, file)).isFile(), file).toBe(true);
  const { source, table } = jobIn(output);
  expect(source).toMatchObject({ dialect: { separator: 9 }, headerLines: 0, plain: true });
  expect(source.columns).toHaveLength(40);
  expect(table).toBeUndefined();
  const again = await runCommand("export", ["--spark", `--output=${output}`]);
  expect(again.code).toBe(1);
  expect(again.stderr).toContain("criteo");
});

it("knows the columns of a table that it is shown", async () => {
  const log = join(folder, "log.csv");
  writeFileSync(log, 'age;city;bought\n7;"a;b";yes\n;c;no\n30.5;c;no\n');
  const output = join(folder, "table");
  const { code } = await runCommand("export", [
    "--spark",
    `--input=${log}`,
    "--label=bought",
    `--output=${output}`,
  ]);
  expect(code).toBe(0);
  expect(jobIn(output)).toMatchObject({
    numbers: ["age"],
    categories: ["city"],
    source: {
      dialect: { separator: 59, quote: 34 },
      headerLines: 1,
      plain: false,
      mayHaveFractions: true,
      click: ["yes"],
      other: ["no"],
    },
    table: [{ name: "age" }, { name: "city", role: "category" }, { name: "bought", role: "label" }],
  });
});

it.each([
  [["--vocabulary=data"], "--vocabulary"],
  [["--split=mindspore"], "--split=mindspore"],
  [["--format=packed"], "--format=packed"],
  [["--threads=2"], "--threads"],
  [["--label=click"], "--input=FILE"],
])("refuses %s by name", async (args, named) => {
  const { code, stderr } = await runCommand("export", ["--spark", ...args, `--output=${join(folder, "no")}`]);
  expect(code).toBe(2);
  expect(stderr).toContain(named);
});
