// The studio's page as a test drives it: by what a person sees and can press.

import { readFile } from "node:fs/promises";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { expect } from "vitest";
import { launchChromium } from "../../src/cli/chromium.ts";
import { configure, showView } from "../../src/cli/studioPage.ts";
import type { ConfigInput } from "../../src/model/config.ts";
import { DEMO } from "../../src/store/studio.ts";

export interface StudioPage {
  page: Page;
  /** Errors on the console and uncaught ones. */
  errors: string[];
  /** Addresses of everything that was asked for. */
  requests: string[];
  button(name: string): Locator;
  /** Waits until the header says one of these. */
  untilState(...states: string[]): Promise<void>;
  configure(config: ConfigInput): Promise<void>;
  /** Trains a short run from its beginning to "Done", which may be what the run before shows. */
  trainToEnd(config: ConfigInput): Promise<void>;
  makeDemo(rows: number): Promise<void>;
  chooseBackend(name: string): Promise<void>;
  showTab(name: "Overview" | "Curves" | "Numbers"): Promise<void>;
  /** The column of the progressive table, oldest first. */
  progressive(column: string): Promise<number[]>;
  evaluations(column: string): Promise<number[]>;
  /** What stands above the charts, by its name: "Step", "Test AUC". */
  figure(name: string): Promise<string>;
  tensorsAlive(): Promise<number>;
}

/** A model that trains on anything within seconds. */
export const SMALL: ConfigInput = {
  embeddingDim: 4,
  branches: [
    { units: [{ size: 16, order: 2, interaction: "cascade" }] },
    { units: [{ size: 8, order: 3, interaction: "sum" }] },
  ],
  optimizer: { learningRate: 0.01 },
  integers: "bucket",
  batchSize: 256,
  epochs: 2,
};

/** The text of the file that a button saves. */
export async function exported({ page, button }: StudioPage, name: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent("download"), button(name).click()]);
  return readFile((await download.path())!, "utf8");
}

/** Drops a file on the page, beside every place for files. */
export async function dropFile(page: Page, name: string, content: Uint8Array | string): Promise<void> {
  await page.evaluate(
    ([fileName, bytes]) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(bytes)], fileName));
      document
        .querySelector("main")!
        .dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    },
    [name, [...Buffer.from(content)]] as const,
  );
}

/** On a busy machine a race takes longer than Playwright's 30 seconds. */
const STATE_LIMIT_MS = 60_000;
/** A key that has shown nothing until then was lost. */
const KEY_LIMIT_MS = 5000;

/** Gives it the focus, for the keys that follow: what is still folded cannot have it, and a dialog that opens takes it back. */
export async function focusOn(target: Locator): Promise<void> {
  await expect
    .poll(async () => {
      await target.focus();
      return target.evaluate((element) => element === document.activeElement);
    })
    .toBe(true);
}

/** Chooses in a list by keyboard alone; `key` is the arrow that leads there. */
export async function chooseByKeyboard(
  list: Locator,
  option: RegExp,
  key: "ArrowDown" | "ArrowUp" = "ArrowDown",
): Promise<void> {
  const page = list.page();
  await focusOn(list);
  const marked = () => document.querySelector("[data-combobox-selected]")?.textContent ?? "";
  await page.keyboard.press("Enter");
  await page.getByRole("option", { name: option }).waitFor();
  let now = await page.evaluate(marked);
  do {
    await page.keyboard.press(key);
    // The list marks an option when it has drawn: one key more before that would go too far. A list that has just opened clears
    // its mark once, perhaps after a key, which then has to be pressed again.
    await page
      .waitForFunction(
        (before) => (document.querySelector("[data-combobox-selected]")?.textContent ?? "") !== before,
        now,
        { timeout: KEY_LIMIT_MS },
      )
      .catch(() => {});
    now = await page.evaluate(marked);
  } while (!option.test(now));
  await page.keyboard.press("Enter");
}

export interface Visit {
  /** Where Chromium has to be started otherwise than for most tests. */
  browser?: Browser;
  /** Of the demo data that were open on an earlier visit; else it is the first. */
  demoRows?: number;
  /** Sets the browser up before the page is opened. */
  prepare?(context: BrowserContext): Promise<void>;
  /** Whether the service worker keeps the page for visits without a network: a second of CPU each time. */
  isKept?: boolean;
}

const opened: BrowserContext[] = [];

/** All pages that the test which runs has open. */
export function openPages(): Page[] {
  return opened.flatMap((context) => context.pages());
}

let shared: Promise<Browser> | null = null;

/** One Chromium for all files of a process, since starting it takes a second; nothing of a test is left in it. */
function sharedChromium(): Promise<Browser> {
  shared ??= launchChromium().then((browser) =>
    browser.once("disconnected", () => {
      shared = null;
    }),
  );
  return shared;
}

/** Opens the studio for the test that runs: with its end the page is closed. */
export async function openStudio(url: string, visit: Visit = {}): Promise<StudioPage> {
  const { browser = await sharedChromium(), demoRows, prepare, isKept = false } = visit;
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    serviceWorkers: isKept ? "allow" : "block",
    // What moves takes the machine from what is tested.
    reducedMotion: "reduce",
  });
  if (demoRows !== undefined) await noteDemo(context, demoRows);
  await prepare?.(context);
  return openStudioOn(await context.newPage(), url);
}

export async function closeOpened(): Promise<void> {
  await Promise.all(opened.splice(0).map((context) => context.close()));
}

/** As the studio itself notes what is open; what it has noted since stays. */
export async function noteDemo(context: BrowserContext, rows: number): Promise<void> {
  await context.addInitScript(
    (noted) => {
      if (localStorage.getItem("final-studio/dataset") === null)
        localStorage.setItem("final-studio/dataset", noted);
    },
    JSON.stringify({ ...DEMO, rows }),
  );
}

/** The same on a page of a browser that was set up otherwise. */
export async function openStudioOn(page: Page, url: string): Promise<StudioPage> {
  opened.push(page.context());
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(error.message));
  page.context().on("request", (request) => requests.push(request.url()));
  page.setDefaultTimeout(STATE_LIMIT_MS);
  await page.goto(url);

  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const table = (caption: string) =>
    page.locator("table", { has: page.locator("caption", { hasText: caption }) });

  async function untilState(...states: string[]): Promise<void> {
    // Runs of short epochs evaluate nearly all the time.
    const shown = states.map((state) => (state === "Training" ? "Training|Evaluating on \\w+" : state));
    const words = new RegExp(`^(${shown.join("|")})$`);
    await page.getByTestId("state").filter({ hasText: words }).waitFor();
  }
  async function column(caption: string, name: string): Promise<number[]> {
    const cells = table(caption).locator(`td[data-column="${name}"]`);
    return (await cells.allTextContents()).filter((text) => text !== "–").map(Number);
  }

  return {
    page,
    errors,
    requests,
    button,
    untilState,
    configure: (config) => configure(page, config),
    async trainToEnd(config) {
      await configure(page, config);
      const started = page.getByTestId("state").evaluate(
        (state) =>
          new Promise<void>((resolve) => {
            new MutationObserver(() => resolve()).observe(state, { characterData: true, subtree: true });
          }),
      );
      await button("Train").click();
      await started;
      await untilState("Done");
    },
    async makeDemo(rows) {
      await button("Open another data set").click();
      await page.getByLabel("Demo rows").fill(String(rows));
      await button("Make").click();
      await page
        .getByTestId("dataset-summary")
        .getByText(rows.toLocaleString("en-US"), { exact: true })
        .waitFor();
      await button("Open another data set").click();
    },
    async chooseBackend(name) {
      await page.locator("#control-backend").click();
      await page.getByRole("option", { name, exact: true }).click();
    },
    showTab: (name) => showView(page, name),
    progressive: (name) => column("Progressive", name),
    evaluations: (name) => column("Evaluations", name),
    figure: async (name) =>
      (await page.getByTestId("figures").locator(`[data-figure="${name}"] dd > span`).first().textContent())!,
    async tensorsAlive() {
      await button("About this device").click();
      const text = await page.getByTestId("tensors").textContent();
      await page.keyboard.press("Escape");
      return Number(text!.replaceAll(",", ""));
    },
  };
}
