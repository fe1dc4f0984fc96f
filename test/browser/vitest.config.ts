import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** 25 seconds each, or more. They begin first: one that began last would leave the other core idle to its end. */
const LONGEST = [
  "sessions",
  "arena",
  "import",
  "queue",
  "runs",
  "sessionsFaults",
  "overview",
  "fast",
  "branches",
  "accessibility",
  "golden",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));
      return index < 0 ? LONGEST.length : index;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

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
    sequence: { sequencer: LongestFirst },
    // Files share their processes, so that playwright and the sources are loaded twice, not once a file.
    isolate: false,
    testTimeout: 240_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
