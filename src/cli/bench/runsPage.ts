// Fifty kept runs of 20,000 steps and 13 curves each: how soon they are on the page, how fast it answers, what they take.

import type { Page } from "playwright-core";
import { preset } from "../../model/presets.ts";
import { showView } from "../studioPage.ts";

const RUNS = 50;
const STEPS = 20_000;
const LIMIT_MS = 60_000;
const AIMS = { openMs: 2000, answerMs: 100, megabytes: 300 };

export interface RunsFigures {
  runs: number;
  steps: number;
  /** From the navigation's start until the table and the first chart have all runs. */
  openMs: number;
  /** Median from a click on a run's eye until the first chart was drawn without it, or with it again. */
  answerMs: number;
  /** The page's own memory, workers included. */
  megabytes: number;
  aims: typeof AIMS;
  passed: boolean;
}

/** Fills the page's database, opens the page anew and measures. */
export async function benchRuns(page: Page, url: string): Promise<RunsFigures> {
  // tsx wraps inner functions in a helper of its own, which the page does not have.
  await page.addInitScript({ content: "globalThis.__name = (inner) => inner" });
  await page.goto(url);
  await page.getByRole("tab", { name: "Compare", exact: true }).waitFor();
  await page.evaluate(fill, { runs: RUNS, steps: STEPS, config: preset("demo") });
  await page.reload();
  await showView(page, "Runs");
  const lines = '[data-chart="logLoss"] path.line';
  await page.waitForFunction(
    ({ selector, runs }) => document.querySelectorAll(selector).length >= runs,
    { selector: lines, runs: RUNS },
    { timeout: LIMIT_MS },
  );
  const openMs = Math.round(await page.evaluate(() => performance.now()));
  await page.waitForTimeout(2000);
  const answerMs = await page.evaluate(answers, lines);
  const megabytes = Math.round((await page.evaluate(memoryBytes)) / 1e6);
  const passed = openMs <= AIMS.openMs && answerMs <= AIMS.answerMs && megabytes <= AIMS.megabytes;
  return { runs: RUNS, steps: STEPS, openMs, answerMs, megabytes, aims: AIMS, passed };
}

// The functions below run inside the page.

async function fill({
  runs,
  steps,
  config,
}: {
  runs: number;
  steps: number;
  config: unknown;
}): Promise<void> {
  const opening = indexedDB.open("final-studio-runs");
  await new Promise((resolve, reject) => Object.assign(opening, { onsuccess: resolve, onerror: reject }));
  const heads = ["logLoss0", "logLoss1", "logLossFused", "auc0", "auc1", "aucFused", "fusionGain"];
  const others = ["distillation0", "distillation1", "excess0", "excess1", "total", "l2"];
  const rest = ["bestBranchGap", "teacherEntropy", "learningRate"];
  const column = <Kind extends Float64Array | Float32Array>(make: (step: number) => number, values: Kind) => {
    for (let i = 0; i < steps; i++) values[i] = make(i + 1);
    return values;
  };
  const empty = (names: string[]) => Object.fromEntries(names.map((name) => [name, new Float32Array(0)]));
  const positions = ["rowsSeen", "step", "activeSeconds", "time"];
  const evaluated = empty([...positions, ...heads, "bestBranchGap", "aucLow", "aucHigh"]);
  for (let r = 0; r < runs; r++) {
    const runId = `bench-${r}`;
    const noisy = (step: number) => 0.5 + 0.1 / (1 + step / 500) + 0.02 * Math.sin(step * (r + 1)) + r / 1000;
    const progress = {
      rowsSeen: column((step) => 1024 * step, new Float64Array(steps)),
      step: column((step) => step, new Float64Array(steps)),
      activeSeconds: column((step) => step / 50, new Float64Array(steps)),
      time: column((step) => 1.7e12 + 20 * step, new Float64Array(steps)),
      ...Object.fromEntries(
        [...heads, ...others].map((name) => [name, column(noisy, new Float32Array(steps))]),
      ),
      ...Object.fromEntries(rest.map((name) => [name, column(() => Number.NaN, new Float32Array(steps))])),
    };
    const record = {
      runId,
      name: `run ${r}`,
      note: "",
      tags: [],
      color: r,
      shown: true,
      isBaseline: r === 0,
      startedAt: 1.7e12 + r,
      config,
      data: { name: "bench", identity: "bench", location: null },
      status: "completed",
      backend: "wasm",
      parameterCount: 1,
      step: steps,
      totalSteps: steps,
      rowsSeen: 1024 * steps,
      activeSeconds: steps / 50,
      rowsPerSecond: 51_200,
      results: { best: null, last: null, testAuc: null },
    };
    const transaction = opening.result.transaction(["records", "curves"], "readwrite");
    transaction.objectStore("records").put(record);
    transaction
      .objectStore("curves")
      .put({ branches: 2, progress, valid: evaluated, test: evaluated }, runId);
    await new Promise((resolve) => Object.assign(transaction, { oncomplete: resolve }));
  }
  opening.result.close();
}

async function answers(lines: string): Promise<number> {
  const times: number[] = [];
  const drawn = () => document.querySelectorAll(lines).length;
  for (let i = 0; i < 10; i++) {
    const before = drawn();
    const started = performance.now();
    document.querySelector<HTMLElement>('[data-run="bench-7"] button[aria-label^="Draw"]')!.click();
    while (drawn() === before) await new Promise((resolve) => requestAnimationFrame(resolve));
    times.push(performance.now() - started);
    await new Promise((resolve) => setTimeout(resolve, 800));
  }
  return Math.round(times.sort((a, b) => a - b)[times.length >> 1]!);
}

async function memoryBytes(): Promise<number> {
  // Chromium's own, not in TypeScript's library.
  const measured = await (
    performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> }
  ).measureUserAgentSpecificMemory();
  return measured.bytes;
}
