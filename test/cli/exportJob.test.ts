// Folders that `export` writes: a job for PyTorch, and checkpoints that such a job wrote; one for MindSpore and Ascend.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { orThrow } from "../../src/base/result.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { runCommand } from "./command.ts";
import { syntheticLog } from "./syntheticLog.ts";

const folder = mkdtempSync(join(tmpdir(), "export-job-"));
const at = (...names: string[]) => join(folder, ...names);
const sourcesOf = (job: string) => join(import.meta.dirname, "..", "..", "src", "export", job, "job");
const sources = sourcesOf("torchrun");
const config = {
  embeddingDim: 3,
  branches: [{ units: [{ size: 4, order: 2 }] }, { kind: "fm" }],
  optimizer: { learningRate: 0.01 },
  batchSize: 100,
  epochs: 2,
};
let checkpoint: string;

beforeAll(async () => {
  writeFileSync(at("log.txt"), syntheticLog(600));
  writeFileSync(at("config.json"), JSON.stringify(config));
  await runCommand("preprocess", [`--input=${at("log.txt")}`, `--output=${at("data")}`, "--threshold=2"]);
  const data = [`--dataset_path=${at("data")}`, `--config=${at("config.json")}`];
  const { code, stderr } = await runCommand("train", [...data, `--ckpt_path=${at("run")}`]);
  expect(code, stderr).toBe(0);
  checkpoint = at("run", readdirSync(at("run")).find((name) => name.startsWith("final-1_"))!);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** All files below a folder, with / between names. */
function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile() && !/__pycache__|_cache/.test(entry.parentPath))
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(path.length + 1)
        .replaceAll("\\", "/"),
    )
    .sort();
}

it("writes a job that says what is trained on which data, and the files that train it", async () => {
  const { code, result, stderr } = await runCommand("export", [
    at("data"),
    "--torchrun",
    `--config=${at("config.json")}`,
    `--output=${at("job")}`,
  ]);
  expect(code, stderr).toBe(0);
  expect(stderr).toContain("torchrun --standalone");
  expect(filesIn(at("job"))).toEqual([...filesIn(sources), "job.json"].sort());
  expect(result.files).toEqual(filesIn(at("job")));
  expect(readFileSync(at("job", "train.py"), "utf8")).toBe(readFileSync(join(sources, "train.py"), "utf8"));
  const job = JSON.parse(readFileSync(at("job", "job.json"), "utf8"));
  expect(job).toMatchObject({
    start: null,
    run: { name: "job" },
    config: { embeddingDim: 3, epochs: 2, seed: 2020 },
  });
  const manifest = JSON.parse(readFileSync(at("data", "manifest.json"), "utf8"));
  expect(job.dataset).toMatchObject({ identity: manifest.checksum, fields: 39 });
  expect(result.dataset.identity).toBe(manifest.checksum);
});

it("takes a checkpoint along, and refuses one of other data, or of weights alone", async () => {
  const job = (data: string, path: string, output: string) =>
    runCommand("export", [data, "--torchrun", `--checkpoint_path=${path}`, `--output=${at(output)}`]);
  const { code, result, stderr } = await job(at("data"), checkpoint, "resumed");
  expect(code, stderr).toBe(0);
  expect(result.start).toBe("start.safetensors");
  expect(readFileSync(at("resumed", "start.safetensors")).equals(readFileSync(checkpoint))).toBe(true);

  writeFileSync(at("other.txt"), syntheticLog(500, 9));
  await runCommand("preprocess", [`--input=${at("other.txt")}`, `--output=${at("other")}`, "--threshold=2"]);
  expect((await job(at("other"), checkpoint, "foreign")).result.problem.code).toBe("checkpoint-other-data");
  const weights = [
    `--checkpoint_path=${checkpoint}`,
    "--format=safetensors",
    `--output=${at("weights.safetensors")}`,
  ];
  await runCommand("export", weights);
  expect((await job(at("data"), at("weights.safetensors"), "weak")).result.problem.code).toBe(
    "checkpoint-weights-only",
  );
});

it("asks for one thing to train", async () => {
  const both = ["--preset=demo", `--config=${at("config.json")}`];
  for (const choice of [[], both]) {
    const { code, stderr } = await runCommand("export", [
      at("data"),
      "--torchrun",
      ...choice,
      `--output=${at("none")}`,
    ]);
    expect(code).toBe(2);
    expect(stderr).toContain("Give one of --config, --preset and --checkpoint_path.");
  }
});

it("opens what a job trained, says so, and resumes it with the engine that is here", async () => {
  const decoded = orThrow(decodeCheckpoint(new Uint8Array(readFileSync(checkpoint)), "run"));
  const engine = { engine: "torch", backend: "cuda", threads: 8 } as const;
  writeFileSync(at("torch.safetensors"), Buffer.concat(await encodeCheckpoint({ ...decoded, engine })));
  const data = `--dataset_path=${at("data")}`;
  const trainedBy = "torch on 8 processes (cuda)";
  const evaluated = await runCommand("eval", [data, `--checkpoint_path=${at("torch.safetensors")}`]);
  expect(evaluated.result.trainedBy).toBe(trainedBy);
  expect(evaluated.stderr).toContain(`trained by ${trainedBy}`);
  const inspected = await runCommand("inspect", [at("torch.safetensors")]);
  expect(inspected.result).toMatchObject({ trainedBy, epoch: 1, dataset: { name: "log" } });
  const resumed = await runCommand("train", [
    data,
    `--ckpt_path=${at("on")}`,
    `--resume=${at("torch.safetensors")}`,
  ]);
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(resumed.stderr).toMatch(/trained so far by torch on 8 processes \(cuda\), now by fast on wasm/);
  expect(resumed.result).toMatchObject({ reason: "completed", epoch: 2 });
});

it("gives a run's curves alone, which inspect shows, and which no command takes for a model", async () => {
  const curves = at("curves.safetensors");
  const made = await runCommand("export", [
    `--checkpoint_path=${checkpoint}`,
    "--format=curves",
    `--output=${curves}`,
  ]);
  expect(made.code, made.stderr).toBe(0);
  expect(made.result.points.progress).toBeGreaterThan(0);
  const whole = await runCommand("inspect", [checkpoint]);
  const inspected = await runCommand("inspect", [curves]);
  expect(inspected.result).toEqual({ ...whole.result, keepsBest: false, curvesOnly: true });
  const data = `--dataset_path=${at("data")}`;
  for (const [name, ...args] of [
    ["eval", data, `--checkpoint_path=${curves}`],
    ["train", data, `--ckpt_path=${at("no")}`, `--resume=${curves}`],
    ["export", `--checkpoint_path=${curves}`, "--format=onnx", `--output=${at("no.onnx")}`],
    ["export", at("data"), "--torchrun", `--checkpoint_path=${curves}`, `--output=${at("no")}`],
  ] as [string, ...string[]][]) {
    const { code, result, stderr } = await runCommand(name, args);
    expect([code, result.problem.code], `${name} ${stderr}`).toEqual([1, "checkpoint-curves-only"]);
  }
});

it("writes a folder for MindSpore and Ascend, with the test rows in whole batches", async () => {
  const units = [256, 128, 64, 32].map((size) => ({ size, order: 3 }));
  const released = { ...config, embeddingDim: 2, branches: [{ units }, { units }], integers: "max" };
  writeFileSync(at("released.json"), JSON.stringify(released));
  const data = `--dataset_path=${at("data")}`;
  await runCommand("train", [data, `--config=${at("released.json")}`, `--ckpt_path=${at("released")}`]);
  const path = at("released", readdirSync(at("released")).find((name) => name.endsWith(".safetensors"))!);
  const model = (file: string) => [`--checkpoint_path=${file}`, "--format=mindspore", "--job"];
  const { rows } = JSON.parse(readFileSync(at("data", "manifest.json"), "utf8")).splits.test;
  const batch = Math.floor(rows / 2) - 1;

  const { code, result, stderr } = await runCommand("export", [
    ...model(path),
    data,
    `--batch_size=${batch}`,
    `--output=${at("ascend")}`,
  ]);
  expect(code, stderr).toBe(0);
  expect(stderr).toContain(`the last ${rows - 2 * batch} test rows are left out`);
  const own = ["final.ckpt", "final.onnx", "job.json", "make_mindir.sh", "make_om.sh"];
  const inputs = ["00_batch_ids", "01_batch_wts", "02_labels"].flatMap((name) =>
    [0, 1].map((b) => `inputs/${name}/batch_${b}.bin`),
  );
  const expected = [...filesIn(sourcesOf("mindspore")), ...own, ...inputs].sort();
  expect(filesIn(at("ascend"))).toEqual(expected);
  expect(result).toMatchObject({ files: expected, rows: 2 * batch });
  const ids = readFileSync(at("ascend", "inputs/00_batch_ids/batch_0.bin"));
  expect(ids.length).toBe(4 * 39 * batch);
  // In this way of feeding numbers, a row begins with the 13 columns' own table rows.
  expect([...Array(13).keys()].map((c) => ids.readInt32LE(4 * c))).toEqual([...Array(13).keys()]);
  const job = JSON.parse(readFileSync(at("ascend", "job.json"), "utf8"));
  expect(job).toMatchObject({ data_field_size: 39, data_emb_dim: 2, batch_size: batch, rows: 2 * batch });

  const whole = await runCommand("export", [...model(path), data, `--output=${at("whole")}`]);
  expect(whole.result.rows).toBe(rows);
  const evaluated = await runCommand("eval", [data, `--checkpoint_path=${path}`, "--split=test"]);
  const { auc } = JSON.parse(readFileSync(at("whole", "job.json"), "utf8"));
  expect(auc).toBe(evaluated.result.auc.fused);

  const other = await runCommand("export", [...model(checkpoint), `--output=${at("refused")}`]);
  expect(other.result.problem.code).toBe("export-not-held");
  expect(readdirSync(folder)).not.toContain("refused");
  const wrong = [`--checkpoint_path=${path}`, "--format=onnx", "--job", `--output=${at("refused")}`];
  expect((await runCommand("export", wrong)).stderr).toContain("--job goes with --format=mindspore");
});
