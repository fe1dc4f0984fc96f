// pack:gpu: a kit that checks and measures a GPU on a bare Linux machine: no network, no installation, only its driver.

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { orThrow, problemError } from "../base/result.ts";
import { makeDemoDataset } from "../preprocess/synthetic.ts";
import { withFile } from "../shards/byteSource.ts";
import { MANIFEST_FILE } from "../shards/manifest.ts";
import { parseManifest } from "../shards/manifestFile.ts";
import { parseArguments, text } from "./arguments.ts";
import { printResult, say } from "./log.ts";

const ROWS = 20_000;
/** Where systems and Chromium keep the loader that Dawn opens; the kit's copy serves machines without one. */
const VULKAN_LOADERS = [
  `/usr/lib/${process.arch === "arm64" ? "aarch64" : "x86_64"}-linux-gnu/libvulkan.so.1`,
  "/usr/lib64/libvulkan.so.1",
  "/usr/lib/libvulkan.so.1",
  "/usr/lib/chromium/libvulkan.so.1",
];

const spec = {
  command: "pack-gpu",
  examples: ["--output=kit"],
  options: [
    text("output", "folder to make, with kit.tar.xz and run.sh", { required: true }),
    text("vulkan_loader", "a libvulkan.so.1 for machines without one; left out, this one's"),
  ],
} as const;

/** `pack-gpu --output=DIR`: Node, Dawn, the bundled command line, golden files, made-up rows and a script that runs them. */
export async function runPackGpu(args: string[]): Promise<number> {
  const { values } = parseArguments(args, spec);
  const { output } = values;
  if (process.platform !== "linux") throw problemError("kit-needs", { what: "Linux" });
  if (existsSync(output)) throw problemError("output-exists", { name: output });
  const loader = values.vulkan_loader ?? VULKAN_LOADERS.find(existsSync) ?? null;
  if (loader && !existsSync(loader)) throw problemError("kit-needs", { what: `the file ${loader}` });
  const folder = mkdtempSync(join(tmpdir(), "kit-"));
  try {
    await fill(folder, loader);
    say("packing, about a minute");
    mkdirSync(output, { recursive: true });
    const archive = join(output, "kit.tar.xz");
    run("tar", ["-cJf", archive, "-C", folder, "."], { XZ_OPT: "-9 -T1" });
    cpSync(fileURLToPath(new URL("./kit/run.sh", import.meta.url)), join(output, "run.sh"));
    const bytes = statSync(archive).size;
    say(
      `${(bytes / 2 ** 20).toFixed(1)} MiB${loader ? "" : ", without a Vulkan loader: none was found here"}`,
    );
    printResult({ output, bytes, vulkanLoader: loader, rows: ROWS, node: process.versions.node });
    return 0;
  } catch (cause) {
    rmSync(output, { recursive: true, force: true });
    throw cause;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function fill(folder: string, loader: string | null): Promise<void> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  say("bundling");
  run(process.execPath, [join(root, "src/cli/bundle.mjs"), join(folder, "build")]);
  cpSync(join(root, "package.json"), join(folder, "package.json"));
  cpSync(fileURLToPath(new URL("./kit/run.mjs", import.meta.url)), join(folder, "run.mjs"));
  const node = join(folder, "node");
  cpSync(process.execPath, node);
  // Its symbols are an eighth of it; where strip is missing the kit is larger.
  spawnSync("strip", [node]);
  copyDawn(folder);
  if (loader) {
    mkdirSync(join(folder, "fallback"));
    cpSync(loader, join(folder, "fallback", "libvulkan.so.1"), { dereference: true });
  }
  say("making rows");
  await writeRows(join(folder, "rows"));
}

/** The package `webgpu` with this platform's binary alone. */
function copyDawn(folder: string): void {
  const target = join(folder, "node_modules", "webgpu");
  const binary = join("dist", `linux-${process.arch}`);
  let source: string;
  try {
    source = dirname(fileURLToPath(import.meta.resolve("webgpu")));
  } catch {
    throw problemError("kit-needs", { what: "the optional package webgpu" });
  }
  for (const name of ["index.js", "package.json", "LICENSE.md", binary])
    cpSync(join(source, name), join(target, name), { recursive: true });
}

async function writeRows(folder: string): Promise<void> {
  const made = await makeDemoDataset({ rows: ROWS, seed: 1 });
  mkdirSync(folder);
  const copy = (name: string) =>
    withFile(made, name, async (file) => {
      const bytes = await file.read(0, file.byteLength);
      writeFileSync(join(folder, name), bytes);
      return bytes;
    });
  const text = new TextDecoder().decode(await copy(MANIFEST_FILE));
  const manifest = orThrow(parseManifest(text, MANIFEST_FILE));
  for (const { file } of [manifest.vocabulary, ...manifest.shards]) await copy(file);
}

function run(command: string, args: string[], environment: NodeJS.ProcessEnv = {}): void {
  const { status, stderr, error } = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  if (status !== 0)
    throw problemError("kit-needs", {
      what: `${command}, which failed (${(error?.message ?? stderr).trim().split("\n").at(-1)})`,
    });
}
