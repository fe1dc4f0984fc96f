// Our kernels on tfjs' WASM heap: loading them, and giving tfjs the one that its backend lacks.

import * as tf from "@tensorflow/tfjs";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { relaxedSimd } from "wasm-feature-detect";
import type { KernelHeap } from "./heap.ts";
import { createSharedHeap, createSharedMemory } from "./sharedHeap.ts";
import { invoke, type KernelExports } from "./signatures.ts";
import { createBoard, type HelperOrder, type KernelTeam, leadTeam, soloTeam } from "./team.ts";

/** The kernels on the current WASM backend's heap. */
interface BackendKernels {
  exports: KernelExports;
  relaxed: boolean;
  heap: KernelHeap;
  backend: BackendWasm;
}

/** Which of the compiled modules: for a plain or a shared memory, with relaxed SIMD or without. */
export interface KernelBuild {
  shared: boolean;
  relaxed: boolean;
}

/** Gives the compiled kernels; Node reads a file, the browser fetches. */
export type KernelLoader = (build: KernelBuild) => Promise<WebAssembly.Module>;

/** Threads besides this one. */
export interface Helpers {
  count: number;
  /** Starts a thread that calls `help` with the order. */
  start(order: HelperOrder): void;
}

let installed: BackendKernels | null = null;
/** By the number of helpers and the module. */
const teams = new Map<string, KernelTeam>();
let current: KernelTeam | null = null;

/**
 * Loads the kernels for the current backend, which must be WASM and ready, and starts the helpers. Repeats do nothing.
 * `relaxed`: whether relaxed SIMD may be used where there is some; its products round once instead of twice.
 */
export async function installWasmKernels(
  load: KernelLoader,
  { helpers, relaxed = true }: { helpers?: Helpers; relaxed?: boolean } = {},
): Promise<void> {
  const uses = relaxed && (await relaxedSimd());
  await installOnBackend(load, uses);
  const count = helpers?.count ?? 0;
  const key = `${count} ${uses}`;
  if (count > 0 && !teams.has(key)) {
    const team = await startTeam(load, uses, helpers!);
    if (team) teams.set(key, team);
  }
  current = teams.get(key) ?? soloTeam(installed!.exports, installed!.heap);
}

/** Whether the installed kernels use relaxed SIMD. */
export function kernelsAreRelaxed(): boolean {
  return installed?.relaxed === true;
}

/** A team over a shared memory of its own, for as long as the process lives; null where there is no room for one. */
async function startTeam(
  load: KernelLoader,
  relaxed: boolean,
  { count, start }: Helpers,
): Promise<KernelTeam | null> {
  const memory = createSharedMemory();
  if (!memory) return null;
  const module = await load({ shared: true, relaxed });
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const board = createBoard();
  for (let i = 0; i < count; i++) start({ module, memory, board });
  const exports = instance.exports as unknown as KernelExports;
  return leadTeam(exports, createSharedHeap(memory), board, count);
}

async function installOnBackend(load: KernelLoader, relaxed: boolean): Promise<void> {
  const backend = tf.backend() as BackendWasm;
  if (installed?.backend === backend && installed.relaxed === relaxed) return;
  const { wasm } = backend as unknown as { wasm: KernelHeap & { asm: { memory: WebAssembly.Memory } } };
  const module = await load({ shared: false, relaxed });
  const instance = await WebAssembly.instantiate(module, { env: { memory: wasm.asm.memory } });
  installed = { exports: instance.exports as unknown as KernelExports, relaxed, heap: wasm, backend };
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
