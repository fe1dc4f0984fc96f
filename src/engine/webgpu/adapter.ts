// The GPU as WebGPU shows it, in browsers and in Node alike: which adapter there is, and what becomes of its device.

import * as tf from "@tensorflow/tfjs";
import { withinLimit } from "../../base/withinLimit.ts";

/** A GPU as its driver describes it; a fallback adapter computes on the CPU. */
export interface Adapter {
  description: string;
  vendor: string;
  architecture: string;
  isFallback: boolean;
}

/** As tfjs registers it: above WASM and CPU. */
const WEBGPU_PRIORITY = 3;

/** Every run asks for the adapter first: a driver that hangs must not keep it from starting on WASM. */
const ADAPTER_LIMIT_MS = 20_000;

/** The adapter that tfjs will take; null where `navigator.gpu` is missing, has none, or gives no answer. */
export async function findAdapter(): Promise<Adapter | null> {
  const gpu = (globalThis.navigator as { gpu?: GPU } | undefined)?.gpu;
  if (!gpu) return null;
  const asked = gpu.requestAdapter({ powerPreference: "high-performance" });
  const adapter = await withinLimit(asked, ADAPTER_LIMIT_MS, "answer").catch(() => null);
  if (!adapter) return null;
  const { description, vendor, architecture, isFallbackAdapter } = adapter.info as GPUAdapterInfo & {
    isFallbackAdapter?: boolean;
  };
  // Browsers say it in `info`, older ones on the adapter itself, and Dawn in Node does not say it of Mesa's lavapipe.
  const older = (adapter as { isFallbackAdapter?: boolean }).isFallbackAdapter;
  const isFallback = isFallbackAdapter ?? older ?? false;
  const isSoftware = /swiftshader|llvmpipe|lavapipe/i.test(`${architecture} ${description}`);
  return { description, vendor, architecture, isFallback: isFallback || isSoftware };
}

/** The device of the current backend, which has to be WebGPU. */
export function currentDevice(): GPUDevice {
  return (tf.backend() as unknown as { device: GPUDevice }).device;
}

/** Gives up the WebGPU backend and its device, which was lost; whoever uses the backend next gets another device. */
export function dropDevice(): void {
  const factory = tf.findBackendFactory("webgpu");
  tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", factory, WEBGPU_PRIORITY);
}

/** Settles when the GPU of the current WebGPU backend is lost, with the driver's words for it. */
export async function deviceLoss(): Promise<string> {
  const device = currentDevice();
  const { message, reason } = await device.lost;
  return (message || reason).trim().replace(/\.$/, "");
}

/** Reports what the current WebGPU device complains of apart from any call: no memory, or work that it refuses. */
export function onDeviceError(report: (error: { type: "memory" | "other"; reason: string }) => void): void {
  const device = currentDevice();
  device.onuncapturederror = ({ error }) => {
    const type = error instanceof GPUOutOfMemoryError ? "memory" : "other";
    report({ type, reason: error.message.trim().replace(/\.$/, "") });
  };
}
