import * as tf from "@tensorflow/tfjs";
import { getThreadsCount } from "@tensorflow/tfjs-backend-wasm";
import type { BackendName, EngineDescription, EngineName } from "./engine.ts";

/** What an engine of this name computes with: tfjs' current backend and its threads. */
export function describeEngine(engine: EngineName): EngineDescription {
  const backend = tf.getBackend() as BackendName;
  return { engine, backend, threads: backend === "wasm" ? getThreadsCount() : 1 };
}
