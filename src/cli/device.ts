// What computes on the command line: WASM, plain JavaScript, or a GPU that may be lost.

import * as tf from "@tensorflow/tfjs";
import { type Problem, problem } from "../base/problem.ts";
import { type ProblemError, problemError } from "../base/result.ts";
import { createEngine, defaultEngine } from "../engine/create.ts";
import type { BackendName, Engine, EngineName } from "../engine/engine.ts";
import { type Adapter, deviceLoss, findAdapter, onDeviceError } from "../engine/webgpu/adapter.ts";
import type { Config, InputShape } from "../model/config.ts";
import { watchEngine } from "../train/watchEngine.ts";
import { integer, text } from "./arguments.ts";
import { useNodeBackend } from "./backend.ts";
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
      throw reason === null ? cause : problemError("gpu-lost", { reason });
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

type Dawn = typeof import("webgpu");

/**
 * Makes WebGPU tfjs' current backend on a new device of the best adapter, also after an earlier device was lost. Returns
 * the adapter. Throws a ProblemError where the package or an adapter is missing.
 */
async function startGpu(): Promise<Adapter> {
  await provideNavigator();
  const adapter = await findAdapter();
  if (!adapter) throw problemError("gpu-missing", { reason: whyNone() });
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
function describeAdapter({ description, vendor, architecture, isFallback }: Adapter): string {
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
  return problemError("gpu-missing", { reason: reason.trim().replace(/\.$/, "") });
}
