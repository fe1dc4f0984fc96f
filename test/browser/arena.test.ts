// The arena in real Chromium: a ready question to its verdict, by keyboard alone, and without an axe violation.

import type { Page } from "playwright-core";
import { expect, inject, it } from "vitest";
import { showView } from "../../src/cli/studioPage.ts";
import { expectAccessible, VIEW } from "./axe.ts";
import { chooseByKeyboard, exported, focusOn, openStudio, SMALL } from "./studioPage.ts";

const stateOf = (page: Page) => page.getByTestId("arena-state");

it("goes from a question to a verdict by keyboard alone", async () => {
  const { page, errors, untilState, configure } = await openStudio(inject("rootUrl"), { demoRows: 40_000 });
  await untilState("Ready to train");
  await configure({ ...SMALL, epochs: 1 });
  // The keyboard reaches the tab, the question and the buttons; each is focused, then only keys are pressed.
  for (const [from, to] of [
    ["Overview", "Compare"],
    ["Runs", "Arena"],
  ] as const) {
    await focusOn(page.getByRole("tab", { name: from, exact: true }));
    while (!(await page.getByRole("tab", { name: to, exact: true, selected: true }).isVisible()))
      await page.keyboard.press("ArrowRight");
  }
  // The recorded example's verdict is the overview's alone.
  expect(await page.getByTestId("headline").count()).toBe(0);
  await expectAccessible({ page }, "nothing chosen");
  await chooseByKeyboard(page.getByRole("combobox", { name: "Ready question" }), /^Which order/);
  await expect.poll(() => page.getByLabel("Name of member 3").inputValue()).toBe("Order 3");
  await focusOn(page.getByRole("button", { name: "Start arena" }));
  await page.keyboard.press("Enter");
  await stateOf(page)
    .filter({ hasText: /^Done: seed 1 of 1, step (\d+) of \1$/ })
    .waitFor();
  const learning = await page.getByTestId("verdict").allTextContents();
  const ends = await page.getByTestId("held-out").allTextContents();
  expect([learning.length, ends.length]).toEqual([3, 3]);
  for (const sentence of learning) expect(sentence).toMatch(/first-pass log loss .*on the same [\d,]+ rows/);
  for (const sentence of ends) expect(sentence).toMatch(/test log loss lower by 0\.\d+ ± 0\.\d+.*AUC/);
  expect(await page.getByTestId("headline").textContent()).not.toBe("");
  await page.getByText("This trained model, on new rows like these: 1 seed", { exact: false }).waitFor();
  await expectAccessible({ page }, "verdict");
  expect(errors).toEqual([]);
});

it("compares a fork with the member it came from over three seeds, and keeps what it found", async () => {
  const studio = await openStudio(inject("subPathUrl"), { demoRows: 40_000 });
  const { page, button, errors, untilState, configure } = studio;
  await untilState("Ready to train");
  await showView(page, "Arena");
  await configure({ ...SMALL, epochs: 1 });
  await button("Add this configuration").press("Enter");
  await button("Fork A").press("Enter");
  await page.getByText("The settings change “A 2” now").waitFor();
  await configure({ ...SMALL, epochs: 1, optimizer: { learningRate: 0.0001 } });
  await page.getByText("learning rate 0.01 → 0.0001").waitFor();
  await page.getByText("× 3 seeds").click();
  await expect
    .poll(() => page.getByTestId("plan").textContent())
    .toMatch(
      /^Plan: 3 seeds × [\d,]+ test rows: finds differences from about 0\.\d+ log loss and 0\.\d+ AUC in 80 % of arenas \(a guess/,
    );
  await button("Start arena").press("Enter");
  await button("Pause arena").click();
  await stateOf(page)
    .filter({ hasText: /^Paused/ })
    .waitFor();
  const paused = await stateOf(page).textContent();
  expect(await page.getByTestId("headline").textContent()).toBe(
    "Comes after the last evaluation of seed 3, as it was declared before training. Until then nothing is claimed about it.",
  );
  await expectAccessible({ page }, "paused", { within: VIEW });
  // Nothing went on meanwhile.
  expect(await stateOf(page).textContent()).toBe(paused);
  await button("Resume arena").click();
  await stateOf(page)
    .filter({ hasText: /^Done: seed 3 of 3/ })
    .waitFor();
  expect(await page.getByTestId("verdict").textContent()).toMatch(
    /first-pass log loss lower by 0\.\d+ ± 0\.\d+ .*in the mean of 3 seeds, on [\d,]+ rows each\.$/,
  );
  const headline = (await page.getByTestId("headline").textContent())!;
  expect(headline).toMatch(/^A is better than A 2: test log loss lower by 0\.\d+ ± 0\.\d+, AUC higher by /);
  await page.getByText("For new seeds and new rows like these: 3 seeds", { exact: false }).waitFor();
  await page.getByText("Each seed by itself").click();
  await page.getByText(/^Test figures: mean ± standard deviation over 3 of 3 seeds/).waitFor();
  await page
    .getByTestId("plan")
    .filter({ hasText: "from how much earlier arenas on this data varied" })
    .waitFor();
  const verdict = (await page.getByTestId("verdict").textContent())!;
  const report = await exported(studio, "Arena report");
  expect(report).toContain("<svg");
  expect(report).toContain(headline);
  expect(report).toContain("While learning, on the first pass");
  await button("Share arena").press("Enter");
  await expect.poll(() => page.url()).toContain("#v1=");
  const link = page.url();
  expect(link.length).toBeLessThan(2000);

  await button("Its runs").press("Enter");
  // A member's seeds are one row, with their mean and its interval, until one unfolds them.
  const [runs, groups] = [page.locator("[data-run]"), page.locator("[data-group]")];
  await expect.poll(() => groups.count()).toBe(2);
  const auc = groups.first().filter({ hasText: "3 seeds" }).locator('[data-column="testAuc"]');
  await auc.filter({ hasText: /^0\.\d+ ± 0\.\d+$/ }).waitFor();
  expect(await runs.count()).toBe(0);
  await expect.poll(() => page.locator('[data-chart="logLoss"] path.line').count()).toBe(18);
  await expect.poll(() => page.locator('[data-chart="logLoss"] [data-band]').count()).toBe(18);
  await button("Delete all 3 runs of A 2").press("Enter");
  await page.getByText("3 runs were deleted.").waitFor();
  await button("Undo").press("Enter");
  await expect.poll(() => groups.count()).toBe(2);
  for (const name of ["List all 3 runs of A", "List all 3 runs of A 2"]) await button(name).press("Enter");
  await expect.poll(() => runs.count()).toBe(6);
  // Each has the model that it ended with.
  await expect.poll(() => page.getByRole("button", { name: /^Download A/ }).count()).toBe(6);
  await runs
    .first()
    .filter({ hasText: /A.* · seed 2022arena \d/ })
    .waitFor();
  await expect.poll(() => page.locator('[data-chart="logLoss"] [data-band]').count()).toBe(0);

  await page.goto(inject("subPathUrl"));
  const result = page.getByTestId("result");
  await result.getByText(headline).waitFor();
  expect(await result.textContent()).toMatch(
    /A 20\.\d+ ± 0\.\d+test log loss, AUC 0\.\d+ ± 0\.\d+Over [\d,]+ test rows, 3 seeds/,
  );
  await result.getByRole("link", { name: /^Each pair/ }).press("Enter");
  // The members are there again, and a loaded page finds what was kept.
  await expect.poll(() => page.getByLabel("Name of member 2").inputValue()).toBe("A 2");
  await page.getByTestId("headline").getByText(headline).waitFor();
  await page.getByTestId("verdict").getByText(verdict).waitFor();
  await page.locator('[data-chart="difference"] path.line').first().waitFor();

  const other = await openStudio(link, { demoRows: 40_000 });
  await other.page.getByTestId("shared").getByText("A 2 (learning rate 0.01 → 0.0001)").waitFor();
  await other.page.getByTestId("shared").getByText(headline, { exact: false }).waitFor();
  await other.page.getByTestId("shared").getByText(verdict, { exact: false }).waitFor();
  await other.button("Use it").press("Enter");
  await expect.poll(() => other.page.getByLabel("Name of member 2").inputValue()).toBe("A 2");
  await other.page
    .getByLabel("Arena report to open")
    .setInputFiles({ name: "report.html", mimeType: "text/html", buffer: Buffer.from(report) });
  await other.page.getByTestId("headline").getByText(headline).waitFor();
  await other.page.getByTestId("verdict").getByText(verdict).waitFor();
  await other.untilState("Ready to train");
  await expectAccessible(other, "opened report", { within: VIEW });
  expect([...errors, ...other.errors]).toEqual([]);
});

it("shows an arena that was cut off by a reload, and starts it again", async () => {
  const { page, button, untilState, configure } = await openStudio(inject("rootUrl"), { demoRows: 10_000 });
  await untilState("Ready to train");
  await showView(page, "Arena");
  await configure({ ...SMALL, epochs: 500 });
  await button("Add this configuration").press("Enter");
  await button("Fork A").press("Enter");
  await button("Start arena").press("Enter");
  await stateOf(page)
    .filter({ hasText: /^Training: seed 1 of 1, step \d{2}/ })
    .waitFor();
  await page.getByText("identical", { exact: false }).first().waitFor();
  await page.reload();
  await untilState("Ready to train");
  await showView(page, "Arena");
  await stateOf(page)
    .filter({ hasText: /^Interrupted at row [1-9][\d,]* of seed 1 of 1/ })
    .waitFor();
  // What was kept last may be of its first moments: a line of one point, which is not seen.
  await page.locator('[data-chart="arena-logLoss"] path.line').first().waitFor({ state: "attached" });
  await expectAccessible({ page }, "interrupted", { within: VIEW });
  await button("Start again").press("Enter");
  await stateOf(page)
    .filter({ hasText: /^Training/ })
    .waitFor();
  await button("Stop arena").click();
  await stateOf(page)
    .filter({ hasText: /^Stopped/ })
    .waitFor();
  await page
    .getByTestId("headline")
    .filter({
      hasText:
        /^Stopped at step [\d,]+ of [\d,]+, seed 1 of 1: the last evaluation was not reached, so there is no verdict\.$/,
    })
    .waitFor();
});
