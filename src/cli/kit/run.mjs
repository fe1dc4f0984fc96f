// Runs on a machine that has nothing but a GPU's driver: each piece of work in a process of its own, so that a driver
// that hangs costs that piece alone. Prints one JSON object a line: { step, seconds, exitCode, result }.

import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { arch, cpus, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "290" } } });
const started = performance.now();
const kit = import.meta.dirname;
const saved = mkdtempSync(join(tmpdir(), "kit-"));

/** Seconds that are left of all. */
const left = () => Number(values.seconds) - (performance.now() - started) / 1000;
const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

print({ step: "machine", ...machine() });
let failed = 0;
for (const { step, most, args } of work()) {
  const seconds = Math.min(most, left());
  if (seconds < 5) {
    print({ step, skipped: "no time is left" });
    continue;
  }
  const line = await run(step, seconds, args);
  if (line.exitCode !== 0) failed++;
  print(line);
}
rmSync(saved, { recursive: true });
print({ step: "end", seconds: (performance.now() - started) / 1000, failed });
process.exitCode = failed ? 1 : 0;

/** What is done, the most important first, with the seconds that it may take at most. */
function work() {
  const rows = join(kit, "rows");
  const train = (target) => {
    const folder = join(saved, target);
    return [
      {
        step: `train on ${target}`,
        most: 60,
        args: () => [
          "train",
          `--dataset_path=${rows}`,
          `--ckpt_path=${folder}`,
          "--preset=demo",
          "--train_epochs=1",
          `--device_target=${target}`,
        ],
      },
      {
        step: `eval on ${target}`,
        most: 30,
        args: () => [
          "eval",
          `--dataset_path=${rows}`,
          `--checkpoint_path=${join(folder, checkpointIn(folder))}`,
          `--device_target=${target}`,
        ],
      },
    ];
  };
  const large = (config, size) => ({
    step: `check ${config} at ${size} rows a step`,
    most: 60,
    args: () => ["check", "--device_target=GPU", `--config=${config}`, `--batch_size=${size}`],
  });
  return [
    { step: "check on GPU", most: 120, args: () => ["check", "--device_target=GPU"] },
    large("r", 16_000),
    large("x1", 16_000),
    ...train("GPU"),
    { step: "check on WASM", most: 60, args: () => ["check", "--device_target=WASM"] },
    ...train("WASM"),
  ];
}

function checkpointIn(folder) {
  const name = readdirSync(folder).find((file) => file.endsWith(".safetensors"));
  if (!name) throw new Error("training left no checkpoint");
  return name;
}

/** The command's last line on standard output as an object, or what it said of a problem on standard error. */
function run(step, seconds, args) {
  const began = performance.now();
  return new Promise((settle) => {
    const end = (line) => settle({ step, seconds: (performance.now() - began) / 1000, ...line });
    let list;
    try {
      list = args();
    } catch (cause) {
      end({ exitCode: 1, error: cause.message });
      return;
    }
    const child = spawn(process.execPath, [join(kit, "build", "main.js"), ...list], { cwd: saved });
    const text = { out: "", err: "" };
    child.stdout.on("data", (bytes) => {
      text.out += bytes;
    });
    child.stderr.on("data", (bytes) => {
      text.err += bytes;
      process.stderr.write(bytes);
    });
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, 1000 * seconds);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const last = text.out.trimEnd().split("\n").at(-1);
      const result = last?.startsWith("{") ? JSON.parse(last) : undefined;
      end({
        exitCode: code ?? 1,
        ...(signal && { signal }),
        ...(timedOut && { timedOut }),
        result,
        ...(!result && { error: text.err.slice(-2000) }),
      });
    });
  });
}

function machine() {
  const asked = (command, args) => {
    const { status, stdout } = spawnSync(command, args, { encoding: "utf8", timeout: 10_000 });
    return status === 0 ? stdout.trim() : null;
  };
  return {
    processor: cpus()[0]?.model.trim() ?? arch(),
    cores: cpus().length,
    memory: totalmem(),
    system: `${process.platform} ${release()}`,
    node: process.versions.node,
    nvidia: asked("nvidia-smi", ["--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]),
  };
}
