// What earlier versions kept in the browser, opened by this one: every run in one list, silently, with all that it had.

import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { launchChromium } from "../../src/cli/chromium.ts";
import { showView } from "../../src/cli/studioPage.ts";
import { openStudioOn } from "./studioPage.ts";
import { writeProfile } from "./writtenProfile.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

it("takes over a profile of version 0.1.0, and loses nothing", async () => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await writeProfile(page, inject("rootUrl"), "0.1.0");
  const studio = await openStudioOn(page, inject("rootUrl"));
  await studio.untilState("Ready to train");
  const offer = page.locator("[data-offer]");
  expect(await offer.textContent()).toContain("“own configuration 4” on synthetic demo was not finished");
  await showView(page, "Runs");
  // Of its two arena members over three seeds each.
  await expect.poll(() => page.locator("[data-group]").count()).toBe(2);
  await page.getByRole("switch", { name: "Group seeds" }).press("Space");
  await expect.poll(() => page.locator("[data-run]").count()).toBe(10);

  const first = rowOf(page, "The baseline <b>");
  expect(await first.textContent()).toContain("A note\nof two lines");
  expect(await first.textContent()).toContain("the baseline");
  await first
    .locator('[data-column="checkpoint"]')
    .filter({ hasText: /^\d+ kB$/ })
    .waitFor();
  await rowOf(page, "own configuration 2").filter({ hasText: "distillation 1 → 0" }).waitFor();
  expect(await rowOf(page, "own configuration 2").locator('[data-column="checkpoint"]').textContent()).toBe(
    "–",
  );
  // It had been deleted from the table; its checkpoint stayed, and brings its curves along.
  const auc = rowOf(page, "sly fox").locator('[data-column="testAuc"]');
  await auc.filter({ hasText: /^0\.6522/ }).waitFor();
  await expect.poll(() => page.locator('[data-run^="arena-"]').count()).toBe(6);

  await rowOf(page, "own configuration 4")
    .getByRole("button", { name: /^Resume/ })
    .click();
  await page.locator('[data-cut="resumed"]').first().waitFor({ timeout: 60_000 });
  const step = async () => Number((await studio.figure("Step")).replaceAll(",", ""));
  await expect.poll(step, { timeout: 60_000 }).toBeGreaterThan(117);

  await page.reload();
  await studio.untilState("Ready to train");
  await showView(page, "Runs");
  await expect.poll(() => page.locator("[data-run]").count()).toBe(10);
  await showView(page, "Arena");
  await page.getByTestId("verdict").first().waitFor();
  expect(studio.errors).toEqual([]);
  await context.close();
});

/** The row of the run of this name. */
function rowOf(page: Page, name: string) {
  return page
    .locator("[data-run]")
    .filter({ has: page.getByRole("button", { name: `Edit ${name}`, exact: true }) });
}
