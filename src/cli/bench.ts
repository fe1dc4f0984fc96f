// bench: measures steps, PyTorch beside them, the data path, the arena or the page; prints medians and ratios.

import { ALL_STEP_CONFIGS } from "../check/stepCases.ts";
import { ENGINES } from "../engine/engine.ts";
import { parseArguments, type Values } from "./arguments.ts";
import type { MeasuredEngine } from "./bench/stepEngines.ts";
import { SIMD_CHOICES } from "./device.ts";
import { printResult } from "./log.ts";

const spec = {
  command: "bench",
  examples: ["--suite=step --config=demo", "--suite=peers --config=x1 --python=PATH", "--suite=page"],
  options: [
    {
      name: "suite",
      type: "string",
      choices: ["step", "peers", "data", "arena", "page"],
      required: true,
      help: "what to measure",
    },
    {
      name: "config",
      type: "string",
      choices: ALL_STEP_CONFIGS,
      default: "demo",
      help: "model of the suites step and peers",
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
    {
      name: "threads",
      type: "integer",
      help: "threads of the fast engine on wasm and of PyTorch; left out, 1 in the step suite and 2 in peers",
    },
    { name: "python", type: "string", default: "python3", help: "the peers suite's Python, with torch" },
    {
      name: "seconds",
      type: "number",
      default: 2,
      help: "how long a turn of the suites step and peers lasts at least",
    },
    { name: "rounds", type: "integer", help: "how many turns each has; left out, 3" },
    {
      name: "engines",
      type: "string",
      multiple: true,
      choices: [...ENGINES, "fastNoUnique"],
      help: "what the step suite measures, several times; left out, all of them",
    },
    {
      name: "simd",
      type: "string",
      choices: SIMD_CHOICES,
      default: "relaxed",
      help: "of the fast engine on wasm",
    },
    { name: "rows", type: "integer", default: 1_000_000, help: "lines of the data suite's log" },
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
