// golden: holds an engine on a backend against golden files.

import { basename } from "node:path";
import { orThrow } from "../base/result.ts";
import { BACKENDS, ENGINES, type EngineName } from "../engine/engine.ts";
import { checkGolden, type GoldenErrors, limitsOf, parseGolden } from "../train/golden.ts";
import { integer, parseArguments, text } from "./arguments.ts";
import { runInChromium } from "./browserScript.ts";
import {
  BACKEND_OF,
  DEVICE_TARGETS,
  type DeviceOptions,
  type DeviceTarget,
  openDevice,
  SIMD_CHOICES,
} from "./device.ts";
import type { GoldenRequest } from "./goldenPage.ts";
import { printResult, say } from "./log.ts";
import { readText } from "./readText.ts";

/** `golden FILE... [--backend=] [--device_target=] [--engine=] [--threads=]`: exit 1 where one error is over its limit. */
export async function runGolden(args: string[]): Promise<number> {
  const { values, positionals } = parseArguments(args, {
    command: "golden",
    examples: ["test/golden/single-branch.json --backend=wasm --engine=fast"],
    positionals: ["FILE..."],
    options: [
      text("backend", "what computes; webgpu in Chromium", { choices: BACKENDS, default: "wasm" }),
      text(
        "device_target",
        "the same in Node, where GPU is WebGPU without a browser; it goes before --backend",
        { choices: DEVICE_TARGETS },
      ),
      text("engine", "which engine", { choices: ENGINES, default: "reference" }),
      integer("threads", "threads of the fast engine on wasm", { default: 1 }),
      text("simd", "of the fast engine on wasm", { choices: SIMD_CHOICES, default: "relaxed" }),
    ],
  });
  const { engine } = values;
  const target = values.device_target ?? (values.backend === "cpu" ? "CPU" : "WASM");
  const backend = values.device_target ? BACKEND_OF[values.device_target] : values.backend;
  const files = await Promise.all(
    positionals.map(async (path) => ({ name: basename(path), text: await readText(path) })),
  );
  // Parsed here too, so that a file that is none is named before a browser starts.
  for (const { name, text } of files) orThrow(parseGolden(text, name));
  const errors =
    values.device_target === undefined && backend === "webgpu"
      ? await runInChromium<GoldenRequest, GoldenErrors[]>(new URL("./goldenPage.ts", import.meta.url), {
          engine,
          files,
        })
      : await checkInNode(target, values, engine, files);
  const results = files.map(({ name }, i) => ({ file: name, ...errors[i]! }));
  for (const result of results) say(describe(result));
  const passed = results.every((result) => result.passed);
  printResult({ backend, engine, limits: limitsOf(backend), passed, files: results });
  return passed ? 0 : 1;
}

async function checkInNode(
  target: DeviceTarget,
  { threads, simd }: Required<DeviceOptions>,
  name: EngineName,
  files: GoldenRequest["files"],
): Promise<GoldenErrors[]> {
  const device = await openDevice(target, { threads, simd });
  const errors: GoldenErrors[] = [];
  for (const file of files) {
    const golden = orThrow(parseGolden(file.text, file.name));
    const engine = await device.createEngine(golden.config, golden.shape, name);
    errors.push(await checkGolden(golden, engine));
    engine.dispose();
  }
  return errors;
}

function describe({ file, passed, ...errors }: GoldenErrors & { file: string }): string {
  const figures = Object.entries(errors).map(([kind, error]) => `${kind} ${error.toExponential(1)}`);
  return `${passed ? "passed" : "FAILED"}  ${file}: ${figures.join(", ")}`;
}
