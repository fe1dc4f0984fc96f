// check: is this machine's arithmetic right, what do its processors reach, and what should training take?

import { readdir, readFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { asProblem } from "../base/result.ts";
import { checkBackend } from "../check/check.ts";
import {
  type BackendOutcome,
  type DeviceReport,
  productPeak,
  recommend,
  reportLine,
  shareOfCopy,
} from "../check/report.ts";
import { STEP_CONFIGS } from "../check/stepCases.ts";
import type { BackendName } from "../engine/engine.ts";
import { findAdapter } from "../engine/webgpu/adapter.ts";
import { integer, parseArguments, text } from "./arguments.ts";
import { openDevice } from "./device.ts";
import { printResult, say } from "./log.ts";
import { fromSource } from "./place.ts";

const TARGETS = ["WASM", "GPU"] as const;

const spec = {
  command: "check",
  options: [
    text("device_target", "what to check; left out, both where both start", { choices: TARGETS }),
    text("config", "the one model to time; left out, all of them", { choices: STEP_CONFIGS }),
    integer("threads", "threads of WASM's kernels; left out, the processor's cores", {
      default: availableParallelism(),
    }),
    integer("batch_size", "rows a step of the timed models; left out, each model's own"),
  ],
  examples: ["", "--device_target=GPU"],
} as const;

/** `check`: golden files, kernels and training steps on each backend; exit 1 where a golden file failed. */
export async function runCheck(args: string[]): Promise<number> {
  const { values } = parseArguments(args, spec);
  const targets = values.device_target ? [values.device_target] : TARGETS;
  const configs = values.config ? [values.config] : STEP_CONFIGS;
  const golden = await goldenFiles();
  const abort = new AbortController();
  const stop = () => abort.abort(new Error("the check was interrupted"));
  process.once("SIGINT", stop);
  const started = performance.now();
  const backends: BackendOutcome[] = [];
  const missing: { backend: BackendName; reason: string }[] = [];
  for (const target of targets) {
    const backend = target === "GPU" ? "webgpu" : "wasm";
    try {
      await openDevice(target, { threads: values.threads });
    } catch (cause) {
      const reason = asProblem(cause).sentence;
      say(reason);
      missing.push({ backend, reason });
      continue;
    }
    const adapter = target === "GPU" ? await findAdapter() : null;
    const onProgress = (stage: string, share: number) =>
      say(`${target}: ${stage}, ${Math.round(100 * share)} %`);
    const outcome = await checkBackend({
      backend,
      adapter,
      golden,
      configs,
      batchSize: values.batch_size,
      onProgress,
      signal: abort.signal,
    });
    for (const line of describe(outcome)) say(line);
    backends.push(outcome);
  }
  process.off("SIGINT", stop);
  const fastest = backends.find(({ adapter }) => adapter && !adapter.isFallback)?.adapter;
  const report: DeviceReport = {
    format: "final-studio device check",
    version: 1,
    date: new Date().toISOString(),
    device: fastest?.description || (cpus()[0]?.model ?? process.arch).trim(),
    client: `Node ${process.versions.node}`,
    seconds: (performance.now() - started) / 1000,
    backends,
    missing,
    ...recommend(backends),
  };
  say(report.reason);
  printResult({ ...report, line: reportLine(report) });
  return backends.length > 0 && backends.every(({ golden: { files, passed } }) => files === passed) ? 0 : 1;
}

function describe({ golden, kernels, steps }: BackendOutcome): string[] {
  const giga = (value: number) => (value / 1e9).toPrecision(3);
  const { rows, columns, transposed } = kernels.products;
  const bytes = (name: string, value: number) =>
    `${name} ${giga(value)} GB/s (${shareOfCopy(value, kernels.copyBytes)})`;
  return [
    `golden: ${golden.passed} of ${golden.files} files passed, largest error ${golden.worstError.toExponential(1)}`,
    `copy ${giga(kernels.copyBytes)} GB/s; products ${giga(rows)}, ${giga(columns)}, ${giga(transposed)} GFLOP/s; ` +
      `${bytes("gather", kernels.gatherBytes)}; ${bytes("segment sum", kernels.segmentSumBytes)}`,
    ...steps.map(({ config, batchSize, rowsPerSecond, shareOfPeak, leftOutSeconds }) =>
      rowsPerSecond === null
        ? `${config}: left out, a step would take about ${Math.round(leftOutSeconds!)} s`
        : `${config} (${batchSize} rows a step): ${Math.round(rowsPerSecond).toLocaleString("en")} rows/s, ` +
          `${Math.round(100 * shareOfPeak!)} % of the products' peak of ${giga(productPeak(kernels))} GFLOP/s`,
    ),
  ];
}

/** The golden files of models: from a clone, or beside the bundle. */
async function goldenFiles(): Promise<{ name: string; text: string }[]> {
  const folder = new URL(fromSource ? "../../test/golden/" : "./golden/", import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  const files = await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(new URL(name, folder), "utf8") })),
  );
  // Others hold what metrics and preprocessing must give.
  return files.filter(({ text }) => "config" in JSON.parse(text));
}
