// The branches against each other and their fusion, in real Chromium: a slider back through the evaluations.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { launchChromium } from "../../src/cli/chromium.ts";
import { showView } from "../../src/cli/studioPage.ts";
import { expectAccessible } from "./axe.ts";
import { openStudio, SMALL } from "./studioPage.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

it("shows every evaluation of the branches", async () => {
  const { page, button, errors, untilState, configure } = await openStudio(browser, inject("rootUrl"), {
    demoRows: 40_000,
  });
  await untilState("Ready to train");
  await showView(page, "Branches");
  await page.getByText("After each evaluation of the test split").waitFor();
  await configure({ ...SMALL, epochs: 2 });
  await button("Train").click();
  await untilState("Done");
  await showView(page, "Branches");
  const shown = page.getByTestId("inspected");
  const newest = (await shown.textContent())!;
  const [, count] = /^Evaluation (\d+) of \1:/.exec(newest)!;
  expect(Number(count)).toBeGreaterThan(2);
  const copc = await page.getByTestId("copc").allTextContents();
  expect(copc).toHaveLength(3);
  for (const value of copc) expect(Number(value)).toBeGreaterThan(0.5);
  expect(await page.locator('[data-chart="gain"] path.line').count()).toBe(3);

  await page.getByRole("slider", { name: "Evaluation" }).focus();
  await page.keyboard.press("Home");
  await shown.filter({ hasText: `Evaluation 1 of ${count}` }).waitFor();
  expect(await page.getByTestId("copc").allTextContents()).not.toEqual(copc);

  await expectAccessible({ page }, "an evaluation");
  expect(errors).toEqual([]);
});
