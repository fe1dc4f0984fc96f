// bench --suite=page: how long the page's own thread is held up while the worker trains on WASM. Production build,
// headless Chromium, demo data; the browser's own trace gives the duration of every task.

import { rm } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { preset } from "../../model/presets.ts";
import { buildPage, servePage } from "../builtPage.ts";
import { launchChromium } from "../chromium.ts";
import { say } from "../log.ts";
import { configure } from "../studioPage.ts";
import { benchLoad, type LoadFigures } from "./loadPage.ts";
import { benchRuns, type RunsFigures } from "./runsPage.ts";

const TRAINING_MS = 20_000;
const READY_LIMIT_MS = 60_000;
/** Shorter tasks are the browser's bookkeeping; counting them would only flatter the percentile. */
const LEAST_TASK_MS = 1;
const AIMS = { p95Ms: 50, maxMs: 100, clickToPaintMs: 200 };
const TABS = ["Data", "Compare", "Evaluate", "Overview", "Training"];

export interface PageFigures {
  /** A first visit. */
  load: LoadFigures;
  trainedSeconds: number;
  /** Tasks of the page's main thread that took at least a millisecond. */
  tasks: number;
  p95Ms: number;
  maxMs: number;
  /** Tasks over 50 ms, which the web's own measures call long. */
  longTasks: number;
  /** The longest task in processor time: what is left of maxMs when nothing else wants the processor. */
  maxCpuMs: number;
  /** From a click on a tab until it is painted, while the worker trains: the browser's own event timing, of each tab. */
  clickToPaintMs: number[];
  /** Share of the time that the main thread was busy. */
  busyShare: number;
  /** As the page shows it. */
  rowsPerSecond: string;
  aims: typeof AIMS;
  passed: boolean;
  /** Fifty kept runs on the same page. */
  runs: RunsFigures;
}

/** Trains the demo for twenty seconds, with every chart on show, and measures the page's tasks. */
export async function benchPage(): Promise<PageFigures> {
  say("building the page");
  const folder = await buildPage();
  const served = await servePage(folder);
  const browser = await launchChromium();
  try {
    say("opening the page");
    const load = await benchLoad(browser, served.url);
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(served.url);
    await prepare(page);
    say(`training for ${TRAINING_MS / 1000} s`);
    const tasks = await traceTasks(browser, page, async () => {
      await page.getByRole("button", { name: "Train", exact: true }).click();
      await page.waitForTimeout(TRAINING_MS);
    });
    say("clicking through the tabs");
    const clickToPaintMs = await clickTabs(page);
    const rowsPerSecond = await page.locator("[data-figure='Rows/s'] dd > span:first-child").textContent();
    await page.close();
    say("opening fifty runs");
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const runs = await benchRuns(await context.newPage(), served.url);
    return { load, ...figures(tasks), clickToPaintMs, rowsPerSecond: rowsPerSecond ?? "", runs };
  } finally {
    await browser.close();
    await served.close();
    await rm(folder, { recursive: true });
  }
}

/** Opens the demo, and a run long enough, on WASM. */
async function prepare(page: Page): Promise<void> {
  const config = { ...preset("demo"), epochs: 1000 };
  await page
    .getByRole("button", { name: "Train", exact: true, disabled: false })
    .waitFor({ timeout: READY_LIMIT_MS });
  await configure(page, config);
  await page.locator("#control-backend").click();
  await page.getByRole("option", { name: "WASM", exact: true }).click();
}

/** Clicks on each tab, and waits until the browser has said how long that took; 0 for what took less than it reports. */
async function clickTabs(page: Page): Promise<number[]> {
  await page.evaluate(() => {
    const clicks: number[] = [];
    Object.assign(globalThis, { clicks });
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) if (name === "click") clicks.push(duration);
    }).observe({ type: "event", durationThreshold: 16 } as PerformanceObserverInit);
  });
  const taken: number[] = [];
  for (const name of TABS) {
    const tab = page.getByRole("tab", { name, exact: true });
    // The page of version 0.1.0 has other tabs.
    if ((await tab.count()) === 0) continue;
    await tab.click();
    await page.waitForTimeout(1000);
    const clicks = await page.evaluate(() =>
      (globalThis as unknown as { clicks: number[] }).clicks.splice(0),
    );
    taken.push(Math.max(0, ...clicks));
  }
  return taken;
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds: by the clock, and of the processor. */
  dur?: number;
  tdur?: number;
  args?: { name?: string };
}

/** How long a task took by the clock, and of the processor. */
interface Task {
  ms: number;
  cpuMs: number;
}

/** Every task that the page's main thread did during `work`. */
async function traceTasks(browser: Browser, page: Page, work: () => Promise<void>): Promise<Task[]> {
  await browser.startTracing(page, {
    categories: ["__metadata", "toplevel", "devtools.timeline", "disabled-by-default-devtools.timeline"],
  });
  await work();
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[];
  };
  const mainThreads = traceEvents
    .filter(({ name, args }) => name === "thread_name" && args?.name === "CrRendererMain")
    .map(({ pid, tid }) => traceEvents.filter((event) => event.pid === pid && event.tid === tid))
    .map((events) =>
      events
        .filter(({ name, ph }) => name === "RunTask" && ph === "X")
        .map(({ dur = 0, tdur = 0 }) => ({ ms: dur / 1000, cpuMs: tdur / 1000 })),
    );
  // Chromium keeps a spare renderer; the page's is the busy one.
  return mainThreads.sort((a, b) => totalMs(b) - totalMs(a))[0] ?? [];
}

function figures(all: Task[]): Omit<PageFigures, "load" | "clickToPaintMs" | "rowsPerSecond" | "runs"> {
  const tasks = all.filter(({ ms }) => ms >= LEAST_TASK_MS).sort((a, b) => a.ms - b.ms);
  const p95Ms = round(tasks[Math.floor(0.95 * (tasks.length - 1))]?.ms ?? 0);
  const maxMs = round(tasks.at(-1)?.ms ?? 0);
  return {
    trainedSeconds: TRAINING_MS / 1000,
    tasks: tasks.length,
    p95Ms,
    maxMs,
    longTasks: tasks.filter(({ ms }) => ms > 50).length,
    maxCpuMs: round(Math.max(0, ...tasks.map(({ cpuMs }) => cpuMs))),
    busyShare: round(totalMs(all) / TRAINING_MS),
    aims: AIMS,
    passed: tasks.length > 0 && p95Ms <= AIMS.p95Ms && maxMs <= AIMS.maxMs,
  };
}

function totalMs(tasks: Task[]): number {
  return tasks.reduce((total, { ms }) => total + ms, 0);
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
