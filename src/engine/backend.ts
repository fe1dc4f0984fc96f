// The browser's backends: what this device offers, which of it the studio would choose and why, and starting one.

import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import wasmPlain from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import wasmSimd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import { type ProblemError, problemError } from "../base/result.ts";
import { withinLimit } from "../base/withinLimit.ts";
import { installCpuKernels } from "./cpuKernels.ts";
import type { BackendName } from "./engine.ts";
import kernels from "./wasm/build/kernels.wasm?url";
import kernelsRelaxed from "./wasm/build/kernels-relaxed.wasm?url";
import kernelsRelaxedShared from "./wasm/build/kernels-relaxed-shared.wasm?url";
import kernelsShared from "./wasm/build/kernels-shared.wasm?url";
import { installWasmKernels, type KernelBuild } from "./wasm/kernels.ts";
import { hasSharedMemory } from "./wasm/sharedMemory.ts";
import type { HelperOrder } from "./wasm/team.ts";
import { type Adapter, findAdapter } from "./webgpu/adapter.ts";

/** What can compute here, and which of it the studio would choose, with the reason in a sentence. */
export interface BackendProbe {
  chosen: BackendName;
  reason: string;
  adapter: Adapter | null;
  available: BackendName[];
  /** WASM may use threads. */
  sharedMemory: boolean;
}

// A driver that hangs, or a script that never comes, would keep a person waiting for ever.
const START_LIMIT_MS = 20_000;
const MOST_THREADS = 8;

/** Looks for a GPU: a real adapter → WebGPU; a fallback adapter or none → WASM. */
export async function probeBackends(): Promise<BackendProbe> {
  const adapter = await findAdapter();
  // Registers the backend; where there is no adapter, nobody waits for its script.
  if (adapter) await import("@tensorflow/tfjs-backend-webgpu");
  const isReal = adapter !== null && !adapter.isFallback;
  return {
    chosen: isReal ? "webgpu" : "wasm",
    reason: isReal
      ? "WebGPU, because this device offers a GPU."
      : adapter
        ? "WASM, because the only WebGPU adapter here computes on the CPU, slower than WASM does."
        : "WASM, because this browser gives no WebGPU adapter.",
    adapter,
    available: adapter ? ["webgpu", "wasm", "cpu"] : ["wasm", "cpu"],
    sharedMemory: hasSharedMemory(),
  };
}

/**
 * Makes `name` tfjs' current backend, ready for an engine; throws a ProblemError where it cannot start. `startHelper` starts
 * a thread for our own kernels on WASM.
 */
export async function useBrowserBackend(
  name: BackendName,
  startHelper: (order: HelperOrder) => void,
): Promise<void> {
  if (name === "wasm") prepareWasm();
  // Small tensors too are computed where the person chose, not on the CPU.
  if (name === "webgpu") tf.env().set("WEBGPU_CPU_FORWARD", false);
  if (name === "cpu") await import("@tensorflow/tfjs-backend-cpu");
  let started: boolean;
  try {
    started = await withinLimit(tf.setBackend(name), START_LIMIT_MS, "start");
  } catch (cause) {
    throw unavailable(name, (cause as Error).message);
  }
  if (!started) throw unavailable(name, "it did not start");
  if (name === "cpu") installCpuKernels();
  if (name === "wasm")
    await installWasmKernels(fetchKernels, { helpers: { count: threads - 1, start: startHelper } });
}

let wasmPrepared = false;
/** Of our own kernels. */
let threads = 1;

function prepareWasm(): void {
  if (wasmPrepared) return;
  wasmPrepared = true;
  // tfjs' own threads, eight workers started in one go, serve no engine that trains by default; and Firefox, asked for so
  // many by a worker, now and then never comes back from the call.
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths({
    "tfjs-backend-wasm.wasm": wasmPlain,
    "tfjs-backend-wasm-simd.wasm": wasmSimd,
    // tfjs wants an address for each of its builds, also for the one that is never loaded.
    "tfjs-backend-wasm-threaded-simd.wasm": wasmSimd,
  });
  if (hasSharedMemory()) threads = Math.min(navigator.hardwareConcurrency || 1, MOST_THREADS);
}

async function fetchKernels({ shared, relaxed }: KernelBuild): Promise<WebAssembly.Module> {
  const url = relaxed ? (shared ? kernelsRelaxedShared : kernelsRelaxed) : shared ? kernelsShared : kernels;
  return WebAssembly.compileStreaming(fetch(url));
}

function unavailable(backend: BackendName, reason: string): ProblemError {
  return problemError("backend-unavailable", { backend, reason });
}
