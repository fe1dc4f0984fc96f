import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { demoFiles } from "./src/cli/demoFiles.ts";
import { developmentPolicy, isolation, servedPage } from "./src/cli/pageServer.ts";
import { tfjsParts } from "./src/cli/tfjsParts.ts";
import { tfjsThreads } from "./src/cli/tfjsThreads.ts";

export default defineConfig({
  base: "./",
  plugins: [react(), servedPage(), developmentPolicy(), demoFiles()],
  worker: { format: "es", plugins: () => [tfjsParts(), tfjsThreads()] },
  // PostCSS warns of every `composes` from another file.
  css: { transformer: "lightningcss" },
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 4000, sourcemap: true },
  server: { headers: isolation },
  preview: { headers: isolation },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/browser/**", "**/node_modules/**"],
    environment: "node",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Left out, one core is kept free, which of two is half.
    maxWorkers: "100%",
  },
});
