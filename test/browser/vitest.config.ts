import { defineConfig } from "vitest/config";

// The built page in real Chromium, two files at a time: while one page waits for the other side, another can work.
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/browser/*.test.ts"],
    globalSetup: ["test/browser/serve.ts"],
    environment: "node",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
