// What computes on the command line: WASM, plain JavaScript, or a GPU that may be lost.

import { type Problem, problem } from "../base/problem.ts";
import { createEngine, defaultEngine } from "../engine/create.ts";
import type { BackendName, Engine, EngineName } from "../engine/engine.ts";
import { deviceLoss, onDeviceError } from "../engine/webgpu/adapter.ts";
import type { Config, InputShape } from "../model/config.ts";
import { watchEngine } from "../train/watchEngine.ts";
import { useNodeBackend } from "./backend.ts";
import { describeAdapter, startGpu } from "./gpu.ts";
import { say } from "./log.ts";

export const DEVICE_TARGETS = ["WASM", "CPU", "GPU"] as const;
export type DeviceTarget = (typeof DEVICE_TARGETS)[number];
export const BACKEND_OF: Record<DeviceTarget, BackendName> = { WASM: "wasm", CPU: "cpu", GPU: "webgpu" };

/** The option of a command that trains or evaluates. */
export const DEVICE_OPTION = {
  name: "device_target",
  type: "string",
  choices: DEVICE_TARGETS,
  default: "WASM",
  help: "what computes",
} as const;

export const THREADS_OPTION = {
  name: "threads",
  type: "integer",
  default: 1,
  help: "threads of the fast engine",
} as const;

export interface Device {
  backend: BackendName;
  /** An engine; without a name, the one that trains fastest here. What the GPU reports apart from a call makes its next call fail. */
  createEngine(config: Config, shape: InputShape, name?: EngineName): Promise<Engine>;
  /** Why the GPU was lost, waiting a moment for the news, which comes after its consequences; null where it was not. */
  lossReason(): Promise<string | null>;
}

/** How much later than its consequences the loss of a GPU may be reported. */
const LOSS_NEWS_MS = 500;

/** How WASM's products round: with relaxed SIMD where the machine has it, or as on every other machine. */
export const SIMD_CHOICES = ["relaxed", "plain"] as const;

export interface DeviceOptions {
  /** Of our own kernels on WASM. */
  threads?: number;
  simd?: (typeof SIMD_CHOICES)[number];
}

/** Starts a device, and says which where it is a GPU. Throws a ProblemError where there is none. */
export async function openDevice(
  target: DeviceTarget,
  { threads = 1, simd = "relaxed" }: DeviceOptions = {},
): Promise<Device> {
  if (target !== "GPU") {
    const backend = BACKEND_OF[target];
    await useNodeBackend(backend, threads, simd === "relaxed");
    return {
      backend,
      createEngine: (config, shape, name = defaultEngine(backend)) => createEngine(name, config, shape),
      lossReason: async () => null,
    };
  }
  say(describeAdapter(await startGpu()));
  let fault: Problem | null = null;
  let lost: string | null = null;
  const loss = deviceLoss().then((reason) => {
    lost = reason;
  });
  onDeviceError((error) => {
    fault ??= problem(error.type === "memory" ? "gpu-memory-exhausted" : "gpu-refused", error);
  });
  return {
    backend: "webgpu",
    async createEngine(config, shape, name = defaultEngine("webgpu")) {
      fault = null;
      const engine = await createEngine(name, config, shape);
      return watchEngine(engine, { computing() {}, fault: () => fault });
    },
    async lossReason() {
      await Promise.race([loss, new Promise((resolve) => setTimeout(resolve, LOSS_NEWS_MS))]);
      return lost;
    },
  };
}
