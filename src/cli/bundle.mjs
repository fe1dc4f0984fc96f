// Bundles the command line into build/, which the npm package ships: plain Node runs it, and nothing is installed with it.
// A folder given as argument is taken in its place, and emptied first.

import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const output = resolve(process.argv[2] ?? join(root, "build"));
const require = createRequire(import.meta.url);

rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });
await build({
  absWorkingDir: root,
  // Threads are started as files of their own.
  entryPoints: ["main", "kernelThread", "preprocessThread", "readThread"].map((name) => `src/cli/${name}.ts`),
  outdir: output,
  bundle: true,
  splitting: true,
  minify: true,
  keepNames: true,
  format: "esm",
  platform: "node",
  target: "node20",
  // The first three serve commands for developers, which the package does not offer; the last is an optional package.
  external: ["esbuild", "playwright-core", "vite", "webgpu"],
  // What packages in CommonJS find around them.
  banner: {
    js: `import { createRequire as createRequire_ } from "node:module";
const require = createRequire_(import.meta.url), __dirname = import.meta.dirname;`,
  },
  logLevel: "warning",
});
for (const build of ["", "-shared", "-relaxed", "-relaxed-shared"]) {
  const name = `kernels${build}.wasm`;
  copyFileSync(join(root, "src/engine/wasm/build", name), join(output, name));
}
mkdirSync(join(output, "golden"));
for (const name of readdirSync(join(root, "test/golden")).filter((file) => file.endsWith(".json")))
  copyFileSync(join(root, "test/golden", name), join(output, "golden", name));
// Python that `export` writes.
for (const job of ["torchrun", "spark", "mindspore"])
  cpSync(join(root, `src/export/${job}/job`), join(output, job), {
    recursive: true,
    filter: (path) => !path.includes("__pycache__"),
  });
const tfjs = dirname(require.resolve("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm"));
copyFileSync(join(tfjs, "tfjs-backend-wasm-simd.wasm"), join(output, "tfjs-backend-wasm-simd.wasm"));
