// Vite plugin: a worker gets the parts of tfjs that the studio uses. The package brings layers, a converter, a data API, WebGL
// and plain JavaScript's kernels with it, more than half of all, which bundlers keep since its modules register themselves.

import type { Plugin } from "vite";

const WHOLE = "@tensorflow/tfjs";
const PARTS = "\0tfjs-parts";

/** For `worker.plugins`: the core with gradients and chained operations, as the package itself puts it together; backends are imported where they start. */
export function tfjsParts(): Plugin {
  return {
    name: "tfjs-parts",
    enforce: "pre",
    resolveId: (id) => (id === WHOLE ? PARTS : null),
    load: (id) =>
      id === PARTS
        ? `import "@tensorflow/tfjs-core/dist/register_all_gradients";
           import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops";
           export * from "@tensorflow/tfjs-core";`
        : null,
  };
}
