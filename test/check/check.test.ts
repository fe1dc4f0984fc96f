// The check of a device: what it measures with, what it recommends, and the command.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { checkBackend } from "../../src/check/check.ts";
import { drawSlots, groupBySlot, ROWS, SLOTS } from "../../src/check/kernelFigures.ts";
import {
  type BackendOutcome,
  type DeviceReport,
  recommend,
  reportLine,
  shareOfCopy,
} from "../../src/check/report.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { runCommand } from "../cli/command.ts";

function outcome(backend: "wasm" | "webgpu", speeds: (number | null)[], passed = 7): BackendOutcome {
  const configs = ["demo", "medium", "r", "x1"] as const;
  return {
    engine: { engine: "fast", backend, threads: 1 },
    adapter: null,
    golden: { files: 7, passed, worstError: 8.2e-6 },
    kernels: {
      copyBytes: 1e10,
      products: { rows: 2e10, columns: 1e10, transposed: 1e10 },
      gatherBytes: 1e9,
      segmentSumBytes: 1e9,
    },
    steps: speeds.map((rowsPerSecond, i) => ({
      config: configs[i]!,
      batchSize: 4096,
      rowsPerSecond,
      flopsPerRow: rowsPerSecond && 1e6,
      shareOfPeak: rowsPerSecond && (rowsPerSecond * 1e6) / 2e10,
      leftOutSeconds: rowsPerSecond === null ? 20 : null,
    })),
  };
}

it("says why a kernel is faster than the copy", () => {
  expect(shareOfCopy(4.2e9, 1e10)).toBe("42 % of the copy's");
  expect(shareOfCopy(2.21e10, 1e10)).toBe("221 % of the copy's: caches hold most of its rows");
});

it("recommends what trains fastest over the models that every backend ran", () => {
  const wasm = outcome("wasm", [100, 100, 100, null]);
  const gpu = outcome("webgpu", [50, 200, 400, 1000]);
  expect(recommend([wasm, gpu])).toEqual({
    recommended: "webgpu",
    reason: "WebGPU: measured here at demo, medium, r, it is 1.6 times as fast as WASM.",
  });
});

it("never recommends a backend that failed a golden file", () => {
  const fastButWrong = outcome("webgpu", [900, 900, 900, 900], 6);
  expect(recommend([outcome("wasm", [1, 1, 1, 1]), fastButWrong]).recommended).toBe("wasm");
  expect(recommend([fastButWrong]).reason).toContain("No backend passed");
});

it("recommends what ran a model where others ran none", () => {
  const none = outcome("webgpu", [null, null, null, null]);
  const { recommended, reason } = recommend([none, outcome("wasm", [100, null, null, null])]);
  expect(recommended).toBe("wasm");
  expect(reason).toContain("no model ran on all");
  expect(recommend([none]).recommended).toBe("webgpu");
});

it("says it in one line, with the largest model that was timed", () => {
  const backends = [outcome("webgpu", [50, 200, 10_000, null])];
  const report = {
    device: "Some GPU",
    client: "Chrome 143",
    backends,
    ...recommend(backends),
  } as DeviceReport;
  expect(reportLine(report)).toBe(
    "Some GPU, Chrome 143, WebGPU: golden 8e-6, r 10,000 rows/s, 50 % of the products' peak",
  );
});

it("groups the positions of every slot, in the order of rows", () => {
  const slots = drawSlots();
  const { starts, rows } = groupBySlot(slots);
  expect(starts[SLOTS]).toBe(slots.length);
  for (let slot = 0; slot < SLOTS; slot += 1001)
    for (let at = starts[slot]! + 1; at < starts[slot + 1]!; at++)
      expect(rows[at]).toBeGreaterThanOrEqual(rows[at - 1]!);
  expect(Math.max(...rows)).toBeLessThan(ROWS);
});

it("ends where it is cancelled", async () => {
  await useNodeBackend("wasm");
  const abort = new AbortController();
  const seen: string[] = [];
  const onProgress = (stage: string) => {
    seen.push(stage);
    abort.abort(new Error("enough"));
  };
  const { signal } = abort;
  await expect(
    checkBackend({ backend: "wasm", adapter: null, golden: [], configs: ["demo"], onProgress, signal }),
  ).rejects.toThrow("enough");
  expect(seen).toEqual(["kernels"]);
});

it("leaves out a model whose step would take too long, and says how long", async () => {
  await useNodeBackend("wasm");
  const name = "single-branch.json";
  const text = readFileSync(new URL(`../golden/${name}`, import.meta.url), "utf8");
  const { engine, steps } = await checkBackend({
    backend: "wasm",
    adapter: null,
    golden: [{ name, text }],
    configs: ["r"],
    batchSize: 100_000_000,
    onProgress() {},
    signal: new AbortController().signal,
  });
  expect(engine.backend).toBe("wasm");
  expect(steps[0]).toMatchObject({ batchSize: 100_000_000, rowsPerSecond: null });
  expect(steps[0]!.leftOutSeconds).toBeGreaterThan(10);
});

it("checks this machine from the command line", async () => {
  const { code, result, stderr } = await runCommand("check", ["--device_target=WASM", "--config=demo"]);
  expect(code).toBe(0);
  const [found] = result.backends;
  expect(found.golden.files).toBeGreaterThanOrEqual(7);
  expect(found.golden.passed).toBe(found.golden.files);
  expect(found.steps).toHaveLength(1);
  expect(found.steps[0].rowsPerSecond).toBeGreaterThan(0);
  expect(result.recommended).toBe("wasm");
  expect(stderr).toContain("products' peak");
});
