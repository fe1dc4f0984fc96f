// The check of a device as the page keeps and follows it.

import { expect, it, vi } from "vitest";
import { problem } from "../../src/base/problem.ts";
import { ProblemError } from "../../src/base/result.ts";
import type { Client } from "../../src/base/rpc/client.ts";
import type { BackendOutcome, DeviceReport } from "../../src/check/report.ts";
import type { CheckRequests } from "../../src/check/requests.ts";
import { createDeviceCheck } from "../../src/store/device/deviceCheck.ts";
import { clientName, measuredBackend } from "../../src/store/device/keptCheck.ts";
import type { BackendReport } from "../../src/train/requests.ts";

const adapter = { description: "Some GPU", vendor: "v", architecture: "a", isFallback: false };
const outcome = (backend: "wasm" | "webgpu", rowsPerSecond: number): BackendOutcome => ({
  engine: { engine: "fast", backend, threads: 1 },
  adapter: backend === "webgpu" ? adapter : null,
  golden: { files: 7, passed: 7, worstError: 1e-6 },
  kernels: {
    copyBytes: 1e10,
    products: { rows: 2e10, columns: 1e10, transposed: 1e10 },
    gatherBytes: 1e9,
    segmentSumBytes: 1e9,
  },
  steps: [
    {
      config: "demo",
      batchSize: 1024,
      rowsPerSecond,
      flopsPerRow: 1e6,
      shareOfPeak: 0.5,
      leftOutSeconds: null,
    },
  ],
});
const report: DeviceReport = {
  format: "final-studio device check",
  version: 1,
  date: "2026-11-27T00:00:00.000Z",
  device: "Some GPU",
  client: "Chrome 143",
  seconds: 20,
  backends: [outcome("wasm", 300), outcome("webgpu", 100)],
  missing: [],
  recommended: "wasm",
  reason: "WASM: measured here at demo, it is 3 times as fast as WebGPU.",
};
const here: BackendReport = {
  chosen: "webgpu",
  reason: "WebGPU, because this device offers a GPU.",
  adapter,
  available: ["webgpu", "wasm", "cpu"],
  sharedMemory: true,
};

it("is followed where the browser and the GPU are those that were checked, and nowhere else", () => {
  expect(measuredBackend(here, report, "Chrome 143")).toEqual({
    backend: "wasm",
    reason: `${report.reason} Checked on 2026-11-27.`,
  });
  expect(measuredBackend(here, null, "Chrome 143")).toBeNull();
  expect(measuredBackend(here, report, "Chrome 144")).toBeNull();
  expect(measuredBackend({ ...here, adapter: null }, report, "Chrome 143")).toBeNull();
  const other = { ...here, adapter: { ...adapter, description: "Another GPU" } };
  expect(measuredBackend(other, report, "Chrome 143")).toBeNull();
  const gone = { ...here, available: ["cpu" as const] };
  expect(measuredBackend(gone, report, "Chrome 143")).toBeNull();
  expect(measuredBackend(here, { ...report, recommended: "cpu" }, "Chrome 143")).toBeNull();
});

it.each([
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
    "Chrome 143",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36 Edg/143.0.1.0",
    "Edge 143",
  ],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0", "Firefox 153"],
  [
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15",
    "Safari 26",
  ],
  ["curl/8", "a browser without a name"],
])("knows a browser by its own words", (userAgent, name) => {
  expect(clientName(userAgent)).toBe(name);
});

function checkWith(call: Client<CheckRequests>["call"]) {
  const close = vi.fn();
  const onReport = vi.fn();
  const check = createDeviceCheck(() => ({ call, close }), onReport);
  return { check, close, onReport };
}

it("makes a report of what the worker found, and ends the worker", async () => {
  const found = { backends: report.backends, missing: [] };
  const { check, close, onReport } = checkWith((async () => found) as never);
  await check.start();
  const { progress, report: made } = check.store.getState();
  expect(progress).toBeNull();
  expect(made).toMatchObject({ device: "Some GPU", recommended: "wasm", backends: found.backends });
  expect(close).toHaveBeenCalledOnce();
  expect(onReport).toHaveBeenCalledOnce();
});

it("says why a check found nothing; one that is cancelled says nothing", async () => {
  const failing = problem("check-worker-died", { reason: "it could not be loaded" });
  const { check, onReport } = checkWith(() => Promise.reject(new ProblemError(failing)));
  await check.start();
  expect(check.store.getState()).toMatchObject({ progress: null, problem: failing });
  let refuse: (cause: Error) => void = () => {};
  const cancelled = checkWith((() => new Promise((_, reject) => (refuse = reject))) as never);
  const running = cancelled.check.start();
  expect(cancelled.check.store.getState().progress).toMatchObject({ stage: "starting" });
  cancelled.check.cancel();
  refuse(new ProblemError(failing));
  await running;
  expect(cancelled.check.store.getState()).toMatchObject({ progress: null, problem: null });
  expect(cancelled.close).toHaveBeenCalledOnce();
  expect(onReport).not.toHaveBeenCalled();
});
