// Kernels that are older than their sources would compute with other parameters than they are called with.
import "./src/cli/buildKernels.mjs";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { demoFiles } from "./src/cli/demoFiles.ts";
import { offlineFiles } from "./src/cli/offlineFiles.ts";
import { developmentPolicy, isolation, servedPage } from "./src/cli/pageServer.ts";
import { tfjsParts } from "./src/cli/tfjsParts.ts";

/**
 * Tests that change their process for others: they mock modules or watch globals; and those whose work is done by processes that
 * they start. They begin first: what begins last leaves the other core idle to its end.
 */
const ALONE = [
  "test/{chaos,fuzz}/*.test.ts",
  "test/cli/{gpu,kit,lostGpu,package,preprocessMessages}.test.ts",
  "test/engine/{adapter,sharedMemory}.test.ts",
  "test/base/rpc.test.ts",
  "test/datasets/looking.test.ts",
  "test/preprocess/{readBlob,workerPool}.test.ts",
  "test/store/{lastSettings,queue}.test.ts",
  "test/train/{lostDevice,run}.test.ts",
];

export default defineConfig({
  base: "./",
  plugins: [react(), servedPage(), developmentPolicy(), demoFiles(), offlineFiles()],
  worker: { format: "es", plugins: () => [tfjsParts()] },
  // PostCSS warns of every `composes` from another file.
  css: { transformer: "lightningcss" },
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 4000, sourcemap: true },
  server: { headers: isolation },
  preview: { headers: isolation },
  test: {
    environment: "node",
    setupFiles: ["test/equality.ts"],
    // A machine with other work may take ten times as long.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
    // Left out, one core is kept free, which of two is half.
    maxWorkers: "100%",
    projects: [
      { extends: true, test: { name: "alone", include: ALONE } },
      {
        extends: true,
        test: {
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: [...ALONE, "test/browser/**"],
          // Files share their processes, so that tfjs and other large modules are loaded once, not a hundred times.
          isolate: false,
        },
      },
    ],
  },
});
