// tfjs' backends in Node: plain JavaScript, and WASM with our kernels.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { installCpuKernels } from "../engine/cpuKernels.ts";
import type { BackendName } from "../engine/engine.ts";
import { installWasmKernels } from "../engine/wasm/kernels.ts";

/** Makes `cpu` or `wasm` (SIMD, one thread) tfjs' current backend, ready for an engine. */
export async function useNodeBackend(name: Exclude<BackendName, "webgpu">): Promise<void> {
  const require = createRequire(import.meta.url);
  setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm"))}/`);
  await tf.setBackend(name);
  await tf.ready();
  if (name === "cpu") installCpuKernels();
  else await installWasmKernels(readKernels);
}

async function readKernels(shared: boolean): Promise<WebAssembly.Module> {
  const name = shared ? "kernels-shared.wasm" : "kernels.wasm";
  return WebAssembly.compile(await readFile(new URL(`../engine/wasm/build/${name}`, import.meta.url)));
}
