// bench: measures steps, PyTorch beside them, the data path, the arena or the page; prints medians and ratios.

import { ALL_STEP_CONFIGS } from "../check/stepCases.ts";
import { ENGINES } from "../engine/engine.ts";
import { integer, number, parseArguments, text, type Values } from "./arguments.ts";
import type { MeasuredEngine } from "./bench/stepEngines.ts";
import { SIMD_CHOICES } from "./device.ts";
import { printResult } from "./log.ts";

const spec = {
  command: "bench",
  examples: ["--suite=step --config=demo", "--suite=peers --config=x1 --python=PATH", "--suite=page"],
  options: [
    text("suite", "what to measure", { choices: ["step", "peers", "data", "arena", "page"], required: true }),
    text("config", "model of the suites step and peers", { choices: ALL_STEP_CONFIGS, default: "demo" }),
    text("backend", "backend of the step suite; webgpu in Chromium", {
      choices: ["wasm", "webgpu"],
      default: "wasm",
    }),
    text(
      "device_target",
      "the same in Node, where GPU is WebGPU without a browser; it goes before --backend",
      { choices: ["WASM", "GPU"] },
    ),
    integer(
      "threads",
      "threads of the fast engine on wasm and of PyTorch; left out, 1 in the step suite and 2 in peers",
    ),
    integer("batch_size", "rows of the peers suite's batches; left out, the configuration's"),
    text("threshold", "how often a value of the peers suite's batches must come to have an id of its own", {
      choices: ["10", "0"],
      default: "10",
    }),
    text("python", "the peers suite's Python, with torch", { default: "python3" }),
    number("seconds", "how long a turn of the suites step and peers lasts at least", { default: 2 }),
    integer("rounds", "how many turns each has; left out, 3"),
    text("engines", "what the step suite measures, several times; left out, all of them", {
      multiple: true,
      choices: [...ENGINES, "fastNoUnique"],
    }),
    text("simd", "of the fast engine on wasm", { choices: SIMD_CHOICES, default: "relaxed" }),
    integer("rows", "lines of the data suite's log", { default: 1_000_000 }),
  ],
} as const;

/** `bench --suite=step|peers|data|arena|page [--config=] [--backend=] [--threads=] [--rows=]`. */
export async function runBench(args: string[]): Promise<number> {
  printResult(await measure(parseArguments(args, spec).values));
  return 0;
}

// Each suite loads only what it measures.
async function measure({
  suite,
  config,
  backend,
  device_target: target,
  threads,
  simd,
  batch_size: batchSize,
  threshold,
  python,
  seconds,
  rounds,
  engines,
  rows,
}: Values<typeof spec.options>): Promise<unknown> {
  switch (suite) {
    case "step":
      return (await import("./bench/step.ts")).benchStep({
        config,
        backend,
        target,
        threads,
        simd,
        turnMs: 1000 * seconds,
        ...(rounds !== undefined && { rounds }),
        ...(engines.length > 0 && { engines: engines as MeasuredEngine[] }),
      });
    case "peers":
      return (await import("./bench/peers.ts")).benchPeers({
        config,
        batchSize: batchSize ?? null,
        everyValue: threshold === "0",
        python,
        threads: threads ?? 2,
        simd,
        rounds: rounds ?? 3,
        seconds,
      });
    case "data":
      return (await import("./bench/data.ts")).benchData({ rows });
    case "arena":
      return (await import("./bench/arena.ts")).benchArena();
    case "page":
      return (await import("./bench/page.ts")).benchPage();
  }
}
