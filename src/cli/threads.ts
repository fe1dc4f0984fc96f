// Node's threads, each from one piece of code. Bundling takes a third of the time that tsx takes to start in a thread.

import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { fromSource } from "./place.ts";

/** What starts threads that run `NAME.ts` of this folder, each with the `workerData` that it is given. */
export async function threadStarter(name: string): Promise<(workerData?: unknown) => Worker> {
  const script = await threadScript(name);
  // Without the process' own options: tsx would start in each thread, for 0.1 s of its processor's time.
  return (workerData) => new Worker(script, { workerData, execArgv: [] });
}

/** A module for `new Worker`: the bundle of `NAME.ts` here, which the installed package holds already. */
async function threadScript(name: string): Promise<URL> {
  if (!fromSource) return new URL(`./${name}.js`, import.meta.url);
  const { build } = await import("esbuild");
  const entry = new URL(`./${name}.ts`, import.meta.url);
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    write: false,
    logLevel: "error",
  });
  return new URL(`data:text/javascript,${encodeURIComponent(outputFiles[0]!.text)}`);
}
