import * as tf from "@tensorflow/tfjs";
import { getThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import type { BackendName, EngineDescription, EngineName } from "./engine.ts";
import { sharedHeapBytes } from "./wasm/kernels.ts";

/** What an engine of this name computes with: tfjs' current backend, and its threads. */
export function describeEngine(engine: EngineName): EngineDescription {
  const backend = tf.getBackend() as BackendName;
  const threads = backend === "wasm" ? getThreadsCount() : 1;
  return { engine, backend, threads };
}

/** Tensors and their bytes, and all WASM memory: tfjs' heap (0 on other backends) and the threads', which never shrink. */
export function heldMemory(): { tensors: number; bytes: number; wasmHeapBytes: number } {
  // Asking tfjs starts a backend where there is none yet.
  if (!tf.getBackend()) return { tensors: 0, bytes: 0, wasmHeapBytes: 0 };
  const { numTensors, numBytes } = tf.memory();
  const heap = (tf.backend() as { wasm?: { HEAPU8: Uint8Array } } | null)?.wasm?.HEAPU8;
  return { tensors: numTensors, bytes: numBytes, wasmHeapBytes: (heap?.byteLength ?? 0) + sharedHeapBytes() };
}
