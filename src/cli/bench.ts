// bench: measures steps, the data path or the page; prints medians and ratios.

import { parseArguments } from "./arguments.ts";
import { printResult } from "./log.ts";

/** `bench --suite=page [--config=] [--backend=]`. */
export async function runBench(args: string[]): Promise<number> {
  const { values } = parseArguments(args, {
    command: "bench",
    options: [
      {
        name: "suite",
        type: "string",
        choices: ["page"],
        required: true,
        help: "what to measure",
      },
      {
        name: "config",
        type: "string",
        choices: ["demo", "medium", "r", "x1"],
        default: "demo",
        help: "for step",
      },
      { name: "backend", type: "string", choices: ["wasm", "webgpu"], default: "wasm", help: "for step" },
    ],
  });
  printResult(await measure(values));
  return 0;
}

async function measure({ suite }: { suite: "page" }): Promise<unknown> {
  switch (suite) {
    case "page":
      return (await import("./bench/page.ts")).benchPage();
  }
}
