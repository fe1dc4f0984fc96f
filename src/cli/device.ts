// What computes on the command line: WASM, plain JavaScript, or a GPU that may be lost.

import { type Problem, problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import { createEngine, defaultEngine } from "../engine/create.ts";
import type { BackendName, Engine, EngineName } from "../engine/engine.ts";
import { deviceLoss, onDeviceError } from "../engine/webgpu/adapter.ts";
import type { Config, InputShape } from "../model/config.ts";
import { watchEngine } from "../train/watchEngine.ts";
import { integer, text } from "./arguments.ts";
import { useNodeBackend } from "./backend.ts";
import { describeAdapter, startGpu } from "./gpu.ts";
import { say } from "./log.ts";

export const DEVICE_TARGETS = ["WASM", "CPU", "GPU"] as const;
export type DeviceTarget = (typeof DEVICE_TARGETS)[number];
export const BACKEND_OF: Record<DeviceTarget, BackendName> = { WASM: "wasm", CPU: "cpu", GPU: "webgpu" };

/** The option of a command that trains or evaluates. */
export const DEVICE_OPTION = text("device_target", "what computes", {
  choices: DEVICE_TARGETS,
  default: "WASM",
});

export const THREADS_OPTION = integer("threads", "threads of the fast engine", { default: 1 });

export interface Device {
  backend: BackendName;
  /**
   * An engine; without a name, the one that trains fastest here. What the GPU reports apart from a call makes its next call
   * fail, and what fails since the GPU was lost throws the problem `gpu-lost`.
   */
  createEngine(config: Config, shape: InputShape, name?: EngineName): Promise<Engine>;
  /** Why the GPU was lost, in its driver's words; null while it is there. */
  readonly lost: string | null;
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
      lost: null,
    };
  }
  say(describeAdapter(await startGpu()));
  let fault: Problem | null = null;
  let lost: string | null = null;
  const loss = deviceLoss().then((reason) => (lost = reason));
  onDeviceError((error) => {
    fault ??= problem(error.type === "memory" ? "gpu-memory-exhausted" : "gpu-refused", error);
  });
  return {
    backend: "webgpu",
    async createEngine(config, shape, name = defaultEngine("webgpu")) {
      fault = null;
      const engine = await createEngine(name, config, shape);
      return namingLoss(watchEngine(engine, { computing() {}, fault: () => fault }), loss);
    },
    get lost() {
      return lost;
    },
  };
}

/** The same engine, which says that its GPU was lost where that is why a call failed; `loss` settles with the reason. */
export function namingLoss(engine: Engine, loss: Promise<string>): Engine {
  async function named<T>(call: Promise<T>): Promise<T> {
    try {
      return await call;
    } catch (cause) {
      const news = new Promise<null>((resolve) => setTimeout(resolve, LOSS_NEWS_MS, null));
      const reason = await Promise.race([loss, news]);
      throw reason === null ? cause : new ProblemError(problem("gpu-lost", { reason }));
    }
  }
  return {
    ...engine,
    step: (batch, learningRate) => named(engine.step(batch, learningRate)),
    drain: () => named(engine.drain()),
    evaluate: (batch) => named(engine.evaluate(batch)),
    gradientsOf: (source, batch) => named(engine.gradientsOf(source, batch)),
    read: (into) => named(engine.read(into)),
    write: (state) => named(engine.write(state)),
  };
}
