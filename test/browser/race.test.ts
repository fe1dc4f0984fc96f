// A race in real Chromium, from what is varied to its verdict, over a reload; and how few clicks a first question takes.

import type { Page } from "playwright-core";
import { expect, inject, it } from "vitest";
import { showView } from "../../src/cli/studioPage.ts";
import { expectAccessible, VIEW } from "./axe.ts";
import { dropFile, exported, openStudio, SMALL } from "./studioPage.ts";

const stateOf = (page: Page) => page.getByTestId("race-state");
const until = (page: Page, text: RegExp) => stateOf(page).filter({ hasText: text }).waitFor();

it("races by keyboard, outlives a reload, continues to a verdict, and gives a trial back", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 10_000 });
  const { page, button, errors, untilState, configure } = studio;
  await untilState("Ready to train");
  await configure({ ...SMALL, epochs: 3 });
  await showView(page, "Race");
  await page.getByLabel("Values of l2Embedding").fill("0.001 to 0.00001 log");
  await page.getByText("l2Embedding: the range from 0.001 to 0.00001 is empty", { exact: false }).waitFor();
  await page.getByLabel("Values of l2Embedding").fill("0.00001 to 0.001 log");
  await page
    .getByTestId("race-plan")
    .filter({ hasText: /^12 configurations, .* It takes about \d+/ })
    .waitFor();
  await expectAccessible({ page }, "set up", { within: VIEW });
  await button("Start race").press("Enter");
  await page.getByTestId("state").filter({ hasText: "Race: round 1 of 2" }).waitFor();
  await button("Pause race").press("Enter");
  await until(page, /^Paused: /);
  await button("Resume race").press("Enter");
  await page
    .getByTestId("job-progress")
    .filter({ hasText: / left$/ })
    .waitFor();
  // An arena asks before it ends the race.
  await studio.showTab("Overview");
  await button("Train this arena here").press("Enter");
  await page.getByRole("dialog").getByText("The race ends where it stands").waitFor();
  await button("Keep training").first().press("Enter");
  await showView(page, "Race");
  // Some trials are dropped, with their reason.
  await page.getByText(/^Dropped at 33 %: rank 12 of 12/).waitFor();
  await page.reload();
  await until(page, /^(Interrupted with the page after 1[2-9] results|Done)/);
  await untilState("Ready to train");
  const resume = button("Resume this race");
  if (await resume.isVisible()) await resume.press("Enter");
  await until(page, /^Done: 12 configurations tried/);
  const verdict = page.getByTestId("race-verdict");
  expect(await verdict.textContent()).toMatch(
    /For new seeds and new rows like these: 3 seeds.*12 configurations were tried\..*by chance alone/,
  );
  expect(await page.getByRole("heading", { name: "Which setting mattered" }).isVisible()).toBe(true);
  await expectAccessible({ page }, "done", { within: VIEW });
  const csv = await exported(studio, "CSV");
  expect(csv.split("\n")[0]).toContain("validation log loss at 33 %");
  expect(csv.trim().split("\n")).toHaveLength(13);
  const report = await exported(studio, "Race report");
  expect(report).toMatch(/Rows of synthetic demo: [\d,]+ train, [\d,]+ valid, [\d,]+ test; split by a hash/);
  expect(report).toMatch(/href="http[^"]*#v1=[^"]*">Open this race in the studio/);
  const sentence = (await verdict.textContent())!;
  await studio.showTab("Overview");
  await page
    .getByTestId("result")
    .filter({ hasText: /^The result: race of 12 configurations/ })
    .waitFor();
  await dropFile(page, "race.html", report);
  await page.getByTestId("opened-race").filter({ hasText: "A race from race.html" }).waitFor();
  await verdict.filter({ hasText: sentence }).waitFor();
  await expectAccessible({ page }, "opened report", { within: VIEW });
  await button("Close this race").press("Enter");
  await page.getByTestId("opened-race").waitFor({ state: "detached" });
  await button("Share race").press("Enter");
  await expect.poll(() => new URL(page.url()).hash).toMatch(/^#v1=/);
  expect(await page.getByTestId("shared").count()).toBe(0);
  const svg = await exported(studio, "Trials in parallel coordinates: save as SVG");
  expect(svg.match(/<path/g)).toHaveLength(12);
  // Its best trial becomes the current configuration.
  const row = page.getByRole("row").filter({ hasText: "rank 1 on validation" });
  const [, , size] = await row.getByRole("cell").allTextContents();
  await row.getByRole("button", { name: /^Use Trial/ }).press("Enter");
  await expect.poll(() => page.getByLabel("Embedding size D").inputValue()).toBe(size);
  expect(errors).toEqual([]);
});

it("answers “does FINAL beat DeepFM on my rows?” in five clicks", async () => {
  const { page, untilState, errors } = await openStudio(inject("rootUrl"), { demoRows: 8000 });
  await untilState("Ready to train");
  const clicks = [
    page.getByRole("tab", { name: "Compare", exact: true }),
    page.getByRole("tab", { name: "Arena", exact: true }),
    page.getByRole("combobox", { name: "Ready question" }),
    page.getByRole("option", { name: "Does FINAL improve DeepFM?" }),
    page.getByRole("button", { name: "Start arena" }),
  ];
  for (const target of clicks) await target.click();
  expect(clicks).toHaveLength(5);
  const headline = page.getByTestId("headline");
  await headline.filter({ hasText: /DeepFM.*test log loss/ }).waitFor();
  expect(await headline.textContent()).toContain("DeepFM with FINAL");
  expect(errors).toEqual([]);
});
