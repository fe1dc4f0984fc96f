// Vite plugin: makes the threads of tfjs' WASM backend survive a build. tfjs starts them from blob: addresses, which a
// strict Content-Security-Policy forbids, and from the source text of a minified function, which no longer runs; either
// way the backend hangs without an error. The two scripts become files beside the worker instead.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Plugin } from "vite";

const FACTORY = "tfjs-wasm-factory.js";
const PTHREAD = "tfjs-wasm-pthread.js";

/** For `worker.plugins`. The files lie beside the worker's script, so the page works under any path. */
export function tfjsThreads(): Plugin {
  const require = createRequire(import.meta.url);
  const factory = require.resolve(
    "@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js",
  );
  const beside = (name: string) => `new URL(${JSON.stringify(name)}, self.location.href).href`;
  return {
    name: "tfjs-wasm-threads",
    transform(code, id) {
      if (!id.endsWith("/tfjs-backend-wasm/dist/backend_wasm.js")) return null;
      const patched = code
        .replace("return URL.createObjectURL(blob);", `return ${beside(PTHREAD)};`)
        .replace(
          /factoryConfig\.mainScriptUrlOrBlob = new Blob\([\s\S]*?\{ type: 'text\/javascript' \}\);/,
          `factoryConfig.mainScriptUrlOrBlob = ${beside(FACTORY)};`,
        );
      if (!patched.includes(PTHREAD) || !patched.includes(FACTORY))
        this.error("the patch of tfjs' threads no longer fits its source");
      return { code: patched, map: null };
    },
    generateBundle() {
      const { wasmWorkerContents } = require(factory.replace(/\.js$/, ".worker.js")) as {
        wasmWorkerContents: string;
      };
      // tfjs holds the script as the inside of a string literal, whose line breaks must stay escaped.
      const pthread = wasmWorkerContents.replace(/\n/g, "\\n");
      this.emitFile({ type: "asset", fileName: `assets/${PTHREAD}`, source: pthread });
      this.emitFile({ type: "asset", fileName: `assets/${FACTORY}`, source: readFileSync(factory, "utf8") });
    },
  };
}
