// How soon the page is there for a first visitor: its first paint, Train ready, what moves, what is loaded.

import type { Browser, Page } from "playwright-core";

const LOADS = 3;
const LIMIT_MS = 60_000;
/** What comes after Train is ready may still move the page. */
const SETTLING_MS = 2000;
const AIMS = {
  firstPaintMs: 1000,
  readyMs: 3000,
  layoutShift: 0.05,
  longestTaskMs: 150,
  scriptKilobytes: 200,
};

export interface LoadFigures {
  /** First contentful paint, from the navigation's start. */
  firstPaintMs: number;
  /** Until Train can be pressed. */
  readyMs: number;
  /** Cumulative, over the time until a moment after that. */
  layoutShift: number;
  longestTaskMs: number;
  /** Compressed, of the script that the page names in its HTML; the parts it shares with tabs are in `allKilobytes`. */
  scriptKilobytes: number;
  /** All scripts and styles that the first paint waits for, compressed. */
  allKilobytes: number;
  aims: typeof AIMS;
}

/** Medians of three first visits, each with an empty cache and an empty storage. */
export async function benchLoad(browser: Browser, url: string): Promise<LoadFigures> {
  const loads: Omit<LoadFigures, "aims">[] = [];
  for (let i = 0; i < LOADS; i++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    loads.push(await loadOnce(await context.newPage(), url));
    await context.close();
  }
  const median = (pick: (load: Omit<LoadFigures, "aims">) => number) =>
    loads.map(pick).sort((a, b) => a - b)[LOADS >> 1]!;
  return {
    firstPaintMs: median((load) => load.firstPaintMs),
    readyMs: median((load) => load.readyMs),
    layoutShift: median((load) => load.layoutShift),
    longestTaskMs: median((load) => load.longestTaskMs),
    scriptKilobytes: median((load) => load.scriptKilobytes),
    allKilobytes: median((load) => load.allKilobytes),
    aims: AIMS,
  };
}

/** What the page's own observers have gathered. */
interface Observed {
  shift: number;
  longest: number;
}

async function loadOnce(page: Page, url: string): Promise<Omit<LoadFigures, "aims">> {
  // tsx wraps inner functions in a helper of its own, which the page does not have.
  await page.addInitScript({ content: "globalThis.__name = (inner) => inner" });
  await page.addInitScript(() => {
    const observed = { shift: 0, longest: 0 };
    Object.assign(globalThis, { observed });
    type Shift = PerformanceEntry & { value: number; hadRecentInput: boolean };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[])
        if (!entry.hadRecentInput) observed.shift += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) observed.longest = Math.max(observed.longest, duration);
    }).observe({ type: "longtask", buffered: true });
  });
  await page.goto(url);
  await page
    .getByRole("button", { name: "Train", exact: true, disabled: false })
    .waitFor({ timeout: LIMIT_MS });
  const readyMs = await page.evaluate(() => performance.now());
  await page.waitForTimeout(SETTLING_MS);
  const figures = await page.evaluate(() => {
    const { observed } = globalThis as unknown as { observed: Observed };
    const named = [...document.head.querySelectorAll<HTMLScriptElement>("script[src]")].map(({ src }) => src);
    const preloaded = [
      ...document.head.querySelectorAll<HTMLLinkElement>('link[rel="modulepreload"], link[rel="stylesheet"]'),
    ].map(({ href }) => href);
    const entries = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const bytesOf = (addresses: string[]) =>
      entries
        .filter(({ name }) => addresses.includes(name))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
    return {
      ...observed,
      paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
      script: bytesOf(named),
      all: bytesOf([...named, ...preloaded]),
    };
  });
  return {
    firstPaintMs: Math.round(figures.paint),
    readyMs: Math.round(readyMs),
    layoutShift: Number(figures.shift.toFixed(3)),
    longestTaskMs: Math.round(figures.longest),
    scriptKilobytes: Math.round(figures.script / 1000),
    allKilobytes: Math.round(figures.all / 1000),
  };
}
