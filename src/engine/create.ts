// Makes an engine by its name, on tfjs' current backend.

import * as tf from "@tensorflow/tfjs";
import { problemError } from "../base/result.ts";
import type { Config, InputShape } from "../model/config.ts";
import type { BackendName, Engine, EngineName } from "./engine.ts";
import { createPlainEngine } from "./plain.ts";
import { createReferenceEngine } from "./reference.ts";
import { createWasmFastEngine } from "./wasm/fast.ts";
import { createGpuFastEngine } from "./webgpu/fast.ts";

/** The engine that trains fastest on a backend. */
export function defaultEngine(backend: BackendName): EngineName {
  return backend === "cpu" ? "reference" : "fast";
}

/**
 * An engine on tfjs' current backend, its parameters drawn from the configuration's seed. Throws a ProblemError where the
 * backend has no such engine.
 */
export async function createEngine(name: EngineName, config: Config, shape: InputShape): Promise<Engine> {
  switch (name) {
    case "plain":
      return createPlainEngine(config, shape);
    case "reference":
      return createReferenceEngine(config, shape);
    case "fast":
      if (tf.getBackend() === "wasm") return createWasmFastEngine(config, shape);
      if (tf.getBackend() === "webgpu") return createGpuFastEngine(config, shape);
      throw problemError("engine-missing", { backend: tf.getBackend() });
  }
}
