// "Check this device" in the page. The whole check takes most of a minute here: with CHECK=1 it is waited for.

import { afterEach, expect, inject, it } from "vitest";
import { closeOpened, openStudio } from "./studioPage.ts";

afterEach(closeOpened);

it("measures, can be cancelled, and Auto follows what was measured", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 2000 });
  const { page, button } = studio;
  await button("About this device").click();
  await button("Check this device").click();
  await button("Start the check").click();
  await page
    .getByRole("status")
    .filter({ hasText: /WASM: golden file \d+ of \d+/ })
    .waitFor();
  if (process.env.CHECK) {
    await page.getByTestId("check-reason").waitFor({ timeout: 200_000 });
    expect(await page.getByTestId("check-line").textContent()).toMatch(/Chrome \d+, WASM: golden .* rows\/s/);
    await page.getByRole("button", { name: "Close" }).click();
    expect(await page.getByTestId("backend-reason").textContent()).toContain("Checked on");
    await page.reload();
    await page.getByTestId("backend-reason").filter({ hasText: "Checked on" }).waitFor({ state: "attached" });
  } else {
    await button("Cancel").click();
    await button("Start the check").waitFor();
  }
  expect(studio.errors).toEqual([]);
}, 300_000);
