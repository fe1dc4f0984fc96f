// tfjs' own GPU device under our kernels: buffers that are made once, bind groups that all kernels share, one compute pass
// and one submit a step.

import * as tf from "@tensorflow/tfjs";
import { problemError } from "../../base/result.ts";
import { type Kernel, NUMBERS_STRIDE, STORES, type StoreName, writeNumbers } from "./kernels/kernel.ts";

export type GridSize = [number, number, number];

/** The kernels of a step in order; recorded first, then submitted at once. */
export interface Recorder {
  /** One dispatch. `threads` counts threads of one dimension, a grid workgroups; `part` is the table's part it works on. */
  dispatch(
    kernel: Kernel,
    numbers: Readonly<Record<string, number>>,
    size: { threads: number } | GridSize,
    part?: number,
  ): void;
  /** Copies numbers of the floats store out, after all dispatches. */
  copyOut(from: number, count: number, to: GPUBuffer, at: number): void;
  readonly dispatches: number;
  /** Sends everything to the device, and starts anew. */
  submit(): void;
}

/** What a batch is worked on in: the floats and the integers, bound together with the table's parts. */
export interface WorkStores {
  readonly bytes: number;
  readonly floats: GPUBuffer;
  readonly recorder: Recorder;
  write(store: WorkStore, at: number, values: Float32Array | Int32Array): void;
  free(): void;
}

export type WorkStore = "floats" | "integers";
/** The buffers of one bind group; those of the table are one part's. */
export type TableBuffers = Record<Exclude<StoreName, WorkStore>, GPUBuffer>;

// More workgroups than this need a second dimension.
const MOST_WORKGROUPS = 65_535;
/** Threads of the kernels that are dispatched by threads. */
const THREADS = 64;
// Enough for every dispatch of the largest model: 4 branches of 16 units, and a table in many parts.
const MOST_DISPATCHES = 1024;

/** The device of tfjs' current backend, which must be WebGPU. */
export function gpuDevice(): GPUDevice {
  return (tf.backend() as unknown as { device: GPUDevice }).device;
}

/** What a buffer of ours may hold at most, in bytes: all of it is bound at once. */
export function largestBuffer({ limits }: GPUDevice): number {
  return Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
}

/** A buffer of so many numbers of four bytes, all zero. Throws a ProblemError where the device has none so large. */
export function createStorage(device: GPUDevice, label: string, numbers: number): GPUBuffer {
  const size = Math.max(64, 16 * Math.ceil(numbers / 4));
  if (size > largestBuffer(device)) throw problemError("memory-exhausted", { bytes: size });
  return device.createBuffer({
    label: `final-studio ${label}`,
    size,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
  });
}

/** Stores of the given sizes in numbers, bound with each of `tables`. */
export function createStores(
  device: GPUDevice,
  sizes: Record<WorkStore, number>,
  tables: readonly TableBuffers[],
): WorkStores {
  const floats = createStorage(device, "floats", sizes.floats);
  const integers = createStorage(device, "integers", sizes.integers);
  const numbers = device.createBuffer({
    label: "final-studio numbers",
    size: MOST_DISPATCHES * NUMBERS_STRIDE,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  const layout = pipelinesOf(device).bindGroupLayout;
  const bindGroups = tables.map((table) => {
    const buffers: Record<StoreName, GPUBuffer> = { floats, integers, ...table };
    const entries = STORES.map((name, i) => ({ binding: i + 1, resource: { buffer: buffers[name] } }));
    const uniform = { binding: 0, resource: { buffer: numbers, size: NUMBERS_STRIDE } };
    return device.createBindGroup({ layout, entries: [uniform, ...entries] });
  });
  return {
    bytes: floats.size + integers.size + numbers.size,
    floats,
    recorder: createRecorder(device, bindGroups, numbers, floats),
    write: (store, at, values) => writeBuffer(device, { floats, integers }[store], at, values),
    free() {
      for (const buffer of [floats, integers, numbers]) buffer.destroy();
    },
  };
}

/** Writes numbers to the device, from number `at` of the buffer on. */
export function writeBuffer(
  device: GPUDevice,
  buffer: GPUBuffer,
  at: number,
  values: Float32Array | Int32Array,
): void {
  const { buffer: source, byteOffset, byteLength } = values;
  if (byteLength > 0) device.queue.writeBuffer(buffer, 4 * at, source as ArrayBuffer, byteOffset, byteLength);
}

/** Reads numbers back; waits for the device. */
export async function readBuffer(
  device: GPUDevice,
  buffer: GPUBuffer,
  at: number,
  count: number,
): Promise<Float32Array> {
  const staging = device.createBuffer({
    size: 4 * Math.max(1, count),
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  const encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, 4 * at, staging, 0, 4 * count);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const values = new Float32Array(staging.getMappedRange(0, 4 * count).slice(0));
  staging.destroy();
  return values;
}

/** Compiles kernels without holding up the thread; those that the device has already are passed over. */
export async function compileKernels(device: GPUDevice, kernels: readonly Kernel[]): Promise<void> {
  const { pipelines, layout } = pipelinesOf(device);
  await Promise.all(
    kernels.map(async (kernel) => {
      if (pipelines.has(kernel.name)) return;
      const module = device.createShaderModule({ label: kernel.name, code: kernel.code });
      const { messages } = await module.getCompilationInfo();
      const fault = messages.find((message) => message.type === "error");
      if (fault) throw new Error(`${kernel.name}, line ${fault.lineNum}: ${fault.message}`);
      const compute = { module, entryPoint: "main" };
      pipelines.set(
        kernel.name,
        await device.createComputePipelineAsync({ label: kernel.name, layout, compute }),
      );
    }),
  );
}

function createRecorder(
  device: GPUDevice,
  bindGroups: GPUBindGroup[],
  numbers: GPUBuffer,
  floats: GPUBuffer,
): Recorder {
  const { pipelines } = pipelinesOf(device);
  const view = new DataView(new ArrayBuffer(MOST_DISPATCHES * NUMBERS_STRIDE));
  let recorded: { pipeline: GPUComputePipeline; size: GridSize; part: number }[] = [];
  let copies: { from: number; count: number; to: GPUBuffer; at: number }[] = [];
  return {
    get dispatches() {
      return recorded.length;
    },
    dispatch(kernel, values, size, part = 0) {
      const pipeline = pipelines.get(kernel.name);
      if (!pipeline) throw new Error(`${kernel.name} was not compiled`);
      writeNumbers(kernel, values, view, recorded.length * NUMBERS_STRIDE);
      recorded.push({ pipeline, part, size: Array.isArray(size) ? size : foldedGrid(size.threads) });
    },
    copyOut(from, count, to, at) {
      copies.push({ from, count, to, at });
    },
    submit() {
      device.queue.writeBuffer(numbers, 0, view.buffer, 0, Math.max(1, recorded.length) * NUMBERS_STRIDE);
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (const [i, { pipeline, size, part }] of recorded.entries()) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bindGroups[part]!, [i * NUMBERS_STRIDE]);
        pass.dispatchWorkgroups(...size);
      }
      pass.end();
      for (const { from, count, to, at } of copies)
        encoder.copyBufferToBuffer(floats, 4 * from, to, 4 * at, 4 * count);
      device.queue.submit([encoder.finish()]);
      recorded = [];
      copies = [];
    },
  };
}

/** Workgroups for so many threads, in two dimensions where one does not hold them. */
function foldedGrid(threads: number): GridSize {
  const workgroups = Math.max(1, Math.ceil(threads / THREADS));
  const rows = Math.ceil(workgroups / MOST_WORKGROUPS);
  return [Math.ceil(workgroups / rows), rows, 1];
}

interface DevicePipelines {
  bindGroupLayout: GPUBindGroupLayout;
  layout: GPUPipelineLayout;
  pipelines: Map<string, GPUComputePipeline>;
}

const byDevice = new WeakMap<GPUDevice, DevicePipelines>();

function pipelinesOf(device: GPUDevice): DevicePipelines {
  const known = byDevice.get(device);
  if (known) return known;
  const visibility = GPUShaderStage.COMPUTE;
  const bindGroupLayout = device.createBindGroupLayout({
    entries: [
      {
        binding: 0,
        visibility,
        buffer: { type: "uniform", hasDynamicOffset: true, minBindingSize: NUMBERS_STRIDE },
      },
      ...STORES.map((name, i) => ({
        binding: i + 1,
        visibility,
        buffer: { type: name === "integers" ? ("read-only-storage" as const) : ("storage" as const) },
      })),
    ],
  });
  const made = {
    bindGroupLayout,
    layout: device.createPipelineLayout({ bindGroupLayouts: [bindGroupLayout] }),
    pipelines: new Map<string, GPUComputePipeline>(),
  };
  byDevice.set(device, made);
  return made;
}
