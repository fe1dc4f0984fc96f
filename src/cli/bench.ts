// bench: measures steps, the data path, the arena or the page; prints medians and ratios.

import { ALL_STEP_CONFIGS } from "../check/stepCases.ts";
import { parseArguments, type Values } from "./arguments.ts";
import { SIMD_CHOICES } from "./device.ts";
import { printResult } from "./log.ts";

const spec = {
  command: "bench",
  examples: ["--suite=step --config=demo", "--suite=page"],
  options: [
    {
      name: "suite",
      type: "string",
      choices: ["step", "data", "arena", "page"],
      required: true,
      help: "what to measure",
    },
    {
      name: "config",
      type: "string",
      choices: ALL_STEP_CONFIGS,
      default: "demo",
      help: "model of the step suite",
    },
    {
      name: "backend",
      type: "string",
      choices: ["wasm", "webgpu"],
      default: "wasm",
      help: "backend of the step suite; webgpu in Chromium",
    },
    {
      name: "device_target",
      type: "string",
      choices: ["WASM", "GPU"],
      help: "the same in Node, where GPU is WebGPU without a browser; it goes before --backend",
    },
    { name: "threads", type: "integer", default: 1, help: "threads of the step suite's fast engine on wasm" },
    {
      name: "simd",
      type: "string",
      choices: SIMD_CHOICES,
      default: "relaxed",
      help: "of the step suite's fast engine on wasm",
    },
    { name: "rows", type: "integer", default: 1_000_000, help: "lines of the data suite's log" },
  ],
} as const;

/** `bench --suite=step|data|arena|page [--config=] [--backend=] [--threads=] [--rows=]`. */
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
  rows,
}: Values<typeof spec.options>): Promise<unknown> {
  switch (suite) {
    case "step":
      return (await import("./bench/step.ts")).benchStep({ config, backend, target, threads, simd });
    case "data":
      return (await import("./bench/data.ts")).benchData({ rows });
    case "arena":
      return (await import("./bench/arena.ts")).benchArena();
    case "page":
      return (await import("./bench/page.ts")).benchPage();
  }
}
