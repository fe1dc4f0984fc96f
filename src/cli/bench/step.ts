// bench --suite=step: the three engines in turn, and the fast one without unique ids. WASM in Node, WebGPU in Chromium.

import { runInChromium } from "../browserScript.ts";
import { type DeviceOptions, type DeviceTarget, openDevice } from "../device.ts";
import { say } from "../log.ts";
import { measureStepEngines, type StepFigures, type StepRequest } from "./stepEngines.ts";

export interface StepBenchOptions extends StepRequest, DeviceOptions {
  backend: "wasm" | "webgpu";
  /** Where it computes in Node; undefined: as `backend` says. */
  target?: DeviceTarget | undefined;
}

export async function benchStep({
  backend,
  target,
  threads,
  simd,
  ...request
}: StepBenchOptions): Promise<StepFigures> {
  if (target === undefined && backend === "webgpu")
    return runInChromium<StepRequest, StepFigures>(new URL("./stepPage.ts", import.meta.url), request);
  await openDevice(target ?? "WASM", { threads: threads ?? 1, simd: simd ?? "relaxed" });
  const figures = await measureStepEngines(request);
  for (const [name, { rowsPerSecond, flopsPerRow }] of Object.entries(figures.engines))
    say(`${name}: ${Math.round(rowsPerSecond)} rows/s, ${(flopsPerRow / 1e6).toFixed(2)} MFLOP a row`);
  return figures;
}
