// Who may import whom: the table of the rooms, held against every import line, types included.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { expect, it } from "vitest";

const root = resolve(import.meta.dirname, "..");

// Each room, from the first to the last, and what it may import besides itself. Packages are named as they are.
const rooms: Record<string, string[]> = {
  base: [],
  metrics: ["base"],
  shards: ["base", "hyparquet", "hyparquet-writer", "hysnappy", "zod"],
  // What the page shows of a data set: types only.
  "preprocess/inspection": ["base"],
  // What a person may choose for a data set: the page refuses what the command line does.
  "preprocess/rules": ["base", "shards"],
  preprocess: [
    "base",
    "metrics",
    "shards",
    "preprocess/inspection",
    "preprocess/rules",
    "hyparquet",
    "hyparquet-compressors",
    "hyparquet-writer",
    "h5wasm",
    "pako",
    "zod",
  ],
  // Data sets on the device: the browser's side of preprocessing.
  datasets: [
    "base",
    "shards",
    "preprocess",
    "preprocess/inspection",
    "preprocess/rules",
    "datasets/requests",
    "client-zip",
  ],
  "model/config": ["base", "zod"],
  model: ["base", "tfjs"],
  // The engine's vocabulary is types only: runs, checkpoint and requests may speak it.
  "engine/engine": ["base"],
  // Who competes in an arena, and the ready questions.
  arena: ["base", "model/config"],
  // What a build runs, not the product.
  build: ["node:", "vite"],
  engine: ["base", "model", "model/config", "engine/engine", "tfjs"],
  runs: ["base", "arena", "metrics", "model/config", "engine/engine", "zod"],
  checkpoint: ["base", "model/config", "engine/engine", "runs", "shards", "zod"],
  train: [
    "base",
    "arena",
    "metrics",
    "shards",
    "preprocess",
    "model",
    "model/config",
    "engine",
    "engine/engine",
    "checkpoint",
    "runs",
    "datasets/requests",
    "train/requests",
    "datasets",
    "tfjs",
    "zod",
  ],
  // What the page asks of its workers: types only.
  "datasets/requests": ["base", "shards", "preprocess/inspection", "preprocess/rules"],
  "train/requests": [
    "base",
    "arena",
    "metrics",
    "model/config",
    "engine/engine",
    "runs",
    "checkpoint",
    "datasets/requests",
  ],
  store: [
    "base",
    "arena",
    "datasets/requests",
    "train/requests",
    "model/config",
    "metrics",
    "runs",
    "engine/engine",
    "preprocess/inspection",
    "client-zip",
    "zustand",
    "idb",
    "zod",
  ],
  ui: [
    "base",
    "arena",
    "store",
    "datasets/requests",
    "train/requests",
    "model/config",
    "metrics",
    "runs",
    "engine/engine",
    "preprocess/inspection",
    "preprocess/rules",
    "react",
    "react-dom",
    "recharts",
    "zustand",
    "@mantine",
  ],
  cli: [
    "base",
    "arena",
    "metrics",
    "shards",
    "preprocess",
    "model",
    "model/config",
    "engine",
    "engine/engine",
    "preprocess/rules",
    "checkpoint",
    "train",
    "runs",
    "datasets/requests",
    "train/requests",
    "datasets",
    "tfjs",
    "node:",
    "zod",
    "playwright-core",
    "webgpu",
    "esbuild",
    "vite",
    "hyparquet",
    "hyparquet-writer",
  ],
  main: [
    "base",
    "datasets/requests",
    "train/requests",
    "store",
    "ui",
    "model/config",
    "react",
    "react-dom",
    "@mantine",
  ],
};

/** Files that lie in a room of their own, because more may import them than the rest of their folder. */
const ownRooms: Record<string, string> = {
  "model/config.ts": "model/config",
  "model/presets.ts": "model/config",
  "engine/engine.ts": "engine/engine",
  "engine/wasm/threads.ts": "build",
  "datasets/requests.ts": "datasets/requests",
  "train/requests.ts": "train/requests",
  "preprocess/inspection.ts": "preprocess/inspection",
  "preprocess/rules.ts": "preprocess/rules",
  "main.tsx": "main",
};

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .filter((name) => !name.includes(`wasm${sep}kernels`))
    .map((name) => join(folder, name));
}

function roomOf(path: string): string {
  const name = relative(join(root, "src"), path).split(sep).join("/");
  return ownRooms[name] ?? name.split("/")[0]!;
}

/** The room or package that an import line leads to; null for what has no room (build products, type packages). */
function target(from: string, specifier: string): string | null {
  const name = specifier.replace(/\?.*$/, "");
  if (name.startsWith(".")) return /\.(wasm|css|json)$/.test(name) ? null : roomOf(resolve(from, "..", name));
  if (name.startsWith("node:")) return "node:";
  if (name.startsWith("@tensorflow/") || name === "@webgpu/types") return "tfjs";
  const parts = name.split("/");
  return parts[0]!;
}

function imports(path: string): string[] {
  const text = readFileSync(path, "utf8");
  return [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s+["']([^"']+)["']|import\(\s*["']([^"']+)["']/g,
    ),
  ].map((match) => (match[1] ?? match[2])!);
}

it("lets each room import only from the rooms above it", () => {
  const trespasses = sourceFiles(join(root, "src")).flatMap((path) => {
    const room = roomOf(path);
    const allowed = rooms[room];
    if (!allowed) return [`${relative(root, path)} lies in no room`];
    return imports(path)
      .map((specifier) => ({ specifier, to: target(path, specifier) }))
      .filter(({ to }) => to !== null && to !== room && !allowed.includes(to))
      .filter(({ to }) => !(room.startsWith("model") && to!.startsWith("model")))
      .map(
        ({ specifier }) =>
          `${relative(root, path)} imports ${specifier}: ${room} may import ${allowed.join(", ")}`,
      );
  });
  expect(trespasses).toEqual([]);
});

it("says `new Worker` in main.tsx and, for Node's threads, in the command line only", () => {
  const makers = sourceFiles(join(root, "src"))
    .filter((path) => /new Worker\(/.test(readFileSync(path, "utf8")))
    .filter((path) => !["main", "cli"].includes(roomOf(path)));
  expect(makers).toEqual([]);
});

it("keeps the worker entry points thin", () => {
  for (const path of sourceFiles(join(root, "workers")))
    expect(readFileSync(path, "utf8").split("\n").length, path).toBeLessThan(40);
});

it("has the agreed top level", () => {
  const known = [
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "index.html",
    "src",
    "public",
    "workers",
    "test",
    "vite.config.ts",
    "biome.json",
    "README.md",
    "LICENSE",
    ".gitignore",
    ".ci",
    ".git",
    "node_modules",
    "dist",
  ];
  expect(readdirSync(root).filter((name) => !known.includes(name))).toEqual([]);
});
