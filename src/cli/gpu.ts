// WebGPU in Node: Dawn, from the optional package `webgpu`, under tfjs' own backend.

import * as tf from "@tensorflow/tfjs";
import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import { type Adapter, findAdapter } from "../engine/webgpu/adapter.ts";

type Dawn = typeof import("webgpu");

/**
 * Makes WebGPU tfjs' current backend on a new device of the best adapter, also after an earlier device was lost. Returns
 * the adapter. Throws a ProblemError where the package or an adapter is missing.
 */
export async function startGpu(): Promise<Adapter> {
  await provideNavigator();
  const adapter = await findAdapter();
  if (!adapter) throw new ProblemError(problem("gpu-missing", { reason: whyNone() }));
  // tfjs registers its backend only where `navigator.gpu` stands at the import.
  await import("@tensorflow/tfjs-backend-webgpu");
  // Small tensors too are computed on the GPU.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  // tfjs keeps the backend of a lost device; one that is made anew has a new device.
  const factory = tf.findBackendFactory("webgpu");
  tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", factory);
  if (!(await tf.setBackend("webgpu"))) throw unavailable("its device did not start");
  return adapter;
}

/** Which adapter computes, and what that means, in one sentence. */
export function describeAdapter({ description, vendor, architecture, isFallback }: Adapter): string {
  const name = description || [vendor, architecture].filter(Boolean).join(" ") || "a GPU without a name";
  return isFallback
    ? `GPU: ${name}, the only adapter here, which computes on the CPU (--device_target=WASM is faster)`
    : `GPU: ${name}, the adapter that the driver calls the fastest`;
}

let dawn: Promise<Dawn> | null = null;

async function provideNavigator(): Promise<void> {
  try {
    dawn ??= import("webgpu");
    const { create, globals } = await dawn;
    if ((globalThis.navigator as { gpu?: GPU } | undefined)?.gpu) return;
    Object.assign(globalThis, globals);
    // Node 20 has no navigator, and later ones have one without a GPU.
    if (!globalThis.navigator)
      Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true, writable: true });
    Object.defineProperty(globalThis.navigator, "gpu", { value: create([]), configurable: true });
  } catch (cause) {
    dawn = null;
    throw unavailable((cause as Error).message.split("\n")[0]!);
  }
}

function whyNone(): string {
  return process.platform === "linux"
    ? "no Vulkan driver was found"
    : "the driver offers no adapter that WebGPU can use";
}

function unavailable(reason: string): ProblemError {
  return new ProblemError(problem("gpu-missing", { reason: reason.trim().replace(/\.$/, "") }));
}
