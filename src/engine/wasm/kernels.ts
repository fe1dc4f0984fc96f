// Our kernels on tfjs' WASM heap: loading them, and giving tfjs the one that its backend lacks.

import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { KernelHeap } from "./heap.ts";
import { createSharedHeap, createSharedMemory } from "./sharedHeap.ts";
import { invoke, type KernelExports } from "./signatures.ts";
import { createBoard, type HelperOrder, type KernelTeam, leadTeam, soloTeam } from "./team.ts";

/** The kernels on the current WASM backend's heap. */
interface BackendKernels {
  exports: KernelExports;
  heap: KernelHeap;
  backend: BackendWasm;
}

/** Gives the compiled kernels for a plain or a shared memory; Node reads a file, the browser fetches. */
export type KernelLoader = (shared: boolean) => Promise<WebAssembly.Module>;

/** Threads besides this one. */
export interface Helpers {
  count: number;
  /** Starts a thread that calls `help` with the order. */
  start(order: HelperOrder): void;
}

let installed: BackendKernels | null = null;
const teams = new Map<number, KernelTeam>();
let current: KernelTeam | null = null;

/** Loads the kernels for the current backend, which must be WASM and ready, and starts the helpers. Repeats do nothing. */
export async function installWasmKernels(load: KernelLoader, helpers?: Helpers): Promise<void> {
  await installOnBackend(load);
  const count = helpers?.count ?? 0;
  if (count > 0 && !teams.has(count)) {
    const team = await startTeam(load, helpers!);
    if (team) teams.set(count, team);
  }
  current = teams.get(count) ?? soloTeam(installed!.exports, installed!.heap);
}

/** A team over a shared memory of its own, for as long as the process lives; null where there is no room for one. */
async function startTeam(load: KernelLoader, { count, start }: Helpers): Promise<KernelTeam | null> {
  const memory = createSharedMemory();
  if (!memory) return null;
  const module = await load(true);
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const board = createBoard();
  for (let i = 0; i < count; i++) start({ module, memory, board });
  const exports = instance.exports as unknown as KernelExports;
  return leadTeam(exports, createSharedHeap(memory), board, count);
}

async function installOnBackend(load: KernelLoader): Promise<void> {
  const backend = tf.backend() as BackendWasm;
  if (installed?.backend === backend) return;
  const { wasm } = backend as unknown as {
    wasm: KernelHeap & { asm?: { memory?: WebAssembly.Memory }; wasmMemory?: WebAssembly.Memory };
  };
  // The threaded build keeps its memory beside the module, the others export it.
  const memory = wasm.wasmMemory ?? wasm.asm!.memory!;
  const shared = typeof SharedArrayBuffer !== "undefined" && memory.buffer instanceof SharedArrayBuffer;
  const instance = await WebAssembly.instantiate(await load(shared), { env: { memory } });
  installed = { exports: instance.exports as unknown as KernelExports, heap: wasm, backend };
  registerSegmentSum();
}

/** The threads that an engine computes on; a fault where `installWasmKernels` has not run. */
export function kernelTeam(): KernelTeam {
  if (!current) throw new Error("the WASM kernels are not installed");
  return current;
}

/** Bytes of the memories of our own that threads share; they never shrink. */
export function sharedHeapBytes(): number {
  return [...teams.values()].reduce((sum, { heap }) => sum + heap.HEAPU8.byteLength, 0);
}

function backendKernels(): BackendKernels {
  if (!installed || installed.backend !== tf.backend()) throw new Error("the WASM kernels are not installed");
  return installed;
}

/** Where a tensor's values lie on the heap; holds until it is disposed. */
function pointerOf({ backend }: BackendKernels, tensor: tf.TensorInfo): number {
  return backend.getMemoryOffset(tensor.dataId) >>> 0;
}

/** The gradient of every lookup needs UnsortedSegmentSum, and tfjs' WASM backend has none. */
function registerSegmentSum(): void {
  if (tf.getKernel(tf.UnsortedSegmentSum, "wasm")) return;
  tf.registerKernel({
    kernelName: tf.UnsortedSegmentSum,
    backendName: "wasm",
    kernelFunc: ({ inputs, attrs }) => {
      const kernels = backendKernels();
      const { x, segmentIds } = inputs as { x: tf.TensorInfo; segmentIds: tf.TensorInfo };
      const { numSegments } = attrs as unknown as tf.UnsortedSegmentSumAttrs;
      const columns = tf.util.sizeFromShape(x.shape.slice(1));
      const out = kernels.backend.makeOutput([numSegments, ...x.shape.slice(1)], x.dtype);
      const [ids, values, target] = [segmentIds, x, out].map((t) => pointerOf(kernels, t)) as [
        number,
        number,
        number,
      ];
      invoke(kernels.exports, "unsortedSegmentSum", {
        rows: x.shape[0]!,
        columns,
        segments: numSegments,
        ids,
        values,
        out: target,
      });
      return out;
    },
  });
}
