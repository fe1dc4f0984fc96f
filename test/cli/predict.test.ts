// predict as a person's script calls it: the same scores as eval, for rows with and without labels.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runCommand } from "./command.ts";
import { syntheticLog } from "./syntheticLog.ts";

const folder = mkdtempSync(join(tmpdir(), "predict-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const tomorrow = syntheticLog(1500, 2);
let checkpoint: string;

beforeAll(async () => {
  writeFileSync(at("train.txt"), syntheticLog(3000, 1));
  writeFileSync(at("tomorrow.txt"), tomorrow);
  writeFileSync(at("unlabelled.txt"), tomorrow.replaceAll(/^.\t/gm, ""));
  await good("preprocess", `--input=${at("train.txt")}`, `--output=${at("data")}`, "--threshold=3");
  await good(
    "preprocess",
    `--input=${at("tomorrow.txt")}`,
    `--output=${at("encoded")}`,
    `--vocabulary=${at("data")}`,
  );
  const small = { embeddingDim: 4, optimizer: { learningRate: 0.01 }, integers: "log", batchSize: 256 };
  const branches = [{ units: [{ size: 8, order: 2 }] }, { units: [{ size: 6, order: 1 }] }];
  writeFileSync(at("small.json"), JSON.stringify({ ...small, branches }));
  await good(
    "train",
    `--dataset_path=${at("data")}`,
    `--config=${at("small.json")}`,
    `--ckpt_path=${at("ck")}`,
  );
  checkpoint = at(`ck/${readdirSync(at("ck")).find((name) => name.endsWith(".safetensors"))}`);
}, 120_000);

async function good(command: string, ...args: string[]) {
  const { code, result, stderr } = await runCommand(command, args);
  expect(code, stderr).toBe(0);
  return result;
}

function predict(output: string, ...args: string[]) {
  const model = [`--checkpoint_path=${checkpoint}`, `--dataset_path=${at("data")}`];
  return runCommand("predict", [...model, `--output=${at(output)}`, ...args]);
}

it("gives eval's scores, the same with labels and without, in CSV and in Parquet", async () => {
  const evaluated = await good("eval", `--checkpoint_path=${checkpoint}`, `--dataset_path=${at("encoded")}`);
  const { code, result, stderr } = await predict("scores.csv", `--input=${at("tomorrow.txt")}`);
  expect(code, stderr).toBe(0);
  expect(result.labelled).toMatchObject({ auc: evaluated.auc, logLoss: evaluated.logLoss, rows: 1500 });
  expect(readFileSync(at("acc.log"), "utf8")).toBe(`auc : ${evaluated.auc.fused}\n`);
  expect(readFileSync(at("auc.log"), "utf8")).toContain(`{'AUC': ${evaluated.auc.fused}, 'eval_time': `);

  const lines = readFileSync(at("scores.csv"), "utf8").trimEnd().split("\n");
  expect(lines[0]).toBe("row,probability,probability_branch1,probability_branch2,label");
  expect(lines).toHaveLength(1501);
  const labels = tomorrow
    .trimEnd()
    .split("\n")
    .map((line) => line[0]);
  expect(lines.slice(1).map((line) => line.split(",")[4])).toEqual(labels);

  const parquet = await predict("scores.parquet", `--input=${at("unlabelled.txt")}`, "--threads=2");
  expect(parquet.result).toMatchObject({ rows: 1500, labelled: null, unseenShare: result.unseenShare });
  const file = readFileSync(at("scores.parquet"));
  const rows = await parquetReadObjects({ file: new Uint8Array(file).buffer });
  expect(Object.keys(rows[0]!)).toEqual(lines[0]!.split(",").slice(0, -1));
  expect(rows.map((row) => [row.row, row.probability])).toEqual(
    lines
      .slice(1)
      .map((line) => line.split(",").slice(0, 2).map(Number))
      .map(([row, p]) => [row, Math.fround(p!)]),
  );
});

it("says in a sentence what cannot be scored, and leaves no file", async () => {
  writeFileSync(at("half.txt.gz"), gzipSync(tomorrow).subarray(0, 9000));
  await good("preprocess", `--input=${at("tomorrow.txt")}`, `--output=${at("other")}`, "--threshold=3");
  const truncated = await predict("never.csv", `--input=${at("half.txt.gz")}`);
  expect(truncated).toMatchObject({ code: 1, result: { problem: { code: "log-truncated" } } });
  const foreign = await runCommand("predict", [
    `--checkpoint_path=${checkpoint}`,
    `--dataset_path=${at("other")}`,
    `--input=${at("tomorrow.txt")}`,
    `--output=${at("never.csv")}`,
  ]);
  expect(foreign.result.problem.code).toBe("checkpoint-other-vocabulary");
  expect(readdirSync(folder).filter((name) => name.startsWith("never"))).toEqual([]);
  expect((await predict("scores.csv", `--input=${at("tomorrow.txt")}`)).result.problem.code).toBe(
    "output-file-exists",
  );
  expect(existsSync(at("never.csv"))).toBe(false);
});
