// Who may import whom. The order of the folders is that of the README's table; packages are listed here.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");
const source = join(root, "src");

/** Which folders may import a package; `node:` are Node's own modules. */
const packages: Record<string, string[]> = {
  "@bufbuild": ["export"],
  "@mantine": ["ui", "main.tsx"],
  "@tabler": ["ui"],
  "@tensorflow": ["model", "engine", "train", "cli"],
  "@webgpu": ["engine"],
  "@zip.js": ["preprocess"],
  "client-zip": ["export", "datasets", "library"],
  "apache-arrow": ["preprocess"],
  d3: ["store", "ui"],
  esbuild: ["cli"],
  flatbuffers: ["preprocess"],
  fzstd: ["preprocess"],
  "xxhash-wasm": ["preprocess"],
  h5wasm: ["preprocess"],
  hyparquet: ["shards", "preprocess", "cli"],
  "hyparquet-compressors": ["preprocess"],
  "hyparquet-writer": ["shards", "preprocess", "cli"],
  hysnappy: ["shards"],
  idb: ["library", "store"],
  "node:": ["cli"],
  "onnx-buf": ["export"],
  "onnxruntime-web": ["train", "cli"],
  pako: ["preprocess"],
  pbf: ["preprocess"],
  "playwright-core": ["cli"],
  react: ["ui", "main.tsx"],
  "react-dom": ["ui", "main.tsx"],
  recharts: ["ui"],
  "unbzip2-stream": ["preprocess"],
  vite: ["cli"],
  webgpu: ["cli"],
  "wasm-feature-detect": ["engine"],
  // Through base/zod.ts, which configures it.
  zod: ["base"],
  yaml: ["preprocess", "cli"],
  zustand: ["store", "ui"],
};

/** What the page's own thread must never load: tensors, and what reads data sets. Workers have them. */
const WORKERS_ONLY = ["@tensorflow", "hyparquet", "hyparquet-writer", "h5wasm", "hysnappy", "node:"];

/** The folders of `src` in the order in which the README's table names them first. */
function ladder(): string[] {
  const table = readFileSync(join(root, "README.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("|"));
  const named = table.flatMap((line) => [...line.matchAll(/`src\/([\w.]+)/g)].map((match) => match[1]!));
  return [...new Set(named)];
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .filter((name) => !name.includes(`wasm${sep}kernels`))
    .map((name) => join(folder, name));
}

/** The folder of `src` that a file lies in; a file that lies in none is its own. */
function folderOf(path: string): string {
  return relative(source, path).split(sep)[0]!;
}

interface Import {
  from: string;
  specifier: string;
  /** Of one of ours the file, of a package its name. */
  file: string | null;
  package: string | null;
  typesOnly: boolean;
  /** `import("…")`: loaded when it is first used, or a type. */
  isDynamic: boolean;
}

const IMPORTS =
  /(?:^|\n)\s*(?:import|export)\s(?<type>type\s)?[^;'"]*?from\s+["'](?<static>[^"']+)["']|import\(\s*["'](?<dynamic>[^"']+)["']/g;

function importsOf(from: string): Import[] {
  return [...readFileSync(from, "utf8").matchAll(IMPORTS)].map(({ groups }) => {
    const specifier = groups!.static ?? groups!.dynamic!;
    const name = specifier.replace(/\?.*$/, "");
    const isOurs = name.startsWith(".");
    const scope = name.startsWith("node:") ? "node:" : name.split("/")[0]!;
    return {
      from,
      specifier,
      file: isOurs ? resolve(from, "..", name) : null,
      // d3's parts are packages of their own.
      package: isOurs ? null : scope.replace(/^d3-.*/, "d3"),
      typesOnly: groups!.type !== undefined,
      isDynamic: groups!.dynamic !== undefined,
    };
  });
}

/** Our files that a script loads, itself among them, by the imports that `follows` picks. */
function loadedBy(entry: string, follows: (line: Import) => boolean): Set<string> {
  const seen = new Set<string>();
  function visit(path: string): void {
    if (seen.has(path) || !/\.tsx?$/.test(path) || !existsSync(path)) return;
    seen.add(path);
    for (const line of importsOf(path)) if (line.file && !line.typesOnly && follows(line)) visit(line.file);
  }
  visit(entry);
  return seen;
}

const describe = ({ from, specifier }: Import) => `${relative(root, from)} imports ${specifier}`;

it("finds every folder in the README's table, once, and nothing else", () => {
  expect(ladder().toSorted()).toEqual(readdirSync(source).toSorted());
});

it("lets each folder import only from folders above it in the README's table", () => {
  const order = ladder();
  const trespasses = sourceFiles(source)
    .flatMap(importsOf)
    .filter(({ from, file }) => file && order.indexOf(folderOf(file)) > order.indexOf(folderOf(from)));
  expect(trespasses.map(describe)).toEqual([]);
});

it("lets each folder import only the packages that it may", () => {
  const trespasses = sourceFiles(source)
    .flatMap(importsOf)
    .filter((line) => line.package && !packages[line.package]?.includes(folderOf(line.from)));
  expect(trespasses.map(describe)).toEqual([]);
});

it("keeps tensors and readers of data sets out of the page's thread", () => {
  const seen = loadedBy(join(source, "main.tsx"), ({ isDynamic }) => !isDynamic);
  const trespasses = [...seen]
    .flatMap(importsOf)
    .filter((line) => !line.typesOnly && !line.isDynamic && WORKERS_ONLY.includes(line.package!));
  expect(seen.size).toBeGreaterThan(100);
  expect(trespasses.map(describe)).toEqual([]);
});

// Firefox now and then never returns from `new Worker` inside a worker: base/rpc has the page start them all.
it("starts no worker in a worker", () => {
  const entries = sourceFiles(join(root, "workers"));
  const seen = new Set(entries.flatMap((entry) => [...loadedBy(entry, () => true)]));
  const trespasses = [...seen].filter(startsWorkers).map((path) => relative(root, path));
  expect(seen.size).toBeGreaterThan(200);
  expect(trespasses).toEqual([]);
});

it("starts workers in main.tsx and, as Node's threads, in the command line only", () => {
  const trespasses = sourceFiles(source)
    .filter((path) => !["main.tsx", "cli"].includes(folderOf(path)))
    .filter(startsWorkers);
  expect(trespasses).toEqual([]);
});

/** By itself, or by one of Vite's imports that make a script's worker. */
function startsWorkers(path: string): boolean {
  const code = readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  return /\bnew\s+(?:\w+\.)*(?:Shared)?Worker\b|\?(?:shared)?worker\b/.test(code);
}

it("keeps the worker entry points thin", () => {
  for (const path of sourceFiles(join(root, "workers")))
    expect(readFileSync(path, "utf8").split("\n").length, path).toBeLessThan(40);
});

it("has nothing at the top level but what people expect there", () => {
  const known = [
    ...["package.json", "package-lock.json", "tsconfig.json", "vite.config.ts", "biome.json", "index.html"],
    ...["src", "public", "workers", "test"],
    ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "SECURITY.md", "CITATION.cff", "docs"],
    ...[".git", ".gitignore", ".gitattributes", ".editorconfig", ".nvmrc", ".npmrc", ".ci", ".github"],
    // What git ignores.
    ...["node_modules", "dist", "build", "data", "checkpoints", "coverage", ".vscode", ".idea", ".DS_Store"],
  ];
  const isLog = (name: string) => name.endsWith(".log") || name.endsWith(".tgz");
  expect(readdirSync(root).filter((name) => !known.includes(name) && !isLog(name))).toEqual([]);
});
