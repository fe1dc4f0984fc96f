// preprocess, train and eval as a person's script calls them, on a synthetic log.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { preprocessLog, runCommand } from "./command.ts";
import { syntheticLog } from "./syntheticLog.ts";

const folder = mkdtempSync(join(tmpdir(), "train-"));
const dataset = join(folder, "dataset");
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => preprocessLog(folder, syntheticLog(6000)));

const options = ["--train_epochs=2", "--batch_size=256", "--learning_rate=0.003"];

function train(name: string, ...more: string[]) {
  return trainOn(dataset, name, ...more);
}

function trainOn(place: string, name: string, ...more: string[]) {
  return runCommand("train", [
    `--dataset_path=${place}`,
    `--ckpt_path=${join(folder, name)}`,
    ...options,
    ...more,
  ]);
}

it("trains, logs as MindSpore does, and evaluates its checkpoint to the same numbers", async () => {
  const { code, result, stderr } = await train("first");
  expect(code, stderr).toBe(0);
  expect(result.auc.branches).toHaveLength(2);
  expect(result.auc.fused).toBeGreaterThan(0.6);
  expect(result.logLoss.fused).toBeLessThan(0.6);
  expect(result.rowsPerSecond).toBeGreaterThan(0);

  const losses = readFileSync(join(folder, "first", "loss.log"), "utf8")
    .trimEnd()
    .split("\n");
  for (const line of losses)
    expect(line).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d epoch: [12] step: \d+, loss is \d\.\d+$/);
  const aucs = readFileSync(join(folder, "first", "auc.log"), "utf8")
    .trimEnd()
    .split("\n");
  expect(aucs).toHaveLength(2);
  expect(aucs[1]).toMatch(/^\{'result': \{'AUC': 0\.\d+, 'eval_time': [\d.]+\}\}$/);

  const checkpoints = readdirSync(join(folder, "first")).filter((name) => name.endsWith(".safetensors"));
  const evaluated = await runCommand("eval", [
    `--dataset_path=${dataset}`,
    `--checkpoint_path=${join(folder, "first", checkpoints.at(-1)!)}`,
    "--insight",
    "--slice_by=I1",
  ]);
  expect(evaluated.code, evaluated.stderr).toBe(0);
  const { fields, interactions } = evaluated.result.insight;
  expect(
    fields
      .slice(0, 2)
      .map((field: { column: string }) => field.column)
      .toSorted(),
  ).toEqual(["C1", "I1"]);
  expect(fields[0].fused.logLoss.mean).toBeGreaterThan(fields[0].fused.logLoss.radius);
  expect(interactions.pairs).toHaveLength((16 * 15) / 2);
  const { slices, rows } = evaluated.result.slices;
  expect(slices.reduce((sum: number, slice: { rows: number }) => sum + slice.rows, 0)).toBe(rows);
  expect(evaluated.result.auc).toEqual(result.auc);
  expect(evaluated.result.logLoss).toEqual(result.logLoss);
});

it.each(["WASM", "CPU"])(
  "gives the same losses to the last digit for the same seed on %s",
  async (target) => {
    // The CPU backend takes a minute for the preset on all rows.
    const few = join(folder, `few-${target}`);
    const input = `--input=${join(folder, "train.txt")}`;
    await runCommand("preprocess", [input, `--output=${few}`, "--threshold=5", "--train_line_count=1200"]);
    const small = join(folder, "small.json");
    const units = [{ size: 16, order: 2, interaction: "cascade" }];
    writeFileSync(
      small,
      JSON.stringify({
        embeddingDim: 4,
        branches: [{ units }, { units }],
        optimizer: { learningRate: 0.01 },
      }),
    );
    const runs = [];
    for (const name of ["a", "b"]) {
      const more = [`--device_target=${target}`, `--config=${small}`];
      const { code, result, stderr } = await trainOn(few, `${target}-${name}`, ...more);
      expect(code, stderr).toBe(0);
      const log = readFileSync(join(folder, `${target}-${name}`, "loss.log"), "utf8");
      runs.push({ auc: result.auc, logLoss: result.logLoss, losses: log.replaceAll(/^.{19}/gm, "") });
    }
    expect(runs[0]!.losses).not.toBe("");
    expect(runs[1]).toEqual(runs[0]);
  },
  120_000,
);

it("says in a sentence what is wrong, and writes nothing", async () => {
  const missing = await runCommand("train", [
    `--dataset_path=${join(folder, "nowhere")}`,
    `--ckpt_path=${join(folder, "never")}`,
  ]);
  expect(missing.code).toBe(1);
  expect(missing.result.problem.sentence).toMatch(/nowhere could not be read: it does not exist\.$/);
  const empty = await runCommand("inspect", [folder]);
  expect(empty.result.problem.sentence).toBe(`${folder} has no file manifest.json.`);
  const preset = await train("never", "--preset=demon");
  expect(preset).toMatchObject({ code: 1, result: { problem: { code: "preset-unknown" } } });
  const config = await train("never", `--config=${join(folder, "train.txt")}`);
  expect(config).toMatchObject({ code: 1, result: { problem: { code: "configuration-not-json" } } });
  expect(existsSync(join(folder, "never"))).toBe(false);
});

it("says what cannot be said of one step and no test rows", async () => {
  const input = join(folder, "train.txt");
  const small = join(folder, "small");
  await runCommand("preprocess", [
    `--input=${input}`,
    `--output=${small}`,
    "--split=none",
    "--train_line_count=100",
  ]);
  const { code, stderr, result } = await runCommand("train", [
    `--dataset_path=${small}`,
    `--ckpt_path=${join(folder, "one")}`,
    "--train_epochs=1",
    "--batch_size=256",
  ]);
  expect(code, stderr).toBe(0);
  expect(result).toMatchObject({ step: 1, auc: null, logLoss: null });
  expect(stderr).toContain("no test split to evaluate");
  expect(stderr).not.toContain("Infinity");
});
