// tfjs' backends in Node: plain JavaScript, and WASM with our kernels.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import * as tf from "@tensorflow/tfjs";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { installCpuKernels } from "../engine/cpuKernels.ts";
import type { BackendName } from "../engine/engine.ts";
import { installWasmKernels, type KernelBuild } from "../engine/wasm/kernels.ts";
import type { HelperOrder } from "../engine/wasm/team.ts";
import { fromSource } from "./place.ts";
import { threadStarter } from "./threads.ts";

/** Makes `cpu` or `wasm` (SIMD) tfjs' current backend, ready for an engine; our own kernels take `threads` threads. GPUs: `device.ts`. */
export async function useNodeBackend(name: BackendName, threads = 1, relaxed = true): Promise<void> {
  setWasmPaths(`${tfjsFolder()}/`);
  await tf.setBackend(name);
  await tf.ready();
  if (name === "cpu") installCpuKernels();
  else {
    if (relaxed) allowRelaxedSimd();
    const helpers = { count: threads - 1, start: await helperStarter(threads) };
    await installWasmKernels(readKernels, { helpers, relaxed });
  }
}

/** Node 20 has relaxed SIMD behind a flag, which must be set before anything is compiled with it. */
function allowRelaxedSimd(): void {
  if (Number(process.versions.node.split(".")[0]) < 22)
    setFlagsFromString("--experimental-wasm-relaxed-simd");
}

/** Where tfjs' own WASM lies: in its package, or beside the bundle. */
function tfjsFolder(): string {
  if (!fromSource) return dirname(fileURLToPath(import.meta.url));
  const require = createRequire(import.meta.url);
  return dirname(require.resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm"));
}

async function readKernels({ shared, relaxed }: KernelBuild): Promise<WebAssembly.Module> {
  const name = `kernels${relaxed ? "-relaxed" : ""}${shared ? "-shared" : ""}.wasm`;
  const folder = fromSource ? "../engine/wasm/build" : ".";
  return WebAssembly.compile(await readFile(new URL(`${folder}/${name}`, import.meta.url)));
}

/** Starts threads that do not keep the process alive. */
async function helperStarter(threads: number): Promise<(order: HelperOrder) => void> {
  if (threads === 1) return () => {};
  const startThread = await threadStarter("kernelThread");
  return (order) => startThread(order).unref();
}
