// Pages of a test go with it: one that trains on would take the machine from those that follow. What a failed one showed is
// printed first, since a fault that comes once in twenty is hard to see again.

import type { Page, Worker } from "playwright-core";
import { afterEach } from "vitest";
import { closeOpened, openPages } from "./studioPage.ts";
import { suspendedFunctions } from "./suspended.ts";

afterEach(async ({ task }) => {
  if (task.result?.state === "fail")
    for (const page of openPages()) console.error(await seenOn(page).catch(String));
  await closeOpened();
});

/** Address, focus, which workers answer, what they wait for, and what a screen reader finds on a page. */
async function seenOn(page: Page): Promise<string> {
  const focus = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
  const workers = await Promise.all(page.workers().map(answerOf));
  const shown = await page.locator("body").ariaSnapshot();
  // Last: a worker that writes its heap down may pass for dead.
  const suspended = await suspendedFunctions(page).catch((cause) => [String(cause)]);
  return [page.url(), `focus: ${focus}`, ...workers, shown, ...suspended].join("\n");
}

async function answerOf(worker: Worker): Promise<string> {
  const answer = worker.evaluate(() => "answers").catch(String);
  const silence = new Promise((resolve) => setTimeout(resolve, 2000, "is silent"));
  return `${worker.url()} ${await Promise.race([answer, silence])}`;
}
