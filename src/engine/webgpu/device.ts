// tfjs' own GPU device under our kernels: buffers that are made once, one bind group for all kernels, one compute pass and
// one submit a step.

import * as tf from "@tensorflow/tfjs";
import { problem } from "../../base/problem.ts";
import { ProblemError } from "../../base/result.ts";
import { type Kernel, NUMBERS_STRIDE, STORES, type StoreName, writeNumbers } from "./kernel.ts";

export type GridSize = [number, number, number];

/** The kernels of a step in order; recorded first, then submitted at once. */
export interface Recorder {
  /** One dispatch. `threads` counts threads of one dimension; a grid counts workgroups. */
  dispatch(
    kernel: Kernel,
    numbers: Readonly<Record<string, number>>,
    size: { threads: number } | GridSize,
  ): void;
  /** Copies numbers of the floats store out, after all dispatches. */
  copyOut(from: number, count: number, to: GPUBuffer, at: number): void;
  readonly dispatches: number;
  /** Sends everything to the device, and starts anew. */
  submit(): void;
}

/** A device with its stores. */
export interface GpuStores {
  readonly device: GPUDevice;
  readonly bytes: number;
  readonly buffers: Readonly<Record<StoreName, GPUBuffer>>;
  recorder(): Recorder;
  write(store: StoreName, at: number, values: Float32Array | Int32Array): void;
  read(buffer: GPUBuffer, at: number, count: number): Promise<Float32Array>;
  /** Frees all buffers, but those named. */
  free(except?: readonly StoreName[]): void;
}

// More workgroups than this need a second dimension.
const MOST_WORKGROUPS = 65_535;
/** Threads of the kernels that are dispatched by threads. */
const THREADS = 64;
// Enough for every dispatch of the largest model: 4 branches of 16 units.
const MOST_DISPATCHES = 1024;

/** The device of tfjs' current backend, which must be WebGPU. */
export function gpuDevice(): GPUDevice {
  return (tf.backend() as unknown as { device: GPUDevice }).device;
}

/** Makes stores of the given sizes, in numbers of four bytes, all zero; those of `kept` are taken over as they are. */
export function createStores(
  device: GPUDevice,
  sizes: Record<StoreName, number>,
  kept: Partial<Record<StoreName, GPUBuffer>> = {},
): GpuStores {
  const limit = Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize);
  let bytes = 0;
  const buffers = {} as Record<StoreName, GPUBuffer>;
  for (const name of STORES) {
    const size = Math.max(64, 4 * Math.ceil(sizes[name] / 4) * 4);
    if (size > limit) {
      for (const [made, buffer] of Object.entries(buffers)) if (!(made in kept)) buffer.destroy();
      throw new ProblemError(problem("memory-exhausted", { bytes: size }));
    }
    bytes += size;
    buffers[name] =
      kept[name] ??
      device.createBuffer({
        label: `final-studio ${name}`,
        size,
        usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
      });
  }
  const numbers = device.createBuffer({
    label: "final-studio numbers",
    size: MOST_DISPATCHES * NUMBERS_STRIDE,
    usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
  });
  const { bindGroupLayout } = pipelinesOf(device);
  const bindGroup = device.createBindGroup({
    layout: bindGroupLayout,
    entries: [
      { binding: 0, resource: { buffer: numbers, size: NUMBERS_STRIDE } },
      ...STORES.map((name, i) => ({ binding: i + 1, resource: { buffer: buffers[name] } })),
    ],
  });

  return {
    device,
    bytes: bytes + numbers.size,
    buffers,
    recorder: () => createRecorder(device, bindGroup, numbers, buffers.floats),
    write(store, at, values) {
      if (values.length > 0)
        device.queue.writeBuffer(
          buffers[store],
          4 * at,
          values.buffer as ArrayBuffer,
          values.byteOffset,
          values.byteLength,
        );
    },
    async read(buffer, at, count) {
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
    },
    free(except = []) {
      for (const name of STORES) if (!except.includes(name)) buffers[name].destroy();
      numbers.destroy();
    },
  };
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
  bindGroup: GPUBindGroup,
  numbers: GPUBuffer,
  floats: GPUBuffer,
): Recorder {
  const { pipelines } = pipelinesOf(device);
  const view = new DataView(new ArrayBuffer(MOST_DISPATCHES * NUMBERS_STRIDE));
  let recorded: { pipeline: GPUComputePipeline; size: GridSize }[] = [];
  let copies: { from: number; count: number; to: GPUBuffer; at: number }[] = [];
  return {
    get dispatches() {
      return recorded.length;
    },
    dispatch(kernel, values, size) {
      const pipeline = pipelines.get(kernel.name);
      if (!pipeline) throw new Error(`${kernel.name} was not compiled`);
      writeNumbers(kernel, values, view, recorded.length * NUMBERS_STRIDE);
      recorded.push({ pipeline, size: Array.isArray(size) ? size : foldedGrid(size.threads) });
    },
    copyOut(from, count, to, at) {
      copies.push({ from, count, to, at });
    },
    submit() {
      device.queue.writeBuffer(numbers, 0, view.buffer, 0, Math.max(1, recorded.length) * NUMBERS_STRIDE);
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      for (const [i, { pipeline, size }] of recorded.entries()) {
        pass.setPipeline(pipeline);
        pass.setBindGroup(0, bindGroup, [i * NUMBERS_STRIDE]);
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
