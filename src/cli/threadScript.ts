// The code of a thread in one piece. A thread does not inherit tsx from its process, and starting it there takes two to
// three times as long as bundling.

import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A module for `new Worker`, bundled from `entry`. */
export async function threadScript(entry: URL): Promise<URL> {
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
