// Our kernels on tfjs' WASM heap: loading them, and giving tfjs the one that its backend lacks.

import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";

/**
 * What src/engine/wasm/kernels exports, under the signatures there: numbers are 32-bit integers or float32, pointers are
 * byte offsets into tfjs' heap.
 */
export type KernelExports = Record<KernelName, (...numbers: number[]) => number>;

type KernelName =
  | "activate"
  | "activateBackward"
  | "adam"
  | "adamTable"
  | "columnSums"
  | "fieldProducts"
  | "fieldSums"
  | "fillFields"
  | "fillRows"
  | "gateFields"
  | "gateFieldsBackward"
  | "gatherRows"
  | "gatherSum"
  | "head"
  | "headBackward"
  | "interact"
  | "interactBackward"
  | "lookupByField"
  | "lookupField"
  | "lossesAndGradients"
  | "moments"
  | "normalise"
  | "normaliseBackward"
  | "productColumns"
  | "productRows"
  | "scaleAndShift"
  | "segmentSum"
  | "segmentSumField"
  | "segmentSumGated"
  | "squares"
  | "transpose"
  | "unsortedSegmentSum";

/** tfjs' Emscripten module, as far as kernels need it. */
export interface TfjsHeap {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

/** The kernels of the current WASM backend and the heap they work on. */
export interface WasmKernels {
  exports: KernelExports;
  heap: TfjsHeap;
  backend: BackendWasm;
}

/** Gives the compiled kernels for a plain or a shared memory; Node reads a file, the browser fetches. */
export type KernelLoader = (shared: boolean) => Promise<WebAssembly.Module>;

let installed: WasmKernels | null = null;

/** Loads the kernels into the current backend, which must be WASM and ready. Repeats do nothing. */
export async function installWasmKernels(load: KernelLoader): Promise<void> {
  const backend = tf.backend() as BackendWasm;
  if (installed?.backend === backend) return;
  const { wasm } = backend as unknown as {
    wasm: TfjsHeap & { asm?: { memory?: WebAssembly.Memory }; wasmMemory?: WebAssembly.Memory };
  };
  // The threaded build keeps its memory beside the module, the others export it.
  const memory = wasm.wasmMemory ?? wasm.asm!.memory!;
  const shared = typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;
  const instance = await WebAssembly.instantiate(await load(shared), { env: { memory } });
  installed = { exports: instance.exports as unknown as KernelExports, heap: wasm, backend };
  registerSegmentSum();
}

/** The kernels of the current backend; a fault where `installWasmKernels` has not run. */
export function wasmKernels(): WasmKernels {
  if (!installed || installed.backend !== tf.backend()) throw new Error("the WASM kernels are not installed");
  return installed;
}

/** Where a tensor's values lie on the heap; holds until it is disposed. */
export function pointerOf({ backend }: WasmKernels, tensor: tf.TensorInfo): number {
  return backend.getMemoryOffset(tensor.dataId) >>> 0;
}

/** The gradient of every lookup needs UnsortedSegmentSum, and tfjs' WASM backend has none. */
function registerSegmentSum(): void {
  if (tf.getKernel(tf.UnsortedSegmentSum, "wasm")) return;
  tf.registerKernel({
    kernelName: tf.UnsortedSegmentSum,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) => {
      const kernels = wasmKernels();
      const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
      const { numSegments } = attrs as unknown as tf.UnsortedSegmentSumAttrs;
      const columns = tf.util.sizeFromShape(x.shape.slice(1));
      const out = kernels.backend.makeOutput([numSegments, ...x.shape.slice(1)], x.dtype);
      const [ids, values, target] = [segmentIds, x, out].map((t) => pointerOf(kernels, t)) as [
        number,
        number,
        number,
      ];
      kernels.exports.unsortedSegmentSum(x.shape[0]!, columns, numSegments, ids, values, target);
      return out;
    },
  });
}
