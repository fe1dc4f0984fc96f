// What leaves the page: a model as an ONNX file that was run beside it, and the scores of a log.

import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { encodeCurves, openCurves } from "../../src/checkpoint/curves.ts";
import { syntheticLog } from "../../src/preprocess/synthetic.ts";
import { blobSource } from "../../src/shards/byteSource.ts";
import { DEMO } from "../../src/store/studio.ts";
import { DIALOG, expectAccessible } from "./axe.ts";
import { openStudio, SMALL } from "./studioPage.ts";

const ROWS = 3000;
const JOB = join(import.meta.dirname, "..", "..", "src", "export", "torchrun", "job");
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "final-studio-outputs-"));
  const pieces: Uint8Array[] = [];
  for await (const piece of syntheticLog({ rows: ROWS, seed: DEMO.seed })) pieces.push(piece);
  const log = Buffer.concat(pieces).toString();
  await writeFile(join(folder, "clicks.txt"), log);
  await writeFile(join(folder, "unlabelled.txt"), log.replaceAll(/^.\t/gm, ""));
  await writeFile(
    join(folder, "latin.txt"),
    Buffer.from(log.replaceAll(/(?<=\t[0-9a-f]{8})(?=\t|$)/gm, "é"), "latin1"),
  );
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

it("gives a model as ONNX that onnxruntime ran beside it, and scores logs with it", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: ROWS });
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
    /on [\d,]+ rows of the data set, its logits differ .* by \d\.\de-\d at most/,
  );

  await button("Export model").click();
  await page.getByRole("menuitem", { name: /^MindSpore/ }).click();
  await page
    .getByText(/MindSpore's released network cannot hold this model/)
    .first()
    .waitFor();

  const shipped = jobFiles();
  const resumed = await downloadedJob(/^PyTorch job, resumed/);
  expect(Object.keys(resumed).sort()).toEqual([...shipped, "job.json", "start.safetensors"].sort());
  for (const file of shipped) expect(resumed[file]!.equals(readFileSync(join(JOB, file))), file).toBe(true);
  const anew = await downloadedJob(/^PyTorch job, new run/);
  expect(Object.keys(anew).sort()).toEqual([...shipped, "job.json"].sort());
  const [old, fresh] = [resumed, anew].map((files) => JSON.parse(files["job.json"]!.toString()));
  expect(old).toMatchObject({ start: "start.safetensors", config: fresh.config, dataset: fresh.dataset });
  expect(fresh.start).toBeNull();
  expect(fresh.run.id).not.toBe(old.run.id);

  await button("Score").click();
  const dialog = page.getByRole("dialog", { name: /^Score a log/ });
  await expectAccessible(studio, "score dialog", { within: DIALOG });
  const input = dialog.locator('input[type="file"]');
  // What is wrong with a log is said where it was chosen, in front of the page.
  await input.setInputFiles({ name: "nothing.csv", mimeType: "text/csv", buffer: Buffer.from("") });
  await dialog.getByRole("alert").getByText("nothing.csv holds no row.").waitFor();
  await expectAccessible(studio, "a log that cannot be scored", { within: DIALOG });
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

  await dialog.getByLabel("Text is written in").click();
  await page.getByRole("option", { name: "windows-1252" }).click();
  await input.setInputFiles(join(folder, "latin.txt"));
  await expect.poll(() => summary.textContent()).toContain("AUC");
  await summary.getByText(/has no id for/).waitFor();
  expect(await downloaded()).toHaveLength(ROWS + 1);
  await page.keyboard.press("Escape");

  // A cluster's checkpoint is too large to copy: the page shows its run by a file of its curves.
  const checkpoint = await openCurves(
    blobSource("start", new Blob([new Uint8Array(resumed["start.safetensors"]!)])),
    "start",
  );
  const elsewhere = { ...checkpoint, run: { ...checkpoint.run, id: "elsewhere", name: "of a cluster" } };
  const curves = Buffer.concat(await encodeCurves(elsewhere));
  await page
    .locator('input[type="file"][accept=".safetensors"]')
    .setInputFiles({ name: "curves.safetensors", mimeType: "", buffer: curves });
  const opened = page.getByRole("dialog", { name: "curves.safetensors" });
  await opened.getByText(/holds the curves of a run alone, without its weights/).waitFor();
  expect(await opened.getByRole("button", { name: "Only evaluate it" }).isDisabled()).toBe(true);
  await opened.getByRole("button", { name: "Keep its curves in Runs" }).click();
  await page.getByRole("row", { name: /^Draw of a cluster/ }).waitFor();
  expect(errors).toEqual([]);

  /** A job's files by their paths in its folder. */
  async function downloadedJob(item: RegExp): Promise<Record<string, Buffer>> {
    await button("Export model").click();
    const [job] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: item }).click(),
    ]);
    expect(job.suggestedFilename()).toMatch(/-job\.zip$/);
    const folder = job.suggestedFilename().replace(/zip$/, "");
    const packed = new Uint8ArrayReader(await readFile((await job.path())!));
    const entries = await new ZipReader(packed).getEntries();
    const files = entries.map(async (entry) => {
      if (entry.directory) throw new Error(`${entry.filename} is a folder`);
      const bytes = Buffer.from(await entry.getData(new Uint8ArrayWriter()));
      return [entry.filename.slice(folder.length), bytes] as const;
    });
    return Object.fromEntries(await Promise.all(files));
  }
  async function downloaded(): Promise<string[]> {
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      summary.getByRole("button", { name: /^Download/ }).click(),
    ]);
    return (await readFile((await file.path())!, "utf8")).trimEnd().split("\n");
  }
});

/** What `export --torchrun` copies, with a slash between folders and names; tools leave hidden files and caches there. */
function jobFiles(): string[] {
  return readdirSync(JOB, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile() && !/__pycache__|\/\./.test(join(entry.parentPath, entry.name)))
    .map((entry) => join(entry.parentPath, entry.name).slice(JOB.length + 1));
}
