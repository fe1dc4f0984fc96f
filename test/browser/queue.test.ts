// What waits its turn, on the built page: asked, queued, ordered, kept over a reload, trained one after the other.

import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { launchChromium } from "../../src/cli/chromium.ts";
import { showView, trainingWorker } from "../../src/cli/studioPage.ts";
import { expectAccessible } from "./axe.ts";
import { destroyDevices, keepDevices } from "./gpuDevices.ts";
import { openStudio, SMALL } from "./studioPage.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium({ webgpu: true });
});
afterAll(() => browser.close());

/** Long enough that it does not end by itself. */
const ENDLESS = { ...SMALL, epochs: 500, batchSize: 64 };
const waiting = (page: Page) => page.getByTestId("queue").locator("[data-job]").allTextContents();

it("asks before an arena ends, and trains what waits one after the other, after a reload too", async () => {
  const studio = await openStudio(inject("rootUrl"), { browser, demoRows: 20_000 });
  const { page, button, configure, untilState, errors } = studio;
  await untilState("Ready to train");
  await studio.chooseBackend("WASM");
  await configure(ENDLESS);
  await showView(page, "Arena");
  await button("Add this configuration").click();
  await button("Add this configuration").click();
  await button("Start arena").click();
  await untilState("Arena: training");
  await expect.poll(() => page.getByTestId("job-progress").textContent()).toMatch(/^\d+ %, .+ left$/);
  await expect.poll(() => page.title()).toMatch(/^Arena: training, \d+ %, .+ left · FINAL Studio$/);

  await configure({ ...SMALL, epochs: 1 });
  await button("Train").click();
  await page.getByRole("dialog").getByText("The arena ends where it stands").waitFor();
  await button("Keep training").first().click();
  await button("Train").click();
  await button("Add to the queue").click();
  await button("Add to queue").click();
  await button("Train one after the other").click();
  await expect.poll(() => waiting(page)).toHaveLength(4);
  const names = async () => (await waiting(page)).map((text) => text.slice(0, 1));
  expect((await names()).slice(2)).toEqual(["A", "B"]);
  await button("Move B up").press("Enter");
  await expect.poll(async () => (await names()).slice(2)).toEqual(["B", "A"]);
  await button("Remove A from the queue").click();
  await expectAccessible({ page }, "queue", { within: '[aria-labelledby="queue-title"]' });
  const before = await waiting(page);
  expect(before).toHaveLength(3);
  await untilState("Arena: training");

  await page.reload();
  await page.getByTestId("queue-hold").getByText("The page was reloaded").waitFor();
  expect(await waiting(page)).toEqual(before);
  await button("Remove B from the queue").click();
  await untilState("Ready to train");
  await button("Continue the queue").click();
  // Two runs of one epoch, one after the other.
  await page.getByTestId("queue").waitFor({ state: "detached" });
  await untilState("Done");
  await showView(page, "Runs");
  await expect
    .poll(() => page.locator("[data-run]").filter({ hasText: "own configuration" }).count())
    .toBe(2);
  expect(errors).toEqual([]);
});

it("continues with what waits when a run ends, waits for the person when he stops one, and notifies him elsewhere", async () => {
  const { page, button, configure, untilState } = await openStudio(inject("rootUrl"), {
    browser,
    demoRows: 20_000,
    prepare: recordNotifications,
  });
  await untilState("Ready to train");
  await configure(ENDLESS);
  await button("Train").click();
  await untilState("Training");
  await configure({ ...SMALL, epochs: 1 });
  await button("Add to queue").click();
  await button("Stop").click();
  await page.getByTestId("queue-hold").getByText("You stopped what was training").waitFor();
  await untilState("Stopped");
  await button("Notify me when training ends").click();
  await button("Do not notify me when training ends").waitFor();
  await lookElsewhere(page);
  // By an event of its own, since a pointer would bring the page to the front: the short run must not end before it is left.
  await button("Continue the queue").dispatchEvent("click");
  await page.getByTestId("queue").waitFor({ state: "detached" });
  await untilState("Done");
  // What was stopped in front of the person needs no notification.
  await expect.poll(() => notifications(page)).toHaveLength(1);
  expect((await notifications(page))[0]).toMatch(
    /^“own configuration \d+” has ended\. Test AUC 0\.\d{4}, log loss/,
  );
});

/** Allows notifications, and notes the text of each that is made. */
async function recordNotifications(context: BrowserContext): Promise<void> {
  await context.grantPermissions(["notifications"]);
  await context.addInitScript(() => {
    const made: string[] = [];
    globalThis.Notification = class extends Notification {
      constructor(title: string, options?: NotificationOptions) {
        super(title, options);
        made.push(options?.body ?? title);
      }
    };
    Object.assign(globalThis, { made });
  });
}

function notifications(page: Page): Promise<string[]> {
  return page.evaluate(() => (globalThis as unknown as { made: string[] }).made);
}

/** Brings another page to the front. Playwright lets all pages believe that they have the focus, unless it is taken back. */
async function lookElsewhere(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setFocusEmulationEnabled", { enabled: false });
  await (await page.context().newPage()).bringToFront();
}

it("begins the seed of an arena again in the same worker when the GPU is lost", async () => {
  const studio = await openStudio(inject("rootUrl"), { browser, demoRows: 20_000 });
  const { page, button, configure, untilState } = studio;
  await untilState("Ready to train");
  await configure({ ...SMALL, epochs: 20, embeddingDim: 2, batchSize: 512 });
  await studio.chooseBackend("WebGPU");
  const worker = trainingWorker(page)!;
  await keepDevices(worker);
  await showView(page, "Arena");
  await button("Add this configuration").click();
  await button("Add this configuration").click();
  await button("Start arena").click();
  const stepDone = async () =>
    Number(
      (await page.getByTestId("arena-state").textContent())!
        .match(/step ([\d,]+) of/)?.[1]
        ?.replace(",", "") ?? 0,
    );
  await expect.poll(stepDone, { timeout: 60_000 }).toBeGreaterThan(0);
  await button("Pause arena").click();
  await untilState("Arena: paused");
  const lostAt = await stepDone();
  expect(await worker.evaluate(destroyDevices)).toBeGreaterThan(0);
  await button("Resume arena").click();
  await page.locator('[data-problem="arena-device-lost"]').getByText("The arena begins again").waitFor();
  await untilState("Arena: training");
  await expect.poll(stepDone, { timeout: 60_000 }).toBeGreaterThan(lostAt);
  expect(trainingWorker(page)).toBe(worker);
});
