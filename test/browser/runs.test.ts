// Every run is kept: table, overlay, files out and in, links, and what a reload leaves.

import { expect, inject, it } from "vitest";
import { showView } from "../../src/cli/studioPage.ts";
import { DIALOG, expectAccessible, VIEW } from "./axe.ts";
import { expectChartsObey } from "./chartGestures.ts";
import { exported, openStudio, SMALL, type StudioPage } from "./studioPage.ts";

it("keeps runs, draws them together, and gives them as files that it reads again", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 3000 });
  const { page, button, untilState } = studio;
  await untilState("Ready to train");
  await studio.trainToEnd(SMALL);
  await expectChartsObey(studio);
  await studio.trainToEnd({ ...SMALL, distillationWeight: 0 });
  await openRuns(studio);
  const rows = page.locator("[data-run]");
  await expect.poll(() => rows.count()).toBe(2);

  await rows.nth(1).getByRole("button", { name: /^Pin/ }).click();
  const changed = rows.nth(0).filter({ hasText: "distillation 1 → 0" });
  const auc = changed.locator('[data-column="testAuc"]').filter({ hasText: /^0\.\d{4} ± 0\.\d{4}$/ });
  await auc.waitFor();
  await changed
    .locator('[data-column="last"]')
    .filter({ hasText: /^0\.\d{4} (validation|test)$/ })
    .waitFor();

  const lines = page.locator('[data-chart="logLoss"] path.line');
  await expect.poll(() => lines.count()).toBe(18);
  await rows.nth(0).getByRole("button", { name: /^Solo/ }).press("Enter");
  await expect.poll(() => lines.count()).toBe(9);
  await rows.nth(0).getByRole("button", { name: /^Solo/ }).press("Enter");
  await expect.poll(() => lines.count()).toBe(18);

  await button("Columns").press("Enter");
  for (const name of ["Time", "Seed"]) await page.getByRole("checkbox", { name, exact: true }).press("Space");
  await expectAccessible(studio, "choice of columns", { within: DIALOG });
  await page.keyboard.press("Escape");

  await button("Compare in the arena").press("Enter");
  await page.getByTestId("plan").waitFor();
  const member = (number: number) => page.getByLabel(`Name of member ${number}`).inputValue();
  await expect
    .poll(async () => [await member(1), await member(2)])
    .toEqual(["own configuration 1", "own configuration 2"]);
  await openRuns(studio);

  await expectChartsObey(studio);
  await button("AUC: as a table").click();
  await expectAccessible(studio, "table of runs");
  await button("AUC: as a table").click();

  expect((await exported(studio, "Log loss vs clicks: save as SVG")).includes("Fused · ")).toBe(true);
  const csv = await exported(studio, "Export CSV");
  expect(csv).toMatch(/^run_id,run,seed,data,status,curve,step,epoch,rowsSeen/);
  const report = await exported(studio, "Export Report");
  expect(report).toContain("<svg");
  expect(report).toContain("Logits of branch 1 against branch 2");
  const json = await exported(studio, "Export JSON");
  for (const [name, text] of [
    ["runs.json", json],
    ["report.html", report],
  ] as const) {
    await deleteAll(studio);
    await page
      .locator('input[accept*="html"]')
      .setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });
    await expect.poll(() => rows.count()).toBe(2);
    expect(withoutView(await exported(studio, "Export JSON"))).toEqual(withoutView(json));
  }

  await page.reload();
  await untilState("Ready to train");
  await openRuns(studio);
  await expect.poll(() => lines.count()).toBe(18);
  const columns = await page
    .locator("thead [data-column]")
    .evaluateAll((heads) => heads.map((head) => (head as HTMLElement).dataset.column));
  expect(columns).toEqual(expect.arrayContaining(["name", "started", "seed"]));
  expect(columns).not.toContain("time");
  expect(studio.errors).toEqual([]);
});

it("carries a configuration in a link that changes nothing until one says so", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 3000 });
  const { page, button, untilState } = studio;
  await untilState("Ready to train");
  await studio.trainToEnd({ ...SMALL, embeddingDim: 7 });
  await openRuns(studio);
  await expectAccessible(studio, "table", { within: VIEW });
  await page.getByRole("button", { name: /^Edit / }).press("Enter");
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Seven");
  await expectAccessible(studio, "form", { within: VIEW });
  await page.keyboard.press("Enter");
  await page.locator("[data-run]").getByText("Seven").waitFor();
  await page.getByRole("button", { name: "Delete Seven" }).press("Enter");
  await page.getByText("“Seven” was deleted.").waitFor();
  await expectAccessible(studio, "deleted");
  await button("Undo").press("Enter");
  await button("Share settings").click();
  await expect.poll(() => page.url()).toContain("#v1=");
  const link = page.url();
  expect(link.length).toBeLessThan(2000);

  const other = await openStudio(link, { demoRows: 3000 });
  await other.page.getByTestId("shared").getByText("D 8 → 7").waitFor();
  expect(await other.page.locator("#control-embeddingDim").inputValue()).toBe("8");
  await other.untilState("Ready to train");
  await expectAccessible(other, "shared settings", { within: '[data-testid="shared"]' });
  await other.button("Use it").click();
  await expect.poll(() => other.page.locator("#control-embeddingDim").inputValue()).toBe("7");
  await other.page.getByTestId("dataset-summary").getByText("3,000", { exact: true }).waitFor();

  const cut = await openStudio(link.slice(0, -20), { demoRows: 3000 });
  await cut.page.getByText("cannot be read").waitFor();
});

function openRuns({ page }: StudioPage): Promise<void> {
  return showView(page, "Runs");
}

async function deleteAll({ page }: StudioPage): Promise<void> {
  const rows = page.locator("[data-run]");
  for (let left = await rows.count(); left > 0; left--) {
    await rows
      .first()
      .getByRole("button", { name: /^Delete/ })
      .click();
    await expect.poll(() => rows.count()).toBe(left - 1);
  }
}

/** All that a file carries of the runs, but for how the person had them on show. */
function withoutView(json: string): unknown {
  return JSON.parse(json, (key, value) =>
    ["color", "shown", "isBaseline"].includes(key) ? undefined : value,
  );
}
