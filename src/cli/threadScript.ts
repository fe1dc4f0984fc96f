// The code of a thread in one piece. A thread does not inherit tsx from its process, and starting it there takes two to
// three times as long as bundling.

import { fileURLToPath } from "node:url";
import { fromSource } from "./place.ts";

/** A module for `new Worker`: the bundle of `NAME.ts` here, which the installed package holds already. */
export async function threadScript(name: string): Promise<URL> {
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
