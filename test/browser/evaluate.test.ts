// A run that overfits is seen to, keeps its best weights, and is evaluated on rows of a person's choice.

import type { Page } from "playwright-core";
import { expect, inject, it } from "vitest";
import { nameOfSplit, type Split } from "../../src/base/batch.ts";
import type { ConfigInput } from "../../src/model/config.ts";
import { expectAccessible, VIEW } from "./axe.ts";
import { openStudio } from "./studioPage.ts";

/** It learns 2,400 rows by heart within seconds. */
const OVERFITTING: ConfigInput = {
  embeddingDim: 8,
  branches: [{ units: [{ size: 16, order: 2 }] }, { units: [{ size: 8, order: 3 }] }],
  optimizer: { learningRate: 0.01 },
  integers: "bucket",
  batchSize: 256,
  epochs: 500,
};

it("says that a run overfits, keeps its best weights, and evaluates them on rows of one's choice", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 3000 });
  const { page, button, untilState, configure, showTab } = studio;
  await untilState("Ready to train");
  await configure(OVERFITTING);
  await button("Train").click();
  const warning = page.getByTestId("overfitting");
  await warning.waitFor({ timeout: 60_000 });
  expect(await warning.textContent()).toMatch(
    /^Overfitting: the validation log loss was lowest at step \d+ \(0\.\d{4}\) and has been worse in the \d+ evaluations since/,
  );
  await button("Stop and keep the best").click();
  await untilState("Stopped");
  await page.getByText("its checkpoint keeps the weights of that step").waitFor();
  await showTab("Overview");
  await page
    .getByTestId("result")
    .filter({ hasText: /Overfitting: the validation log loss was lowest/ })
    .waitFor();

  await page.getByRole("tab", { name: "Evaluate" }).click();
  const evaluateOn = async (rows: Split, weights: string) => {
    await page
      .locator("label")
      .filter({ hasText: new RegExp(`^${rows}$`) })
      .click();
    await page
      .locator("label")
      .filter({ hasText: new RegExp(`^${weights}$`) })
      .click();
    await button("Evaluate").click();
    const heads = page.getByTestId("evaluated-heads").filter({ hasText: `on ${nameOfSplit(rows)} rows` });
    await heads.filter({ hasText: `The ${weights} weights` }).waitFor();
    return heads;
  };
  await evaluateOn("valid", "best");
  await page.getByRole("checkbox", { name: /^Also measure which columns/ }).check();
  await page.getByRole("combobox", { name: "Slices by" }).fill("C20");
  await page.getByRole("option", { name: "C20", exact: true }).click();
  await evaluateOn("valid", "latest");
  await page.locator('[data-insight="evaluated-fields"] svg rect').first().waitFor();
  await page.locator('[data-insight="evaluated-interactions"]').waitFor();
  await page
    .locator('[data-insight="evaluated-slices"]')
    .getByRole("rowheader", { name: "(missing)" })
    .waitFor();
  await page.getByRole("checkbox", { name: /^Also measure which columns/ }).uncheck();
  const figures = await page.locator("[data-evaluation] td:nth-child(5)").allTextContents();
  const [latest, best] = figures.map((text) => Number.parseFloat(text));
  expect(best).toBeLessThan(latest!);
  const trained = await evaluateOn("train", "latest");
  expect(await trained.textContent()).toContain("The model was trained on these rows");
  await page
    .getByRole("checkbox", { name: /on validation rows/ })
    .first()
    .check();
  await expect.poll(() => page.locator('[data-chart="reliability"]').count()).toBe(2);
  await expectAccessible(studio, "evaluations", { within: VIEW });
  await importForEvaluation(page);

  await page.reload();
  await untilState("Ready to train");
  await expect.poll(() => page.locator("[data-evaluation]").count()).toBe(3);
  await page.getByRole("button", { name: /^Delete the evaluation of .* on train rows/ }).click();
  await expect.poll(() => page.locator("[data-evaluation]").count()).toBe(2);
  expect(studio.errors).toEqual([]);
});

/** A log that is brought here is offered the ids of the run's data first. */
async function importForEvaluation(page: Page): Promise<void> {
  const row = [
    "1",
    ...Array.from({ length: 13 }, (_, i) => String(i)),
    ...Array.from({ length: 26 }, () => "ab12cd34"),
  ];
  await page
    .getByLabel("A log to evaluate on")
    .setInputFiles({
      name: "tomorrow.tsv",
      mimeType: "text/plain",
      buffer: Buffer.from(`${row.join("\t")}\n`.repeat(20)),
    });
  const dialog = page.getByRole("dialog", { name: "Import tomorrow" });
  expect(await dialog.getByLabel("Those of synthetic demo").isChecked()).toBe(true);
  await dialog.getByText("All, 20", { exact: true }).waitFor();
  await dialog.getByRole("button", { name: "Not now" }).click();
}
