// `npm run test:browsers`: the walk in Chromium and in Firefox, each where it is installed. A line says what was skipped.

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser } from "puppeteer-core";
import { buildPage, servePage } from "../../src/cli/builtPage.ts";
import { chromiumPath } from "../../src/cli/chromium.ts";
import { walk } from "./walk.ts";

const FIREFOX_PLACES = [
  "/usr/bin/firefox",
  "/usr/bin/firefox-esr",
  "/Applications/Firefox.app/Contents/MacOS/firefox",
  "C:\\Program Files\\Mozilla Firefox\\firefox.exe",
];

const say = (line: string) => process.stderr.write(`${line}\n`);

interface Candidate {
  name: string;
  variable: string;
  path: string | null;
  launch(executablePath: string, downloads: string): Promise<Browser>;
}

const all: Candidate[] = [
  {
    name: "Chromium",
    variable: "CHROMIUM_PATH",
    path: chromiumPath(),
    async launch(executablePath, downloadPath) {
      const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
      const downloadBehavior = { policy: "allow", downloadPath } as const;
      return puppeteer.launch({ executablePath, args, downloadBehavior });
    },
  },
  {
    name: "Firefox",
    variable: "FIREFOX_PATH",
    path: [process.env.FIREFOX_PATH, ...FIREFOX_PLACES].find((path) => path && existsSync(path)) ?? null,
    launch: (executablePath, downloads) =>
      puppeteer.launch({
        browser: "firefox",
        executablePath,
        extraPrefsFirefox: { "browser.download.folderList": 2, "browser.download.dir": downloads },
      }),
  },
];

const only = process.argv[2]?.toLowerCase();
const candidates = all.filter(({ name }) => !only || name.toLowerCase() === only);
const results: { browser: string; passed: boolean; steps: string[]; problem?: string }[] = [];
const folder = await buildPage();
const served = await servePage(folder);
for (const { name, variable, path, launch } of candidates) {
  if (!path) {
    say(`skipped: ${name}, which was not found; name its program in ${variable}`);
    continue;
  }
  const downloads = await mkdtemp(join(tmpdir(), "downloads-"));
  const steps: string[] = [];
  try {
    const browser = await launch(path, downloads);
    const title = await browser.version();
    try {
      await walk(browser, served.url, downloads, (step) => {
        steps.push(step);
        say(`${title}: ${step}`);
      });
      results.push({ browser: title, passed: true, steps });
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
