// tfjs' backends in Node: plain JavaScript, and WASM with our kernels.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { Worker } from "node:worker_threads";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { installCpuKernels } from "../engine/cpuKernels.ts";
import type { BackendName } from "../engine/engine.ts";
import { installWasmKernels } from "../engine/wasm/kernels.ts";
import type { HelperOrder } from "../engine/wasm/team.ts";
import { threadScript } from "./threadScript.ts";

/** Makes `cpu` or `wasm` (SIMD) tfjs' current backend, ready for an engine; our own kernels take `threads` threads. GPUs: `device.ts`. */
export async function useNodeBackend(name: BackendName, threads = 1): Promise<void> {
  const require = createRequire(import.meta.url);
  setWasmPaths(`${dirname(require.resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm"))}/`);
  await tf.setBackend(name);
  await tf.ready();
  if (name === "cpu") installCpuKernels();
  else await installWasmKernels(readKernels, { count: threads - 1, start: await helperStarter(threads) });
}

async function readKernels(shared: boolean): Promise<WebAssembly.Module> {
  const name = shared ? "kernels-shared.wasm" : "kernels.wasm";
  return WebAssembly.compile(await readFile(new URL(`../engine/wasm/build/${name}`, import.meta.url)));
}

/** Starts threads that do not keep the process alive. */
async function helperStarter(threads: number): Promise<(order: HelperOrder) => void> {
  if (threads === 1) return () => {};
  const script = await threadScript(new URL("./kernelThread.ts", import.meta.url));
  return (order) => new Worker(script, { workerData: order }).unref();
}
