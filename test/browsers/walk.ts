// A short walk through the studio, by what a person sees and can press; the same in every browser.

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMALL } from "../browser/studioPage.ts";
import { syntheticLog } from "../cli/syntheticLog.ts";
import { patiently, type WalkedPage } from "./walkedPage.ts";

/** Never over by itself before the walk stops it, however slow the browser is. */
const RUN = { ...SMALL, epochs: 10_000 };
const CONFIGURATION = '//input[@type="file"][contains(@accept, "json")][not(contains(@accept, "html"))]';
const CHECKPOINT = '//input[@type="file"][@accept=".safetensors"]';
const STATE = '//*[@data-testid="state"]';
/** The page's own words that this browser has no storage for it. */
const KEEPS_NOTHING = '//*[@data-problem="storage-missing"]';

/** Walks, and calls `done` after each step; throws at the first that does not come out. */
export async function walk(
  page: WalkedPage,
  url: string,
  downloads: string,
  done: (step: string) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "walk-"));
  try {
    await page.open(url);
    await untilState(page, "Ready to train");
    done("open");

    await page.give(CONFIGURATION, await written(folder, "run.json", JSON.stringify(RUN)));
    await page.press(button("Train"));
    await untilState(page, "Training");
    // After its first step.
    await page.see(button("Download"));
    const keeps = (await page.text(KEEPS_NOTHING)) === null;
    done(keeps ? "train" : "train, where nothing is kept");

    await page.press(button("Pause"));
    await untilState(page, "Paused");
    done("pause");

    await page.press(button("Download"));
    const checkpoint = await downloaded(downloads);
    done("download");

    if (keeps) await resumeAfterReload(page);
    else await uploadAfterReload(page, checkpoint);
    done("reload and resume");

    await page.press(button("Stop"));
    await untilState(page, "Stopped");
    await page.give(CHECKPOINT, checkpoint);
    await page.see('//*[@data-testid="checkpoint-facts"]');
    await page.press('//button[@aria-label="Cancel"]');
    done("upload");

    await importLog(page, await written(folder, "clicks.tsv", syntheticLog(3000)), keeps);
    done(keeps ? "import" : "import, refused where nothing is kept");

    const short = JSON.stringify({ ...SMALL, epochs: 1 });
    await page.give(CONFIGURATION, await written(folder, "short.json", short));
    await page.press(tab("Compare"));
    await page.press(tab("Arena"));
    await page.press('//input[@id=//label[normalize-space()="Ready question"]/@for]');
    await page.press('//*[@role="option"][contains(., "Which order")]');
    await page.press(button("Start arena"));
    await page.see('//*[@data-testid="held-out"]');
    done("arena");

    if (page.errors.length > 0) throw new Error(`the console has errors: ${page.errors.join("; ")}`);
  } catch (cause) {
    const { SCREENSHOTS } = process.env;
    if (SCREENSHOTS) await page.screenshot(join(SCREENSHOTS, `${new URL(url).port}.png`));
    const said = await Promise.all([STATE, "//*[@data-problem]"].map((path) => page.text(path)));
    throw new Error(`${(cause as Error).message}, while the page said: ${said.filter(Boolean).join("; ")}`);
  } finally {
    await page.close();
    await rm(folder, { recursive: true });
  }
}

async function resumeAfterReload(page: WalkedPage): Promise<void> {
  await page.reload();
  await page.press(button("Resume it"));
  await untilState(page, "Training");
}

/** Where the browser keeps nothing the file that was downloaded continues. */
async function uploadAfterReload(page: WalkedPage, checkpoint: string): Promise<void> {
  await page.reload();
  await untilState(page, "Ready to train");
  await page.give(CHECKPOINT, checkpoint);
  await page.press(button("Resume where it was"));
  await untilState(page, "Training");
}

async function importLog(page: WalkedPage, log: string, keeps: boolean): Promise<void> {
  await page.press(button("Open another data set"));
  await page.give('//input[@aria-label="A log, or the files of a data set"]', log);
  await page.press(button("Import"));
  if (keeps) return page.see('//*[@data-testid="dataset-summary"][contains(., "clicks")]');
  await page.see('//*[@role="dialog"]//*[contains(., "offers no storage for data sets")]');
  await page.press(button("Not now"));
}

function button(name: string): string {
  return `//button[not(@disabled)][normalize-space()="${name}"]`;
}

function tab(name: string): string {
  return `//*[@role="tab"][normalize-space()="${name}"]`;
}

async function untilState(page: WalkedPage, state: string): Promise<void> {
  await page.see(`${STATE}[normalize-space()="${state}"]`);
}

async function written(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** The checkpoint in the folder of downloads, once it is whole there: no event of every browser says so. */
function downloaded(folder: string): Promise<string> {
  return patiently("the checkpoint's download", async () => {
    const names = await readdir(folder);
    const name = names.find((found) => found.endsWith(".safetensors"));
    const isWhole = !names.some((found) => /\.(part|crdownload|wkdownload)$/.test(found));
    return name && isWhole ? join(folder, name) : null;
  });
}
