// The branches against each other and their fusion, in real Chromium: a slider back through the evaluations.

import { expect, inject, it } from "vitest";
import { showView } from "../../src/cli/studioPage.ts";
import { expectAccessible, VIEW } from "./axe.ts";
import { exported, focusOn, openStudio, SMALL } from "./studioPage.ts";

it("shows every evaluation of the branches", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 40_000 });
  const { page, button, errors, untilState, configure } = studio;
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
  await expect.poll(() => page.locator('[data-chart="gain"] path.line').count()).toBe(3);

  await focusOn(page.getByRole("slider", { name: "Evaluation" }));
  await page.keyboard.press("Home");
  await shown.filter({ hasText: `Evaluation 1 of ${count}` }).waitFor();
  await expect.poll(() => page.getByTestId("copc").allTextContents()).not.toEqual(copc);

  await expectAccessible({ page }, "an evaluation");
  expect(await exported(studio, "Reliability: save as SVG")).toMatch(/<path.*Branch 2.*Fused/s);
  expect(await exported(studio, "Logits of branch 1 against branch 2: save as SVG")).toContain("<image");
  for (const title of ["Reliability", "Logits of branch 1 against branch 2"])
    await button(`${title}: as a table`).press("Enter");
  await page.getByRole("columnheader", { name: "Predicted" }).waitFor();
  await page.getByRole("columnheader", { name: "Logit of branch 2" }).waitFor();
  await expectAccessible({ page }, "tables of calibration and logits", { within: VIEW });

  await showView(page, "Insight");
  await page.getByTestId("insight-at").filter({ hasText: "validation rows" }).waitFor();
  await button("Measure all now").click();
  await page.getByText("39 of 39 columns measured").waitFor();
  const strongest = () =>
    page.getByRole("table", { name: "Fields" }).locator("tbody th").first().textContent();
  const byLoss = await strongest();
  await button("Column").press("Enter");
  await page
    .getByRole("columnheader", { name: "Column" })
    .and(page.locator("[aria-sort=descending]"))
    .waitFor();
  await expect.poll(strongest).not.toBe(byLoss);
  await expectAccessible({ page }, "fields", { within: VIEW });
  await page.getByText("Gradients", { exact: true }).click();
  const parts = page.getByRole("table", { name: "Gradients by part" });
  await parts.getByRole("rowheader", { name: "Branch 2, unit 1" }).waitFor();
  await expect.poll(() => page.locator('[data-chart="gradientNorms"] path.line').count()).toBe(2);
  await expectAccessible({ page }, "gradients", { within: VIEW });
  await page.getByRole("radiogroup", { name: "What to look at" }).getByText("Embeddings").click();
  const map = page.getByRole("img", { name: /most frequent values of/ });
  await focusOn(map);
  await page.keyboard.press("ArrowRight");
  await page
    .getByTestId("looked")
    .filter({ hasText: /: \d[\d,]* rows, / })
    .waitFor();
  const places = () => map.locator("circle").evaluateAll((found) => found.map((c) => c.getAttribute("cx")));
  const first = await places();
  await focusOn(page.getByRole("slider", { name: "Evaluation" }));
  await page.keyboard.press("Home");
  await expect.poll(places).not.toEqual(first);
  await expectAccessible({ page }, "embeddings", { within: VIEW });
  await page.keyboard.press("End");
  await expect.poll(places).toEqual(first);
  await page.getByText("Interactions", { exact: true }).click();
  await expect.poll(() => page.locator('[data-insight="interactions"] svg rect').count()).toBe(3 * 12);
  await page.getByText("Slices", { exact: true }).click();
  await page.getByRole("combobox", { name: "Slices by" }).fill("C20");
  await page.getByRole("option", { name: "C20", exact: true }).click();
  await page.getByRole("rowheader", { name: "(missing)" }).waitFor();
  await expectAccessible({ page }, "slices", { within: VIEW });
  await page.getByText("One row", { exact: true }).click();
  // The probability of each head; the words beside them change with any edit.
  const answers = () => page.getByTestId("row-answers").locator("strong").allTextContents();
  await expect.poll(answers).toHaveLength(3);
  const before = await answers();
  const value = page
    .getByRole("combobox", { name: "Value of C14" })
    .or(page.getByRole("textbox", { name: "Value of C14" }));
  await focusOn(value);
  await page.locator("datalist option").nth(2).waitFor({ state: "attached" });
  const options = await page
    .locator("datalist option")
    .evaluateAll((found) => found.map((o) => (o as HTMLOptionElement).value));
  await value.fill(options.find((option) => option !== "")!);
  await value.press("Enter");
  await button("Undo 1 change").waitFor();
  await expect.poll(answers).not.toEqual(before);
  await expectAccessible({ page }, "one row", { within: VIEW });
  // After a reload nothing trains; what was found is kept with the run.
  await page.reload();
  await untilState("Ready to train");
  await showView(page, "Runs");
  await page.getByRole("button", { name: /^What .* has learned$/ }).press("Enter");
  await page.getByTestId("kept-insight").filter({ hasText: "validation rows" }).waitFor();
  await page.locator('[data-insight="kept-fields"] svg rect').first().waitFor();
  await expectAccessible({ page }, "what a kept run has learned");
  expect(errors).toEqual([]);
});
