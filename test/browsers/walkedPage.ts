// What the walk asks of a browser, whatever it is driven by; elements are named by XPath, which every driver knows.

import { writeFile } from "node:fs/promises";
import type { Browser, ElementHandle } from "puppeteer-core";

const LIMIT_MS = 90_000;
const POLL_MS = 200;

export interface WalkedPage {
  open(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Waits until the element is there. */
  see(path: string): Promise<void>;
  /** Presses it once it is there and can be pressed. */
  press(path: string): Promise<void>;
  /** Chooses a file in an input, which may be hidden. */
  give(path: string, file: string): Promise<void>;
  /** The text of the element; null where it is not there now. */
  text(path: string): Promise<string | null>;
  screenshot(file: string): Promise<void>;
  /** What the console said of errors; empty where the driver does not say. */
  errors: readonly string[];
  close(): Promise<void>;
}

export interface OpenBrowser {
  /** Its name and version. */
  title: string;
  newPage(): Promise<WalkedPage>;
  close(): Promise<void>;
}

/** Tries until `attempt` gives something. Rejects after a minute and a half, with the error of the last attempt. */
export async function patiently<T>(what: string, attempt: () => Promise<T | null>): Promise<T> {
  const end = Date.now() + LIMIT_MS;
  let last = "";
  while (Date.now() < end) {
    const found = await attempt().catch((cause: Error) => {
      last = `: ${cause.message}`;
      return null;
    });
    if (found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`${what} did not come${last}`);
}

/**
 * A browser that puppeteer drives. Its locators by role and name are not used: in Firefox they wait for a frame for each
 * element of the page, 45 s in all while charts are drawn, and no message of a worker arrives meanwhile.
 */
export async function byPuppeteer(browser: Browser): Promise<OpenBrowser> {
  return {
    title: await browser.version(),
    close: () => browser.close(),
    async newPage() {
      const page = await browser.newPage();
      page.setDefaultTimeout(LIMIT_MS);
      await page.setViewport({ width: 1280, height: 800 });
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
      const by = (path: string) => `::-p-xpath(${path})`;
      return {
        errors,
        open: async (url) => void (await page.goto(url)),
        reload: async () => void (await page.reload()),
        see: async (path) => void (await page.waitForSelector(by(path))),
        press: (path) => page.locator(by(path)).click(),
        async give(path, file) {
          const input = await page.waitForSelector(by(path));
          await (input as ElementHandle<HTMLInputElement>).uploadFile(file);
        },
        async text(path) {
          const found = await page.$(by(path));
          return found ? found.evaluate((element) => element.textContent) : null;
        },
        screenshot: async (file) => writeFile(file, await page.screenshot()),
        close: () => page.close(),
      };
    },
  };
}
