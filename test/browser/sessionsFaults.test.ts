// Faults of the browser around a run, each made to happen: a tab that nobody sees, a browser that keeps nothing, a
// model that has no room.

import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, Page } from "playwright-core";
import { afterEach, beforeEach, expect, inject, it } from "vitest";
import { orThrow } from "../../src/base/result.ts";
import { decodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { launchChromiumProfile } from "../../src/cli/chromium.ts";
import { showView } from "../../src/cli/studioPage.ts";
import { noteDemo, openStudioOn, SMALL, type StudioPage } from "./studioPage.ts";

let folder: string;
let context: BrowserContext | null = null;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "faults-"));
});
afterEach(async () => {
  await context?.close();
  context = null;
  await rm(folder, { recursive: true });
});

const ROWS = 20_000;
/** Frames within 400 ms that distinguish a tab in front from one behind. */
const BEHIND = 5;
const LONG = { ...SMALL, epochs: 1000, batchSize: 64 };

/** A browser with a profile of its own, whose pages are tabs of one window, throttled when hidden like a person's. */
async function openBrowser(preferences?: object): Promise<StudioPage> {
  await mkdir(join(folder, "Default"));
  await writeFile(join(folder, "Default", "Preferences"), JSON.stringify(preferences ?? {}));
  context = await launchChromiumProfile(folder);
  // Where it may keep nothing it cannot be noted.
  if (!preferences) await noteDemo(context, ROWS);
  const studio = await openStudioOn(context.pages()[0]!, inject("rootUrl"));
  await studio.untilState("Ready to train");
  if (preferences) await studio.makeDemo(ROWS);
  await studio.chooseBackend("WASM");
  await studio.configure(LONG);
  return studio;
}

async function stepOf(studio: StudioPage): Promise<number> {
  return Number((await studio.figure("Step")).replaceAll(",", ""));
}

/** Frames that the page draws within 400 ms. */
function framesOf(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let frames = -1;
        (function count() {
          frames++;
          requestAnimationFrame(count);
        })();
        setTimeout(() => resolve(frames), 400);
      }),
  );
}

/** Playwright makes every page believe that it is in front. */
async function stopPretending(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setFocusEmulationEnabled", { enabled: false });
}

it("trains and saves on behind another tab, draws nothing there, and catches up on return", async () => {
  const studio = await openBrowser();
  const { page } = studio;
  // A hundredth of it is hundreds of steps.
  await studio.configure({ ...LONG, epochs: 300 });
  await studio.button("Train").click();
  await studio.untilState("Training");
  await stopPretending(page);
  const other = await page.context().newPage();
  await stopPretending(other);
  await other.bringToFront();
  // A tab in front draws 25 and more; behind, a new title, which says how far training is, may bring a frame.
  await expect.poll(() => framesOf(page)).toBeLessThan(BEHIND);
  const hiddenAt = await stepOf(studio);
  // The title alone says behind how far training is.
  const percent = async () => Number(/(\d+) %/.exec(await page.title())?.[1]);
  await expect.poll(percent).toBeGreaterThanOrEqual(0);
  const before = await percent();
  await expect.poll(percent).toBeGreaterThan(before + 1);
  expect(await framesOf(page)).toBeLessThan(BEHIND);

  await page.bringToFront();
  await expect.poll(() => framesOf(page)).toBeGreaterThan(BEHIND);
  const steps = (await stepOf(studio)) - hiddenAt;
  expect(steps).toBeGreaterThan(100);
  await page.getByTestId("last-save").waitFor();
  await studio.button("Stop").click();
  await studio.untilState("Stopped");
  // What came while nobody looked is on the curves too.
  await studio.showTab("Numbers");
  const last = (await stepOf(studio)).toLocaleString("en-US");
  await page.getByRole("rowheader", { name: last, exact: true }).first().waitFor();
  expect(studio.errors).toEqual([]);
});

it("trains in a browser that keeps nothing, says so once, and gives the checkpoint out", async () => {
  // What "block all site data" and some private windows do: every storage refuses.
  const studio = await openBrowser({ profile: { default_content_setting_values: { cookies: 2 } } });
  const { page } = studio;
  const notice = page.locator('[data-problem="storage-missing"]');
  expect(await notice.textContent()).toMatch(
    /keeps nothing for this page \(.*\), so runs are lost.*download/s,
  );
  await studio.configure({ ...LONG, epochs: 1 });
  await studio.button("Train").click();
  await studio.untilState("Done");
  expect(await notice.count()).toBe(1);
  const [download] = await Promise.all([page.waitForEvent("download"), studio.button("Download").click()]);
  const bytes = new Uint8Array(await readFile(await download.path()));
  const { progress } = orThrow(decodeCheckpoint(bytes, "download"));
  expect(progress).toMatchObject({ ended: "completed", step: await stepOf(studio) });
  await showView(page, "Runs");
  await page.getByRole("tabpanel").getByText("so runs are lost when it closes").waitFor();
});

it("says what a model needs that has no room, and the run before continues from where it was", async () => {
  const studio = await openBrowser();
  const { page } = studio;
  await studio.button("Train").click();
  await studio.untilState("Training");
  await expect.poll(() => stepOf(studio)).toBeGreaterThan(20);
  await studio.button("Stop").click();
  await studio.untilState("Stopped");
  const step = await stepOf(studio);

  const huge = { ...SMALL, embeddingDim: 512, branches: [{ units: [{ size: 8192, order: 2 }] }] };
  for (const backend of ["WASM", "WebGPU"]) {
    await studio.chooseBackend(backend);
    await studio.configure(huge);
    await studio.button("Train").click();
    await studio.untilState("Run failed");
    const notice = page.locator('[data-problem="memory-exhausted"]');
    expect(await notice.textContent()).toMatch(/needs [\d,]+ MB.*Choose a smaller batch/s);
    await studio.button("Dismiss").click();
  }

  await showView(page, "Runs");
  await page.getByRole("button", { name: /^Resume / }).click();
  await studio.untilState("Training");
  await expect.poll(() => stepOf(studio)).toBeGreaterThanOrEqual(step);
  expect(studio.errors).toEqual([]);
});
