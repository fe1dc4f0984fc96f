import { defineConfig } from "vitest/config";

// The built page in real Chromium. One file after another: each browser needs the whole machine.
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/browser/*.test.ts"],
    globalSetup: ["test/browser/serve.ts"],
    setupFiles: ["test/browser/pages.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
