import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { tfjsThreads } from "./src/cli/tfjsThreads.ts";

// The headers let WASM use threads (a page must be cross-origin isolated for that); everything works without them.
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

export default defineConfig({
  base: "./",
  plugins: [react()],
  worker: { format: "es", plugins: () => [tfjsThreads()] },
  // PostCSS warns of every `composes` from another file.
  css: { transformer: "lightningcss" },
  build: { target: "es2022", assetsInlineLimit: 0, chunkSizeWarningLimit: 4000 },
  server: { headers: isolation },
  preview: { headers: isolation },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/browser/**", "**/node_modules/**"],
    environment: "node",
    testTimeout: 60_000,
    // Left out, one core is kept free, which of two is half.
    maxWorkers: "100%",
  },
});
