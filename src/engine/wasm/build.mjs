// Compiles the kernels to build/kernels.wasm, and for tfjs' threaded heap to build/kernels-shared.wasm: a module that
// imports a shared memory cannot import any other. Does nothing where the build is newer than its sources.

import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const kernels = join(here, "kernels");
const build = join(here, "build");
const compiler = join(
  dirname(createRequire(import.meta.url).resolve("assemblyscript/package.json")),
  "bin",
  "asc.js",
);
const sharedOptions = ["--sharedMemory", "--maximumMemory", "65536", "--enable", "threads"];

compile("kernels.wasm", []);
compile("kernels-shared.wasm", sharedOptions);

function compile(name, options) {
  const output = join(build, name);
  if (isNewest(output)) return;
  mkdirSync(build, { recursive: true });
  const unfinished = `${output}.${process.pid}`;
  const { status } = spawnSync(
    process.execPath,
    [
      ...[compiler, join(kernels, "index.ts"), "--outFile", unfinished, "-O3", "--noAssert"],
      ...["--runtime", "stub", "--importMemory", "--initialMemory", "1", "--enable", "simd"],
      // Vectors go between our own functions only; the warning is about what is exported to JavaScript.
      ...["--disableWarning", "112", ...options],
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  if (status !== 0) process.exit(status ?? 1);
  // Renamed when whole: two processes may build at once.
  renameSync(unfinished, output);
}

function isNewest(output) {
  const built = statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(kernels).map((name) => join(kernels, name));
  return [...sources, fileURLToPath(import.meta.url)].every((path) => statSync(path).mtimeMs < built);
}
