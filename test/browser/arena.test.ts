// The arena in real Chromium: a ready question to its verdict, by keyboard alone, and without an axe violation.

import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { launchChromium } from "../../src/cli/chromium.ts";
import { openStudio, SMALL } from "./studioPage.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

const stateOf = (page: Page) => page.getByTestId("arena-state");

async function expectAccessible(page: Page, state: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  expect(told, state).toEqual([]);
}

it.each(["light", "dark"] as const)(
  "goes from a question to a verdict by keyboard alone, %s",
  async (colorScheme) => {
    const { page, errors, untilState, configure } = await openStudio(browser, inject("rootUrl"), {
      colorScheme,
    });
    await untilState("Ready to train");
    await configure({ ...SMALL, epochs: 1 });
    // The keyboard reaches the tab, the question and the buttons; each is focused, then only keys are pressed.
    await page.getByRole("tab", { name: "Overview" }).focus();
    while (!(await page.getByRole("tab", { name: "Arena", selected: true }).isVisible()))
      await page.keyboard.press("ArrowRight");
    await expectAccessible(page, "nothing chosen");
    await page.getByRole("combobox", { name: "Ready question" }).focus();
    await page.keyboard.press("Enter");
    // A key pressed before the list is open goes nowhere.
    await page.getByRole("option", { name: /^Which order/ }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await page.getByLabel("Name of member 3").inputValue()).toBe("Order 3");
    await page.getByRole("button", { name: "Start arena" }).focus();
    await page.keyboard.press("Enter");
    await stateOf(page)
      .filter({ hasText: /^Done: seed 1 of 1, step (\d+) of \1$/ })
      .waitFor();
    const sentences = await page.getByTestId("verdict").allTextContents();
    expect(sentences).toHaveLength(3);
    for (const sentence of sentences)
      expect(sentence).toMatch(/log loss .*on the same [\d,]+ rows \(ΔAUC [+−]/);
    await expectAccessible(page, "verdict");
    expect(errors).toEqual([]);
  },
);

it("compares an edited configuration with the one before over three seeds, pausing on the way", async () => {
  const { page, button, errors, untilState, configure } = await openStudio(browser, inject("subPathUrl"));
  await untilState("Ready to train");
  await page.getByRole("tab", { name: "Arena" }).click();
  for (const learningRate of [0.01, 0.0001]) {
    await configure({ ...SMALL, epochs: 1, optimizer: { learningRate } });
    await button("Add this configuration").click();
  }
  await page.getByText("learning rate 0.01 → 0.0001").waitFor();
  await page.getByText("× 3 seeds").click();
  await button("Start arena").click();
  await button("Pause arena").click();
  await stateOf(page)
    .filter({ hasText: /^Paused/ })
    .waitFor();
  const paused = await stateOf(page).textContent();
  await page.waitForTimeout(400);
  expect(await stateOf(page).textContent()).toBe(paused);
  await expectAccessible(page, "paused");
  await button("Resume arena").click();
  await stateOf(page)
    .filter({ hasText: /^Done: seed 3 of 3/ })
    .waitFor();
  expect(await page.getByTestId("verdict").textContent()).toMatch(
    /^Configuration A is better than B by 0\.\d+ ± 0\.\d+ log loss over 3 seeds of the same [\d,]+ rows each/,
  );
  await page.getByText("so few seeds prove only large differences").waitFor();
  await page.getByText("Each seed by itself").click();
  expect(await page.getByText("this run beat that run").count()).toBe(3);
  expect(errors).toEqual([]);
});
