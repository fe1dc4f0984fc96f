import { defineConfig } from "vitest/config";

// The built page in real Chromium. Two files side by side: while one page waits, draws or is scanned on its one thread, the
// other's has the second core.
export default defineConfig({
  test: {
    root: new URL("../..", import.meta.url).pathname,
    include: ["test/browser/*.test.ts"],
    globalSetup: ["test/browser/serve.ts"],
    setupFiles: ["test/browser/pages.ts"],
    environment: "node",
    maxWorkers: 2,
    // Files share their processes, so that playwright and the sources are loaded twice, not once a file.
    isolate: false,
    testTimeout: 240_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
