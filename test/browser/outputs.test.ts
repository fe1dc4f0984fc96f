// What leaves the page: a model as an ONNX file that was run beside it, and the scores of a log.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { launchChromium } from "../../src/cli/chromium.ts";
import { syntheticLog } from "../../src/preprocess/synthetic.ts";
import { DEMO } from "../../src/store/studio.ts";
import { expectAccessible } from "./axe.ts";
import { openStudio, SMALL } from "./studioPage.ts";

const ROWS = 3000;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  browser = await launchChromium();
  folder = await mkdtemp(join(tmpdir(), "final-studio-outputs-"));
  const pieces: Uint8Array[] = [];
  for await (const piece of syntheticLog({ rows: ROWS, seed: DEMO.seed })) pieces.push(piece);
  const log = Buffer.concat(pieces).toString();
  await writeFile(join(folder, "clicks.txt"), log);
  await writeFile(join(folder, "unlabelled.txt"), log.replaceAll(/^.\t/gm, ""));
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

it("gives a model as ONNX that onnxruntime ran beside it, and scores logs with it", async () => {
  const studio = await openStudio(browser, inject("rootUrl"), { demoRows: ROWS });
  const { page, button, untilState, errors } = studio;
  await untilState("Ready to train");
  await studio.configure(SMALL);
  await button("Train").click();
  await untilState("Done");

  await button("Export model").click();
  const [onnx] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: /^ONNX from raw values/ }).click(),
  ]);
  expect(onnx.suggestedFilename()).toMatch(/-raw\.onnx$/);
  expect((await readFile((await onnx.path())!)).includes("FINAL Studio")).toBe(true);
  const notice = page.getByTestId("exported").first();
  await notice.waitFor();
  expect(await notice.textContent()).toMatch(
    /on \d+ rows of the data set, its logits differ .* by \d\.\de-\d at most/,
  );

  await button("Export model").click();
  await page.getByRole("menuitem", { name: /^MindSpore/ }).click();
  await page
    .getByText(/MindSpore's released network cannot hold this model/)
    .first()
    .waitFor();

  await button("Export model").click();
  const [job] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: /^PyTorch job/ }).click(),
  ]);
  expect(job.suggestedFilename()).toMatch(/-job\.zip$/);
  const zip = await readFile((await job.path())!);
  for (const part of [
    "/train.py",
    "/launch/slurm.sh",
    "/job.json",
    "/start.safetensors",
    "all_to_all_single",
  ])
    expect(zip.includes(part), part).toBe(true);

  await button("Score").click();
  const dialog = page.getByRole("dialog", { name: /^Score a log/ });
  await expectAccessible(studio, "score dialog");
  const input = dialog.locator('input[type="file"]');
  await input.setInputFiles(join(folder, "clicks.txt"));
  const summary = dialog.getByTestId("score-summary");
  await summary.waitFor();
  const facts = (await summary.textContent())!;
  expect(facts).toContain("3,000");
  expect(facts).toMatch(/AUC0\.\d{4}/);
  const scores = await downloaded();
  expect(scores[0]).toBe("row,probability,probability_branch1,probability_branch2,label");
  expect(scores).toHaveLength(ROWS + 1);

  await input.setInputFiles(join(folder, "unlabelled.txt"));
  await expect.poll(() => summary.textContent()).not.toContain("AUC");
  const unlabelled = await downloaded();
  const probability = (line: string) => line.split(",").slice(0, 4).join();
  expect(unlabelled.map(probability)).toEqual(scores.map(probability));
  expect(errors).toEqual([]);

  async function downloaded(): Promise<string[]> {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      summary.getByRole("button", { name: /^Download/ }).click(),
    ]);
    return (await readFile((await file.path())!, "utf8")).trimEnd().split("\n");
  }
});
