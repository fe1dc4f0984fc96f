// Compiles the kernels, which are AssemblyScript. Those of the engine become build/kernels.wasm, and for a memory that threads
// share build/kernels-shared.wasm: a module that imports a shared memory cannot import any other. Each also with relaxed SIMD.
// Those of the shards are small, and become text in a module, so that nothing need be awaited to use them. Does nothing
// where the build is newer than its sources.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const thisFile = fileURLToPath(import.meta.url);
const source = join(dirname(thisFile), "..");
const compiler = join(
  dirname(createRequire(import.meta.url).resolve("assemblyscript/package.json")),
  "bin",
  "asc.js",
);
const sharedOptions = ["--sharedMemory", "--maximumMemory", "65536", "--enable", "threads"];
const relaxedOptions = ["--enable", "relaxed-simd"];

await Promise.all([
  compile("engine", "kernels.wasm", []),
  compile("engine", "kernels-shared.wasm", sharedOptions),
  compile("engine", "kernels-relaxed.wasm", relaxedOptions),
  compile("engine", "kernels-relaxed-shared.wasm", [...sharedOptions, ...relaxedOptions]),
  compile("shards", "kernels.ts", [], asText),
]);

/** Compiles `folder`/wasm/kernels to `folder`/wasm/build/`name`; `finish` turns the compiled file into what is kept. */
async function compile(folder, name, options, finish = (wasm) => wasm) {
  const kernels = join(source, folder, "wasm", "kernels");
  const build = join(source, folder, "wasm", "build");
  const output = join(build, name);
  if (isNewest(output, kernels)) return;
  mkdirSync(build, { recursive: true });
  const unfinished = `${output}.${process.pid}`;
  const compiling = spawn(
    process.execPath,
    [
      compiler,
      join(kernels, "index.ts"),
      "--outFile",
      unfinished,
      "-O3",
      "--noAssert",
      "--runtime",
      "stub",
      "--importMemory",
      "--initialMemory",
      "1",
      "--enable",
      "simd",
      // Vectors go between our own functions only; the warning is about what is exported to JavaScript.
      ...["--disableWarning", "112", ...options],
    ],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  const [status] = await once(compiling, "exit");
  if (status !== 0) process.exit(status ?? 1);
  // Renamed when whole: two processes may build at once.
  renameSync(finish(unfinished), output);
}

function asText(wasm) {
  const text = `${wasm}.text`;
  writeFileSync(text, `export default "${readFileSync(wasm, "base64")}";\n`);
  rmSync(wasm);
  return text;
}

function isNewest(output, kernels) {
  const built = statSync(output, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(kernels).map((name) => join(kernels, name));
  return [...sources, thisFile].every((path) => statSync(path).mtimeMs < built);
}
