// What a newcomer sees: one thing to do first, the result after it, words that explain themselves, nothing lost by a reload.

import { expect, inject, it } from "vitest";
import { showView } from "../../src/cli/studioPage.ts";
import { DIALOG, expectAccessible } from "./axe.ts";
import { expectNothingCut } from "./nothingCut.ts";
import { dropFile, focusOn, openStudio, SMALL, type StudioPage } from "./studioPage.ts";

/** All of them, with a run that was stopped. */
const VIEWS = [
  "Overview",
  "Data",
  "Curves",
  "Branches",
  "Insight",
  "Numbers",
  "Runs",
  "Arena",
  "Race",
  "Evaluate",
];

it("leads from one button to the result, and explains its words", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 3000 });
  const { page, button, untilState, configure } = studio;
  await untilState("Ready to train");
  await configure(SMALL);
  await button("Start on the demo data").click();
  await untilState("Training", "Evaluating on test", "Done");
  // Nothing of an overfit is said before there are evaluations to say it of.
  await untilState("Done");
  await studio.showTab("Overview");
  const result = page.getByTestId("result");
  await result.filter({ hasText: /test AUC0\.\d{4}95 %: 0\.\d{4} to 0\.\d{4}/ }).waitFor();
  expect(await result.textContent()).toMatch(
    /test log loss(0\.\d{4})95 %: 0\.\d{4} to 0\.\d{4}click rate alone: 0\.\d{4}/,
  );
  expect(await result.textContent()).toMatch(
    /best branch[+−][\d.e-]+95 %: [+−][\d.e-]+ to [+−][\d.e-]+log loss .* on these rows/,
  );
  expect(await button("Start on the demo data").count()).toBe(0);
  await expectAccessible(studio, "result");

  // By keyboard; Escape closes it.
  await focusOn(result.getByRole("button", { name: "log loss" }).first());
  const note = page.getByRole("note", { name: "Log loss" });
  await note.getByText("lower is better").waitFor();
  await page.keyboard.press("Escape");
  await note.waitFor({ state: "detached" });
  await focusOn(page.getByTestId("dataset-summary").getByRole("button", { name: "Click rate" }));
  await page.getByRole("note", { name: /click-through rate/i }).waitFor();
  await page.keyboard.press("Escape");
  await focusOn(button("Glossary"));
  await page.getByRole("tooltip", { name: "Glossary: what the words mean" }).waitFor();
  await button("Glossary").click();
  await page.getByRole("dialog").getByText("How many features a unit multiplies").waitFor();
  await expectAccessible(studio, "glossary", { within: DIALOG });
  await page.keyboard.press("Escape");

  await button("Train 2 more epochs").click();
  await expect.poll(() => studio.figure("Epoch"), { timeout: 60_000 }).toBe("4");
  await untilState("Done");
  await page.reload();
  await result
    .filter({ hasText: /^The result: .*Begun on .*test AUC0\.\d{4}95 %: .*click rate alone: 0\.\d{4}/ })
    .waitFor();
  expect(await page.getByRole("heading", { name: /^An example/ }).count()).toBe(0);
  expect(studio.errors).toEqual([]);
});

it("leads through a tour that trains, marks what was changed from the preset, and obeys keys and commands", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 2000 });
  const { page, button, untilState } = studio;
  await untilState("Ready to train");
  const changes = page.getByTestId("changes");
  await page.locator("#control-epochs").fill("7");
  await changes.getByText("Changed: epochs").waitFor();
  await button("Back to demo").click();
  await changes.waitFor({ state: "detached" });
  await page.locator("#control-batchSize").fill("200");
  await page
    .getByRole("tooltip")
    .filter({ hasText: /^Batch size\. Rows that one update learns from.* Changed: demo has 1024\.$/ })
    .waitFor();

  await page.getByText("lazy", { exact: true }).click();
  await page
    .getByRole("tooltip")
    .filter({ hasText: /^Dense moves every embedding.* Changed: demo has dense\.$/ })
    .waitFor();

  await dropFile(page, "cut.json", JSON.stringify({ branches: SMALL.branches, embeddingDim: 4 }));
  await page
    .locator('[data-problem="configuration-file-invalid"]')
    .filter({ hasText: "cut.json was not taken over. The configuration cannot work: optimizer:" })
    .waitFor();
  await button("Dismiss").click();
  await dropFile(page, "own.json", JSON.stringify({ ...SMALL, epochs: 1 }));
  await expect.poll(() => page.locator("#control-batchSize").inputValue()).toBe("256");
  await button("Configuration file").click();
  await button("As text").click();
  const differing = page.locator("tr[data-different]");
  const differ = page.getByTestId("lines-differ");
  await differ.filter({ hasText: /^\d+ lines differ\.$/ }).waitFor();
  expect(await differ.textContent()).toBe(`${await differing.count()} lines differ.`);
  await differing.filter({ hasText: '"embeddingDim": 8,' }).getByText('"embeddingDim": 4,').waitFor();
  await expectAccessible(studio, "configurations as text", { within: DIALOG });
  await page.keyboard.press("Escape");
  await differ.waitFor({ state: "detached" });

  await button("Five-minute tour").click();
  const tour = page.getByTestId("tour");
  await tour.getByText("Tour, 1 of 7").waitFor();
  await button("Next").click();
  await button("Next").click();
  await expect.poll(() => button("Next").isDisabled()).toBe(true);
  await button("Train now").click();
  await untilState("Training", "Evaluating on test", "Done");
  await button("Next").click();
  await tour.getByRole("heading", { name: "Watch it learn" }).waitFor();
  await expectAccessible(studio, "tour", { within: '[data-testid="tour"]' });
  await page.keyboard.press("Escape");
  await tour.waitFor({ state: "detached" });

  await page.keyboard.press("7");
  await page.getByRole("tab", { name: "Runs", selected: true }).waitFor();
  await page.keyboard.press("Control+K");
  await page.getByRole("textbox", { name: "Commands" }).waitFor();
  await expectAccessible(studio, "commands", { within: DIALOG });
  await page.getByRole("textbox", { name: "Commands" }).fill("evalu");
  await page.keyboard.press("Enter");
  await page.getByRole("tab", { name: "Evaluate", selected: true }).waitFor();
  await button("Glossary").click();
  await page.getByRole("switch", { name: /^Keys:/ }).click();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("1");
  await page.getByRole("tab", { name: "Evaluate", selected: true }).waitFor();
  expect(studio.errors).toEqual([]);
});

it("finds the tab and the settings again after a reload, and cuts nothing off on small screens", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 2000 });
  await studio.untilState("Ready to train");
  await reloadAndGoBack(studio);
  await lookOnSmallScreens(studio);
});

/** The tab and the settings are there after a reload, and the tab before by Back. */
async function reloadAndGoBack({ page, showTab }: StudioPage): Promise<void> {
  await showTab("Numbers");
  expect(new URL(page.url()).hash).toBe("#training/numbers");
  await page.locator("#control-batchSize").fill("333");
  await page.locator("#control-batchSize").press("Tab");
  await page.reload();
  await page.getByRole("tab", { name: "Numbers", selected: true }).waitFor();
  await expect.poll(() => page.locator("#control-batchSize").inputValue()).toBe("333");
  await showTab("Overview");
  await page.goBack();
  await page.getByRole("tab", { name: "Numbers", selected: true }).waitFor();
}

/** Nothing is cut off, and Train stays in reach. */
async function lookOnSmallScreens({ page, button, untilState, configure }: StudioPage): Promise<void> {
  await untilState("Ready to train");
  // Until it is stopped, however long the page takes.
  await configure({ ...SMALL, epochs: 5000 });
  await button("Train").click();
  await untilState("Training");
  await page.locator('[data-chart="logLoss"] svg.recharts-surface').waitFor();
  const [notebook, phone] = [
    { width: 1280, height: 720 },
    { width: 390, height: 844 },
  ];
  for (const size of [notebook, phone]) {
    await page.setViewportSize(size);
    await expectNothingCut(page, `training at ${size.width}`);
  }
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  const isInReach = async () => {
    const { y } = (await button("Pause").boundingBox())!;
    return y > 0 && y < phone.height;
  };
  await expect.poll(isInReach).toBe(true);
  await button("Stop").click();
  await untilState("Stopped");
  for (const view of VIEWS) {
    await showView(page, view);
    for (const size of [phone, notebook]) {
      await page.setViewportSize(size);
      await expectNothingCut(page, `${view} at ${size.width}`);
    }
  }
}
