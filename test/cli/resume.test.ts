// Interrupting and resuming from the command line, with MindSpore's options for checkpoints.

import { type ChildProcess, spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createRandom } from "../../src/base/random.ts";
import { orThrow } from "../../src/base/result.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { preprocessLog, runCommand } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "resume-"));
const dataset = join(folder, "dataset");
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(() => preprocessLog(folder, randomLog(3000)));

const setup = ["--train_epochs=3", "--batch_size=100"];

function arguments_(name: string, ...more: string[]): string[] {
  return [`--dataset_path=${dataset}`, `--ckpt_path=${join(folder, name)}`, ...more];
}

function checkpointsIn(name: string): string[] {
  const path = join(folder, name);
  return existsSync(path) ? readdirSync(path).filter((file) => file.endsWith(".safetensors")) : [];
}

function modelOf(path: string) {
  const bytes = new Uint8Array(readFileSync(path));
  const { state, history } = orThrow(decodeCheckpoint(bytes, path));
  return { state, losses: history.progress.map(({ step, logLoss, auc }) => ({ step, logLoss, auc })) };
}

/** A log but for its times. */
function logOf(name: string, log: string): string {
  const text = readFileSync(join(folder, name, log), "utf8");
  return text.replaceAll(/^\S+ \S+ (?=epoch)|'eval_time': [\d.]+/gm, "");
}

/** Starts training and kills it the hard way as soon as a checkpoint is there. */
async function trainUntilKilled(name: string, ...more: string[]): Promise<void> {
  const root = resolve(import.meta.dirname, "..", "..");
  const command = ["--import", "tsx", "src/cli/main.ts", "train", ...arguments_(name, ...more)];
  const child: ChildProcess = spawn(process.execPath, command, { cwd: root, stdio: "ignore" });
  const over = new Promise((settle) => child.on("exit", settle));
  while (checkpointsIn(name).length === 0 && child.exitCode === null)
    await new Promise((wake) => setTimeout(wake, 20));
  child.kill("SIGKILL");
  await over;
}

it("continues after a kill to the very same model, and keeps the newest checkpoints", async () => {
  const whole = await runCommand("train", arguments_("whole", ...setup));
  expect(whole.code, whole.stderr).toBe(0);
  const stepsPerEpoch = whole.result.step / 3;
  const names = [1, 2, 3].map((epoch) => `final-${epoch}_${stepsPerEpoch}.safetensors`);
  expect(checkpointsIn("whole").sort()).toEqual(names);

  await trainUntilKilled("killed", ...setup, "--save_checkpoint_steps=5");
  const last = checkpointsIn("killed")[0]!;
  // As if it had been killed later: resuming does these steps again.
  const killed = join(folder, "killed", "loss.log");
  const written = existsSync(killed) ? logOf("killed", "loss.log").length : 0;
  appendFileSync(killed, logOf("whole", "loss.log").slice(written, 2000));
  const resumed = await runCommand("train", [
    ...arguments_("killed", `--resume=${join(folder, "killed", last)}`),
    "--save_checkpoint_steps=10",
    "--keep_checkpoint_max=2",
  ]);
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(resumed.result.auc).toEqual(whole.result.auc);
  expect(resumed.result.logLoss).toEqual(whole.result.logLoss);
  for (const log of ["loss.log", "auc.log"]) expect(logOf("killed", log)).toBe(logOf("whole", log));
  expect(modelOf(join(folder, "killed", names[2]!))).toEqual(modelOf(join(folder, "whole", names[2]!)));
});

/** A checkpoint of the whole run, changed and written anew. */
async function changedCheckpoint(name: string, change: (read: Checkpoint) => Partial<Checkpoint>) {
  const path = join(folder, "whole", checkpointsIn("whole")[0]!);
  const read = orThrow(decodeCheckpoint(new Uint8Array(readFileSync(path)), path));
  const changed = join(folder, `${name}.safetensors`);
  writeFileSync(changed, Buffer.concat(await encodeCheckpoint({ ...read, ...change(read) })));
  return changed;
}

it("says which engine went on with what another one began", async () => {
  const checkpoint = await changedCheckpoint("webgpu", () => ({
    engine: { engine: "fast", backend: "webgpu", threads: 1 },
  }));
  const resumed = await runCommand("train", arguments_("webgpu", `--resume=${checkpoint}`));
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(resumed.stderr).toContain("trained so far by fast on webgpu, 1 thread, now by fast on wasm");
  const last = checkpointsIn("webgpu").sort().at(-1)!;
  const bytes = new Uint8Array(readFileSync(join(folder, "webgpu", last)));
  const { engine, progress } = orThrow(decodeCheckpoint(bytes, last));
  expect(engine).toMatchObject({ engine: "fast", backend: "wasm" });
  expect(progress.interruptions).toMatchObject([{ cause: "resumed" }]);
});

it("evaluates the latest weights or the best ones, and says which", async () => {
  const evaluate = (path: string) =>
    runCommand("eval", [`--dataset_path=${dataset}`, `--checkpoint_path=${path}`, "--weights=best"]);
  const none = await evaluate(join(folder, "whole", checkpointsIn("whole")[0]!));
  expect(none).toMatchObject({ code: 1, result: { problem: { code: "checkpoint-without-best" } } });
  // A model of zeros says one half of everything.
  const checkpoint = await changedCheckpoint("best", ({ state: { parameters, running } }) => ({
    best: {
      parameters: new Map(
        [...parameters].map(([name, { shape, values }]) => [
          name,
          { shape, values: new Float32Array(values.length) },
        ]),
      ),
      running,
    },
  }));
  const { code, stderr, result } = await evaluate(checkpoint);
  expect(code, stderr).toBe(0);
  expect(result).toMatchObject({ weights: "best" });
  expect(result.logLoss.fused).toBeCloseTo(Math.LN2, 6);
});

it("refuses what would not be the same run", async () => {
  const checkpoint = join(folder, "whole", checkpointsIn("whole")[0]!);
  const other = await runCommand("train", arguments_("other", `--resume=${checkpoint}`, "--seed=3"));
  expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining("--seed") });

  writeFileSync(join(folder, "other.txt"), randomLog(500));
  await runCommand("preprocess", [
    `--input=${join(folder, "other.txt")}`,
    `--output=${join(folder, "otherData")}`,
  ]);
  const moved = await runCommand("train", [
    `--dataset_path=${join(folder, "otherData")}`,
    `--ckpt_path=${join(folder, "moved")}`,
    `--resume=${checkpoint}`,
  ]);
  expect(moved).toMatchObject({ code: 1, result: { problem: { code: "checkpoint-other-data" } } });

  const cut = join(folder, "cut.safetensors");
  writeFileSync(cut, readFileSync(checkpoint).subarray(0, 5000));
  const damaged = await runCommand("train", arguments_("damaged", `--resume=${cut}`));
  expect(damaged).toMatchObject({ code: 1, result: { problem: { code: "checkpoint-damaged" } } });
  expect(checkpointsIn("damaged")).toEqual([]);
});

function randomLog(rows: number): string {
  const random = createRandom(5);
  const below = (n: number) => Math.floor(random.uniform() * n);
  const lines = Array.from({ length: rows }, () => {
    const integers = Array.from({ length: 13 }, () => below(20));
    const categories = Array.from({ length: 26 }, () => below(12).toString(16).padStart(8, "0"));
    return [below(100) < 10 + 3 * integers[0]! ? 1 : 0, ...integers, ...categories].join("\t");
  });
  return `${lines.join("\n")}\n`;
}
