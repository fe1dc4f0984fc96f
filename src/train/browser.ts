// What the trainer needs, as a browser's worker gives it.

import { type Problem, problem } from "../base/problem.ts";
import type { Outlet } from "../base/rpc/serve.ts";
import { openCheckpointStore } from "../checkpoint/browserStore.ts";
import type { CheckpointStore } from "../checkpoint/checkpointStore.ts";
import { probeBackends, useBrowserBackend } from "../engine/backend.ts";
import { createEngine, defaultEngine } from "../engine/create.ts";
import type { BackendName } from "../engine/engine.ts";
import { currentDevice, deviceLoss, dropDevice, onDeviceError } from "../engine/webgpu/adapter.ts";
import { lockedRuns, lockRun } from "../library/runLocks.ts";
import { parameterCount } from "../model/parameters.ts";
import type { TrainerPlatform } from "./platform.ts";
import { openRemoteDataset } from "./remoteDataset.ts";
import { FIRST_STEP_MS, PARAMETERS_PER_MS, watchEngine } from "./watchEngine.ts";

/** What onnxruntime may take to plan a graph, or to run it once, without a word: on a busy machine seconds. */
const ONNX_MS = 120_000;

/** The platform of a worker whose page starts the workers `kernels` and `reader` for it. */
export function browserPlatform({
  computing,
  startWorker,
}: Pick<Outlet<never>, "computing" | "startWorker">): TrainerPlatform {
  let backend: BackendName = "cpu";
  let checkpointStore: Promise<CheckpointStore> | null = null;
  let reportLoss: ((reason: string) => void) | null = null;
  let fault: Problem | null = null;
  let watched: GPUDevice | null = null;
  let isLost = false;

  /** Watches the current device, once: several runs may use it one after the other. */
  function watchDevice(): void {
    if (currentDevice() === watched) return;
    watched = currentDevice();
    void deviceLoss().then((reason) => {
      isLost = true;
      reportLoss?.(reason);
    });
    onDeviceError((error) => {
      fault ??= problem(error.type === "memory" ? "gpu-memory-exhausted" : "gpu-refused", error);
    });
  }

  return {
    probe: probeBackends,
    async useBackend(name) {
      if (name === "webgpu" && isLost) {
        dropDevice();
        isLost = false;
      }
      await useBrowserBackend(name, (order) => startWorker("kernels", order));
      if (name === "webgpu") watchDevice();
      backend = name;
    },
    async createEngine(config, shape, name = defaultEngine(backend)) {
      fault = null;
      computing(FIRST_STEP_MS + parameterCount(config, shape) / PARAMETERS_PER_MS);
      return watchEngine(await createEngine(name, config, shape), { computing, fault: () => fault });
    },
    openDataset: (location, onProgress) => openRemoteDataset(startWorker("reader"), location, onProgress),
    async loadOnnx(file) {
      const { loadOnnx } = await import("./onnxRuntime.ts");
      computing(ONNX_MS);
      const run = await loadOnnx(file);
      return (feeds) => {
        computing(ONNX_MS);
        return run(feeds);
      };
    },
    checkpointStore: () => (checkpointStore ??= openCheckpointStore()),
    onDeviceLost(report) {
      reportLoss = report;
    },
    lockRun,
    lockedRuns,
  };
}
