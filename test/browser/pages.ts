// Pages of a test go with it: one that trains on would take the machine from those that follow. What a failed one showed is
// printed first, since a fault that comes once in twenty is hard to see again.

import { afterEach } from "vitest";
import { closeOpened, openPages } from "./studioPage.ts";

afterEach(async ({ task }) => {
  if (task.result?.state === "fail")
    for (const page of openPages()) console.error(await seenOn(page).catch(String));
  await closeOpened();
});

/** Address, focus and what a screen reader finds on a page. */
async function seenOn(page: ReturnType<typeof openPages>[number]): Promise<string> {
  const focus = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
  return `${page.url()}\nfocus: ${focus}\n${await page.locator("body").ariaSnapshot()}`;
}
