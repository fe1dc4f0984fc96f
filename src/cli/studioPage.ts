// The built page as commands drive it: by what a person sees and can press.

import type { Page, Worker } from "playwright-core";
import type { ConfigInput } from "../model/config.ts";

/** Opens the page, waits until it can train, and gives it a configuration. */
export async function openPage(page: Page, url: string, config: ConfigInput): Promise<Page> {
  await page.goto(url);
  await untilState(page, "Ready to train");
  await configure(page, config);
  return page;
}

/**
 * Gives the page a configuration, as the file that a person would choose, and waits until its controls show the numbers, or a
 * problem is on show. What is typed in the control that has the focus stays.
 */
export async function configure(page: Page, config: ConfigInput): Promise<void> {
  await page
    .locator('input[type="file"][accept*="json"]')
    .setInputFiles({
      name: "configuration.json",
      mimeType: "application/json",
      buffer: Buffer.from(JSON.stringify(config)),
    });
  // The page reads the file in the background: what is pressed before that would use the settings before it.
  await page.waitForFunction(
    (numbers) =>
      document.querySelector("[data-problem]") !== null ||
      numbers.every(([id, value]) => {
        const control = document.getElementById(id);
        if (!(control instanceof HTMLInputElement) || control === document.activeElement) return true;
        return Number(control.value.replaceAll(",", "")) === value;
      }),
    numbersOf(config),
  );
}

/** All numbers of a configuration, each with the id of its control. */
function numbersOf(value: unknown, id = "control"): [string, number][] {
  if (typeof value === "number") return [[id, value]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => numbersOf(part, `${id}-${key}`));
}

const TAB_OF: Record<string, string> = {
  Curves: "Training",
  Branches: "Training",
  Insight: "Training",
  Numbers: "Training",
  Runs: "Compare",
  Arena: "Compare",
  Race: "Compare",
};

/** Brings a view to the front, by its tab where it has one, and waits until it is there. */
export async function showView(page: Page, name: string): Promise<void> {
  const tab = TAB_OF[name];
  if (tab) await page.getByRole("tab", { name: tab, exact: true }).click();
  await page.getByRole("tab", { name, exact: true }).click();
  // Its script may still be on its way.
  await page.locator("[data-coming]").waitFor({ state: "detached" });
}

/** The button with exactly that name. */
export function button(page: Page, name: string) {
  return page.getByRole("button", { name, exact: true });
}

/** The worker that trains; the page has others. */
export function trainingWorker(page: Page): Worker | undefined {
  return page.workers().find((worker) => worker.url().includes("train.worker"));
}

/** What the header says of the run. */
export async function stateOf(page: Page): Promise<string | null> {
  return page.getByTestId("state").textContent();
}

/** Waits until the run shows that state. */
export async function untilState(page: Page, state: string): Promise<void> {
  const words = new RegExp(`^${state}$`);
  await page.getByTestId("state").filter({ hasText: words }).waitFor({ timeout: 120_000 });
}
