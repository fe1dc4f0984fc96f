// `npm run test:browsers`: the walk in Chromium, Firefox and WebKitGTK, each where it is installed or may be. A line
// says what was skipped.

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { buildPage, servePage } from "../../src/cli/builtPage.ts";
import { chromiumPath } from "../../src/cli/chromium.ts";
import { installPackages } from "./packages.ts";
import { walk } from "./walk.ts";
import { byPuppeteer, type OpenBrowser } from "./walkedPage.ts";
import { installMiniBrowser, launchMiniBrowser } from "./webKit.ts";

const FIREFOX_PLACES = [
  "/usr/bin/firefox",
  "/usr/bin/firefox-esr",
  "/Applications/Firefox.app/Contents/MacOS/firefox",
  "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
];

function firefoxPath(): string | null {
  return [process.env.FIREFOX_PATH, ...FIREFOX_PLACES].find((path) => path && existsSync(path)) ?? null;
}

const say = (line: string) => process.stderr.write(`${line}\n`);

interface Candidate {
  name: string;
  /** What to do where it was not found. */
  remedy: string;
  find(): string | null;
  launch(executablePath: string, downloads: string): Promise<OpenBrowser>;
}

const all: Candidate[] = [
  {
    name: "Chromium",
    remedy: "name its program in CHROMIUM_PATH",
    find: chromiumPath,
    async launch(executablePath, downloadPath) {
      const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
      const downloadBehavior = { policy: "allow", downloadPath } as const;
      return byPuppeteer(await puppeteer.launch({ executablePath, args, downloadBehavior }));
    },
  },
  {
    name: "Firefox",
    remedy: "name its program in FIREFOX_PATH",
    find() {
      if (firefoxPath() === null) installPackages("firefox-esr");
      return firefoxPath();
    },
    launch: async (executablePath, downloads) =>
      byPuppeteer(
        await puppeteer.launch({
          browser: "firefox",
          executablePath,
          extraPrefsFirefox: { "browser.download.folderList": 2, "browser.download.dir": downloads },
        }),
      ),
  },
  {
    name: "WebKitGTK",
    remedy: "on Debian and Ubuntu: apt-get install webkit2gtk-driver xvfb",
    find: installMiniBrowser,
    launch: launchMiniBrowser,
  },
];

const only = process.argv[2]?.toLowerCase();
const candidates = all.filter(({ name }) => !only || name.toLowerCase() === only);
const results: { browser: string; passed: boolean; steps: string[]; problem?: string }[] = [];
const folder = await buildPage();
const served = await servePage(folder);
for (const { name, remedy, find, launch } of candidates) {
  const path = find();
  if (!path) {
    say(`skipped: ${name}, which was not found; ${remedy}`);
    continue;
  }
  const downloads = await mkdtemp(join(tmpdir(), "downloads-"));
  const steps: string[] = [];
  try {
    const browser = await launch(path, downloads);
    try {
      await walk(await browser.newPage(), served.url, downloads, (step) => {
        steps.push(step);
        say(`${browser.title}: ${step}`);
      });
      results.push({ browser: browser.title, passed: true, steps });
    } finally {
      await browser.close();
    }
  } catch (cause) {
    say(`${name}: after "${steps.at(-1) ?? "nothing"}": ${(cause as Error).message}`);
    results.push({ browser: name, passed: false, steps, problem: (cause as Error).message });
  }
  await rm(downloads, { recursive: true });
}
await served.close();
await rm(folder, { recursive: true });
process.stdout.write(`${JSON.stringify({ results })}\n`);
process.exit(results.length > 0 && results.every(({ passed }) => passed) ? 0 : 1);
