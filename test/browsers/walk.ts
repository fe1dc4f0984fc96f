// A short walk through the studio, by what a person sees and can press; the same in every browser.

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, ElementHandle, Page } from "puppeteer-core";
import { SMALL } from "../browser/studioPage.ts";
import { syntheticLog } from "../cli/syntheticLog.ts";

const LIMIT_MS = 90_000;
/** Never over by itself before the walk stops it, however slow the browser is. */
const RUN = { ...SMALL, epochs: 10_000 };

/** Walks, and calls `done` after each step; throws at the first that does not come out. */
export async function walk(
  browser: Browser,
  url: string,
  downloads: string,
  done: (step: string) => void,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "walk-"));
  const page = await browser.newPage();
  page.setDefaultTimeout(LIMIT_MS);
  await page.setViewport({ width: 1280, height: 800 });
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  try {
    await page.goto(url);
    await untilState(page, "Ready to train");
    done("open");

    await give(
      page,
      'input[type="file"][accept*="json"]',
      await written(folder, "run.json", JSON.stringify(RUN)),
    );
    await press(page, "Train");
    await untilState(page, "Training");
    done("train");

    await press(page, "Pause");
    await untilState(page, "Paused");
    done("pause");

    await press(page, "Download");
    const checkpoint = await downloaded(downloads);
    done("download");

    await page.reload();
    await press(page, "Go on with it");
    await untilState(page, "Training");
    done("reload and resume");

    await press(page, "Stop");
    await untilState(page, "Stopped");
    await give(page, 'input[type="file"][accept=".safetensors"]', checkpoint);
    await page.waitForSelector('[data-testid="checkpoint-facts"]');
    await press(page, "Cancel");
    done("upload");

    await press(page, "Open another data set");
    const log = await written(folder, "clicks.tsv", syntheticLog(3000));
    await give(page, 'input[aria-label="A log, or the files of a data set"]', log);
    await press(page, "Import");
    await page.waitForSelector('[data-testid="dataset-summary"] ::-p-text(clicks)');
    done("import");

    await give(
      page,
      'input[type="file"][accept*="json"]',
      await written(folder, "short.json", JSON.stringify({ ...SMALL, epochs: 1 })),
    );
    await page.locator('::-p-aria([name="Compare"][role="tab"])').click();
    await page.locator('::-p-aria([name="Arena"][role="tab"])').click();
    await page.locator('::-p-aria([name="Ready question"])').click();
    await page.locator('[role="option"] ::-p-text(Which order)').click();
    await press(page, "Start arena");
    await page.waitForSelector('[data-testid="held-out"]');
    done("arena");

    if (errors.length > 0) throw new Error(`the console has errors: ${errors.join("; ")}`);
  } catch (cause) {
    const { SCREENSHOTS } = process.env;
    if (SCREENSHOTS) await page.screenshot({ path: `${SCREENSHOTS}/${new URL(url).port}.png` });
    const said = await page.$$eval("[data-testid=state], [data-problem]", (found) =>
      found.map(({ textContent }) => textContent),
    );
    throw new Error(`${(cause as Error).message}, while the page said: ${said.join("; ")}`);
  } finally {
    await page.close();
    await rm(folder, { recursive: true });
  }
}

async function untilState(page: Page, state: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelector("[data-testid=state]")?.textContent === wanted,
    { timeout: LIMIT_MS, polling: 200 },
    state,
  );
}

async function press(page: Page, name: string): Promise<void> {
  await page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
}

async function give(page: Page, selector: string, file: string): Promise<void> {
  const input = await page.waitForSelector(selector);
  await (input as ElementHandle<HTMLInputElement>).uploadFile(file);
}

async function written(folder: string, name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** The checkpoint in the folder of downloads, once it is whole there: Firefox has no event that says so. */
async function downloaded(folder: string): Promise<string> {
  const end = Date.now() + LIMIT_MS;
  while (Date.now() < end) {
    const names = await readdir(folder);
    const name = names.find((found) => found.endsWith(".safetensors"));
    if (name && !names.some((found) => /\.(part|crdownload)$/.test(found))) return join(folder, name);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the checkpoint was not downloaded");
}
