// No axe violation in any state of the page, light and dark.

import { expect, inject, it } from "vitest";
import { DIALOG, expectAccessible, VIEW } from "./axe.ts";
import { focusOn, openStudio, SMALL } from "./studioPage.ts";

it("has no axe violation in its states", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 5000 });
  const { page, button, untilState } = studio;
  await untilState("Ready to train");
  await expectAccessible(studio, "ready");

  await button("Open another data set").click();
  await button("More settings of unit 1").click();
  await button("Configuration file").click();
  await expectAccessible(studio, "everything unfolded", { settings: true });
  expect(await page.evaluate(explainedToThePointerAlone)).toEqual([]);
  await button("Open another data set").click();

  await page.locator("#control-batchSize").fill("many");
  await expectAccessible(studio, "invalid configuration", { settings: true });

  await studio.configure({ ...SMALL, epochs: 100 });
  await button("Train").click();
  await untilState("Training");
  await page.locator('[data-chart="auc"] svg.recharts-surface').waitFor();
  await button("Pause").click();
  await untilState("Paused");
  await expectAccessible(studio, "paused, curves", { settings: true });
  const part = page.getByTestId("cost").getByRole("button", { name: "project" });
  await expect
    .poll(async () => {
      await focusOn(part);
      // What is out of sight is not explained.
      await part.scrollIntoViewIfNeeded();
      return page.getByRole("note", { name: "project" }).isVisible();
    })
    .toBe(true);
  await page.keyboard.press("Escape");

  await button("Export model").click();
  await page.getByRole("menuitem").first().waitFor();
  await expectAccessible(studio, "export menu", { within: "[role=menu]" });
  await page.keyboard.press("Escape");

  await studio.showTab("Numbers");
  await expectAccessible(studio, "numbers", { within: VIEW });

  await button("About this device").click();
  await page.getByTestId("tensors").waitFor();
  await expectAccessible(studio, "about this device", { within: DIALOG });
  await page.keyboard.press("Escape");

  await button("Stop").click();
  await untilState("Stopped");
  await studio.configure({ ...SMALL, embeddingDim: 0 });
  await page.getByRole("alert").waitFor();
  await expectAccessible(studio, "notice", { within: "[role=alert]" });
});

/** Runs in the page: what says of itself what it means, and cannot have the focus. */
function explainedToThePointerAlone(): string[] {
  return [...document.querySelectorAll<HTMLElement>("[aria-description]")]
    .filter((element) => element.tabIndex < 0 && !element.querySelector("button, input, a[href], [tabindex]"))
    .map((element) => element.textContent!);
}
