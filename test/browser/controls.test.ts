// The controls: what cannot work says why where it is wrong, and the keyboard reaches everything.

import { readFile } from "node:fs/promises";
import type { Locator, Page } from "playwright-core";
import { expect, inject, it } from "vitest";
import { trainingWorker } from "../../src/cli/studioPage.ts";
import { focusOn, openStudio, SMALL, type StudioPage } from "./studioPage.ts";

async function opened(): Promise<StudioPage> {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 5000 });
  await studio.untilState("Ready to train");
  return studio;
}

it("checks a configuration at its controls, says what it costs and reaches, and gives it as a file", async () => {
  const studio = await opened();
  await refuseAtTheControl(studio);
  await studio.button("Back to demo").click();
  await editBranches(studio);
  await studio.button("Back to demo").click();
  await saveAndRead(studio);
});

/** Says at the control why a configuration cannot work, and leads there. */
async function refuseAtTheControl({ page, button }: StudioPage): Promise<void> {
  await page.locator("#control-branches-0-units-0-interaction").click();
  await page.getByRole("option", { name: "concat" }).click();
  const size = page.locator("#control-branches-0-units-0-size");
  await size.fill("33");
  await expect.poll(() => described(size)).toContain("cannot cut 33 columns into 2 equal blocks");
  await expect.poll(() => button("Train").isDisabled()).toBe(true);

  await button("Show the control").click();
  await expect.poll(() => size.evaluate((element) => element === document.activeElement)).toBe(true);
  await size.fill("34");
  await expect.poll(() => button("Train").isEnabled()).toBe(true);

  const rate = page.locator("#control-optimizer-learningRate");
  await explainsItself(rate, "How far each update goes.");
  await rate.fill("fast");
  await expect.poll(() => described(rate)).toContain('"fast" is not a number');
  await rate.fill("5e-4");
  await expect.poll(() => button("Train").isEnabled()).toBe(true);
}

/** A control says what it means with the focus, until Escape. */
async function explainsItself(control: Locator, words: string): Promise<void> {
  const page = control.page();
  await focusOn(control);
  const explanation = page.getByRole("tooltip").filter({ hasText: words });
  await explanation.waitFor();
  await page.keyboard.press("Escape");
  await explanation.waitFor({ state: "detached" });
}

async function editBranches({ page, button }: StudioPage): Promise<void> {
  const facts = page.getByTestId("model-facts");
  const says = (text: string) => facts.filter({ hasText: text }).waitFor();
  await says("branch 2: up to degree 3");
  await button("Add a unit").click();
  await says("branch 1: up to degree 8");
  await button("Move unit 3 up").click();
  await button("Remove unit 1").click();
  await expect.poll(() => page.locator("#control-branches-0-units-0-size").inputValue()).toBe("16");
  await button("Add a branch").click();
  await says("branch 3: up to degree 4");
  await page.getByLabel("Feature gating before the first unit").check();
  await says("branch 3: up to degree 8");
  for (const branch of [3, 2]) await button(`Remove branch ${branch}`).click();
  await facts.filter({ hasNotText: "branch 2" }).waitFor();
}

/** Gives the configuration as a file that it reads again. */
async function saveAndRead(studio: StudioPage): Promise<void> {
  const { page, button } = studio;
  await page.locator("#control-embeddingDim").fill("7");
  await button("Configuration file").click();
  const [download] = await Promise.all([page.waitForEvent("download"), button("Export JSON").click()]);
  const saved = JSON.parse(await readFile((await download.path())!, "utf8"));
  expect(saved).toMatchObject({ embeddingDim: 7, branches: [{}, {}] });
  await studio.configure({ ...saved, embeddingDim: 9 });
  await expect.poll(() => page.locator("#control-embeddingDim").inputValue()).toBe("9");
}

it("trains, pauses and stops by keyboard alone, and offers to restart a worker that died", async () => {
  const studio = await opened();
  await trainByKeyboard(studio);
  await restartWorker(studio);
});

async function trainByKeyboard(studio: StudioPage): Promise<void> {
  const { page, button, untilState } = studio;
  await page.keyboard.press("Tab");
  await page.getByRole("link", { name: "Skip to training" }).and(page.locator(":focus")).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await button("Train").and(page.locator(":focus")).waitFor();
  // It must not end before Tab has come to the last button.
  await studio.configure({ ...SMALL, epochs: 1000 });
  await page.locator("body").click({ position: { x: 700, y: 5 } });
  await tabTo(page, "Train");
  await page.keyboard.press("Enter");
  await untilState("Training");
  await tabTo(page, "Pause");
  await page.keyboard.press("Space");
  await untilState("Paused");
  await tabTo(page, "Step once");
  await page.keyboard.press("Enter");
  await untilState("Paused");
  await tabTo(page, "Stop");
  await page.keyboard.press("Enter");
  await untilState("Stopped");
  expect(studio.errors).toEqual([]);
}

async function restartWorker(studio: StudioPage): Promise<void> {
  const { page, button, untilState } = studio;
  await button("Train").click();
  await untilState("Training");
  // A worker may be silent for minutes before its first step: until then nobody would call it dead.
  await expect.poll(async () => Number(await studio.figure("Step").catch(() => 0))).toBeGreaterThan(0);
  await trainingWorker(page)!.evaluate(() => self.close());
  await untilState("Worker stopped");
  await button("Restart the worker").click();
  await untilState("Ready to train", "Run failed");
  await expect.poll(() => button("Train").isEnabled(), { timeout: 30_000 }).toBe(true);
  await button("Train").click();
  await untilState("Training");
}

/** What a screen reader adds to a field: its error. */
function described(field: ReturnType<Page["locator"]>): Promise<string> {
  return field.evaluate((element) =>
    (element.getAttribute("aria-describedby") ?? "")
      .split(" ")
      .map((id) => document.getElementById(id)?.textContent ?? "")
      .join(" "),
  );
}

/** Presses Tab until the button of that name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 150; presses++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => document.activeElement?.textContent);
    if (focused === name) return;
  }
  throw new Error(`the keyboard does not reach ${name}`);
}
