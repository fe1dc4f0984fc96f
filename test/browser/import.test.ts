// Raw logs in the page: looked at, imported by workers, trained on, kept over a reload, taken away again.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { showView } from "../../src/cli/studioPage.ts";
import { NAMED_RULES } from "../../src/preprocess/rules.ts";
import { syntheticLog } from "../../src/preprocess/synthetic.ts";
import { manifestText } from "../../src/shards/manifestFile.ts";
import { makeDataset } from "../preprocess/made.ts";
import { DIALOG, expectAccessible, VIEW } from "./axe.ts";
import { focusOn, openStudio, SMALL, type StudioPage } from "./studioPage.ts";

const ROWS = 20_000;
const narrow = Array.from(
  { length: 3000 },
  (_, i) => `${i % 2}\t${i % 50}\t\t0a1b2c3d\t${(i >> 1) % 2}\tx`,
).join("\n");
let folder: string;
let log: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "final-studio-import-"));
  const pieces: Uint8Array[] = [];
  for await (const piece of syntheticLog({ rows: ROWS, seed: 3 })) pieces.push(piece);
  log = Buffer.concat(pieces);
  // Two members, cut in the middle of a line.
  const half = Math.floor(log.length / 2);
  const packed = Buffer.concat([gzipSync(log.subarray(0, half)), gzipSync(log.subarray(half))]);
  await writeFile(join(folder, "clicks.tsv.gz"), packed);
  await writeFile(join(folder, "cut.tsv.gz"), packed.subarray(0, -1000));
  await writeFile(join(folder, "narrow.tsv"), narrow);
  await writeFile(join(folder, "long.tsv"), Buffer.concat(Array.from({ length: 25 }, () => log)));
  const beginning = log.subarray(0, log.indexOf("\n", 300_000) + 1);
  await writeFile(join(folder, "tomorrow.tsv"), Buffer.concat([Buffer.from("1\tnothing\n"), beginning]));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

it("makes the same bytes of a log as the command line, trains on them, and has them after a reload", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 3000 });
  await choose(studio, "clicks.tsv.gz");
  const dialog = studio.page.getByRole("dialog", { name: "Import clicks" });
  await dialog.getByTestId("expected-size").waitFor();
  await expectAccessible(studio, "import dialog", { within: DIALOG });
  await expect.poll(() => isFocused(dialog.getByLabel("Name", { exact: true }))).toBe(true);
  await studio.page.keyboard.press("Enter");
  await expectOpen(studio, "clicks", ROWS);

  const { files, manifest } = await makeDataset(log, { ...NAMED_RULES.studio, threshold: 10 }, 1 << 20, {
    name: "clicks",
    files: ["clicks.tsv.gz"],
    format: "packed",
  });
  const kept = await keptFiles(studio);
  expect(kept["manifest.json"]).toBe(Buffer.from(manifestText(manifest)).toString("base64"));
  for (const [name, bytes] of files) expect(kept[name], name).toBe(Buffer.from(bytes).toString("base64"));

  await showView(studio.page, "Data");
  await studio.button("Read every row").click();
  const { train } = manifest.splits;
  await studio.page.getByTestId("inspected").getByText(train.rows.toLocaleString("en-US")).waitFor();
  await expectAccessible(studio, "a data set on the device, every row read", { within: VIEW });

  await studio.configure(SMALL);
  await studio.button("Train").click();
  await studio.untilState("Done");
  // Its shards were read through handles of the worker's own: while they are open nobody else may write.
  expect(await whyNotWritable(studio, "train-00000.packed")).toBe("NoModificationAllowedError");
  await studio.page.getByLabel("Name of clicks").fill("my clicks");
  await studio.page.getByLabel("Name of clicks").press("Enter");
  await studio.page.locator('[data-kept="my clicks"]').waitFor();
  await expectOpen(studio, "my clicks", ROWS);
  await studio.page.reload();
  await expectOpen(studio, "my clicks", ROWS);

  // The saved run brings its data back, whatever is open.
  await studio.makeDemo(2000);
  await showView(studio.page, "Runs");
  await studio.page
    .getByRole("row")
    .getByRole("button", { name: /^Show / })
    .click();
  await expectOpen(studio, "my clicks", ROWS);
  await studio.untilState("Done");
  // The figures of a run must not be read as those of the data set that is open.
  await studio.makeDemo(2000);
  await studio.page.getByText(/^These figures are of .* on .*; another data set is open now\.$/).waitFor();
  expect(studio.errors).toEqual([]);
});

it("encodes another log with the open data set's ids, and exports and deletes what it made", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 3000 });
  await studio.untilState("Ready to train");
  await studio.button("Open another data set").click();
  await drop(studio, "tomorrow.tsv", ".mantine-Dropzone-root");
  const dialog = studio.page.getByRole("dialog", { name: "Import tomorrow" });
  await dialog.getByLabel("The first rows only").check();
  await dialog.getByLabel("First rows", { exact: true }).fill("1001");
  await dialog.getByLabel("Those of synthetic demo").check();
  await dialog.getByRole("button", { name: "Import", exact: true }).click();
  await expectOpen(studio, "tomorrow", 1000);
  await studio.button("Open another data set").click();
  await studio.page.getByText("Lines left out, since they cannot be read: 1").click();
  await studio.page.getByText("Line 1 has 2 columns instead of 40.").waitFor();
  const kept = await keptFiles(studio);
  const text = Buffer.from(kept["manifest.json"]!, "base64").toString();
  expect(JSON.parse(text)).toMatchObject({
    rules: { fittedOn: "given" },
    splits: { train: { rows: 0 }, test: { rows: 1000 } },
  });
  await studio.page.getByTestId("dataset-summary").getByText("for evaluation").waitFor();
  await studio.untilState("Ready to evaluate");
  await studio.page.getByText("tomorrow has no training rows").waitFor();
  await expect.poll(() => studio.button("Train").isEnabled()).toBe(false);

  await studio.button("Export tomorrow").click();
  const [download] = await Promise.all([
    studio.page.waitForEvent("download"),
    studio.page.getByRole("menuitem", { name: "As a zip" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("tomorrow.zip");
  const pieces: Buffer[] = [];
  for await (const piece of (await download.createReadStream())!) pieces.push(piece as Buffer);
  const zip = Buffer.concat(pieces);
  expect(zip.includes("tomorrow/vocabulary.tsv")).toBe(true);
  expect(zip.includes(text)).toBe(true);

  await studio.makeDemo(2000);
  await studio.button("Delete tomorrow from this device").click();
  const question = studio.page.getByRole("dialog", { name: "Delete tomorrow?" });
  await question.getByText(/1,000 rows, .* kB, kept /).waitFor();
  await question.getByRole("button", { name: "Delete", exact: true }).click();
  await studio.page.locator('[data-kept="tomorrow"]').waitFor({ state: "detached" });
  await expect.poll(() => keptFiles(studio)).toEqual({});
  await expect.poll(() => studio.page.evaluate(() => document.activeElement?.id)).toBe("control-dataset");
});

it("reads a log of other columns by the rules that were chosen, and none that contradict each other", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 3000 });
  await choose(studio, "narrow.tsv");
  const dialog = studio.page.getByRole("dialog");
  await dialog.getByText("narrow.tsv has no header and 6 columns a line, not 40").waitFor();
  expect(await dialog.getByLabel("What column_1 is").inputValue()).toBe("label");
  // A letter chooses in a list, as everywhere.
  await focusOn(dialog.getByLabel("What column_3 is"));
  await studio.page.keyboard.press("i");
  await focusOn(dialog.getByLabel("What column_5 is"));
  await studio.page.keyboard.press("c");
  await dialog.getByRole("button", { name: "Look again" }).press("Enter");
  await dialog.getByLabel("Name", { exact: true }).fill("other columns");
  await expect.poll(() => dialog.getByLabel("Those of synthetic demo").isDisabled()).toBe(true);
  await studio.button("More settings").click();
  await dialog.getByLabel("Validation share").fill("0.95");
  await dialog.getByText("more than 1 together").waitFor();
  const importButton = dialog.getByRole("button", { name: "Import", exact: true });
  await expect.poll(() => importButton.isDisabled()).toBe(true);
  await dialog.getByLabel("Validation share").fill("0.2");
  await expectAccessible(studio, "import dialog with more settings", { within: DIALOG });
  await dialog.getByLabel("Id order").click();
  await studio.page.getByRole("option", { name: "first seen" }).click();
  await importButton.click();
  await expectOpen(studio, "other columns", 3000);
  const { manifest } = await makeDataset(
    narrow,
    { ...NAMED_RULES.studio, threshold: 10, validShare: 0.2, idOrder: "first-seen" },
    1 << 20,
    {
      name: "other columns",
      files: ["narrow.tsv"],
      format: "packed",
      layout: { integers: 2, categories: 3 },
    },
  );
  const kept = await keptFiles(studio);
  expect(kept["manifest.json"]).toBe(Buffer.from(manifestText(manifest)).toString("base64"));
  expect(studio.errors).toEqual([]);
});

it("keeps nothing of a log that is cut off, was cancelled or had no room, and continues", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 3000 });
  const importButton = studio.page.getByRole("dialog").getByRole("button", { name: "Import", exact: true });
  const input = studio.page.getByLabel("A log, or the files of a data set");
  await choose(studio, "cut.tsv.gz");
  await studio.page.locator('[data-problem="log-truncated"]').waitFor();
  await input.setInputFiles(join(folder, "long.tsv"));
  await importButton.click();
  // The settings are in a drawer on a narrow page.
  await studio.page.setViewportSize({ width: 900, height: 900 });
  const work = studio.page.getByRole("main").getByTestId("data-work");
  await work.getByText("rows/s").waitFor();
  expect(await asksBeforeLeaving(studio)).toBe(true);
  // Another log may be looked at meanwhile: the import continues, and the other one waits.
  await drop(studio, "tomorrow.tsv");
  const dialog = studio.page.getByRole("dialog", { name: "Import tomorrow" });
  await dialog.getByText("1 of the first").waitFor();
  await expect.poll(() => importButton.isDisabled()).toBe(true);
  await studio.page.keyboard.press("Escape");
  await work.getByText(/pass \d of 2/).waitFor();
  await work.getByRole("button", { name: "Cancel" }).click();
  await work.waitFor({ state: "detached" });
  await studio.page.setViewportSize({ width: 1440, height: 900 });
  await expect.poll(() => keptFiles(studio)).toEqual({});
  await expect.poll(() => asksBeforeLeaving(studio)).toBe(false);

  const session = await studio.page.context().newCDPSession(studio.page);
  const { origin } = new URL(inject("rootUrl"));
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 300_000 });
  await studio.page
    .getByLabel("A log, or the files of a data set")
    .setInputFiles(join(folder, "clicks.tsv.gz"));
  await studio.page.getByRole("dialog").getByLabel("Threshold").fill("7");
  await importButton.click();
  await studio.page.locator('[data-problem="device-full"]').waitFor();
  expect(await studio.page.getByRole("dialog").getByLabel("Threshold").inputValue()).toBe("7");
  await studio.page.getByRole("dialog").getByText("There is no space for clicks").waitFor();
  await studio.page.keyboard.press("Escape");
  await expect.poll(() => keptFiles(studio)).toEqual({});
  expect(studio.errors).toEqual([]);
  await expect.poll(() => studio.button("Train").isEnabled()).toBe(true);

  // What a closed tab leaves of an import goes at the next visit. The page itself, kept to open offline, takes more than
  // the little space there was.
  await session.send("Storage.overrideQuotaForOrigin", { origin });
  await studio.page.evaluate(async () => {
    const root = await navigator.storage.getDirectory();
    const datasets = await root.getDirectoryHandle("datasets");
    const left = await datasets.getDirectoryHandle("left-over", { create: true });
    await left.getFileHandle("train-00000.packed", { create: true });
  });
  expect(Object.keys(await keptFiles(studio))).toEqual(["train-00000.packed"]);
  await studio.page.reload();
  await expect.poll(() => keptFiles(studio)).toEqual({});
});

async function choose({ page, button, untilState }: StudioPage, file: string): Promise<void> {
  await untilState("Ready to train");
  await button("Open another data set").click();
  await page.getByRole("button", { name: "Drop or choose a log" }).waitFor();
  await page.getByLabel("A log, or the files of a data set").setInputFiles(join(folder, file));
}

function isFocused(field: Locator): Promise<boolean> {
  return field.evaluate((element) => element === document.activeElement);
}

function asksBeforeLeaving({ page }: StudioPage): Promise<boolean> {
  return page.evaluate(() => !window.dispatchEvent(new Event("beforeunload", { cancelable: true })));
}

/** Drops the file onto what `selector` finds, or onto the page, wherever. */
async function drop({ page }: StudioPage, file: string, selector = "body"): Promise<void> {
  const text = await readFile(join(folder, file), "utf8");
  const transfer = await page.evaluateHandle(
    ([name, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([content!], name!));
      return data;
    },
    [file, text],
  );
  await page.dispatchEvent(selector, "drop", { dataTransfer: transfer });
}

async function expectOpen({ page }: StudioPage, name: string, rows: number): Promise<void> {
  const summary = page.getByTestId("dataset-summary").filter({ hasText: name });
  await summary.getByText(rows.toLocaleString("en-US"), { exact: true }).first().waitFor();
}

/** Why a file of the data sets on the device cannot be opened for writing; null where it can. */
function whyNotWritable({ page }: StudioPage, file: string): Promise<string | null> {
  return page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    for await (const folder of (await root.getDirectoryHandle("datasets")).values()) {
      const handle = await (folder as FileSystemDirectoryHandle).getFileHandle(name);
      const failure = await handle.createWritable().then(
        () => null,
        (cause: DOMException) => cause.name,
      );
      if (failure) return failure;
    }
    return null;
  }, file);
}

/** All files of all data sets in the page's storage, in base 64. */
function keptFiles({ page }: StudioPage): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const files: Record<string, string> = {};
    const root = await navigator.storage.getDirectory();
    const datasets = await root.getDirectoryHandle("datasets", { create: true });
    for await (const folder of datasets.values())
      for await (const [name, handle] of (folder as FileSystemDirectoryHandle).entries()) {
        const bytes = new Uint8Array(await (await (handle as FileSystemFileHandle).getFile()).arrayBuffer());
        let text = "";
        for (const byte of bytes) text += String.fromCharCode(byte);
        files[name] = btoa(text);
      }
    return files;
  });
}
