// Netron, in which people look at a model's file before they serve it, shows every node of ours.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { chromiumPath, launchChromium } from "../../src/cli/chromium.ts";
import { at, environment, fail, skipped } from "./environment.ts";

export async function checkNetron(files: string[]): Promise<void> {
  const python = environment("netron", "netron==9.3.3\nonnx==1.23.2\n");
  if (!python) return;
  if (!chromiumPath()) return void skipped("netron", "there is no Chromium");
  const browser = await launchChromium();
  try {
    for (const file of files) await checkFile(python, browser, file);
  } finally {
    await browser.close();
  }
}

async function checkFile(python: string, browser: Browser, file: string): Promise<void> {
  const server = spawn(python, [join(import.meta.dirname, "show_netron.py"), at(file)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  try {
    const { port, nodes } = await firstLine(server.stdout);
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    const origin = `http://127.0.0.1:${port}`;
    // It asks for the person's country, and reports its use.
    await page.route(
      (url) => url.origin !== origin,
      (route) => route.abort(),
    );
    // From 180 days after its release on it opens nothing but a request for a newer one.
    await page.clock.setFixedTime(new Date("2026-11-01"));
    await page.goto(origin);
    await page.getByRole("button", { name: "Accept" }).click();
    await page.locator("svg .graph-node").first().waitFor();
    const shown = await page.locator("svg .graph-node").count();
    if (shown !== nodes || errors.length > 0)
      fail(`Netron shows ${shown} of the ${nodes} nodes of ${file}. ${errors.join(" ")}`);
    else process.stderr.write(`Netron shows all ${nodes} nodes of ${file}\n`);
    await page.close();
  } catch (cause) {
    fail(`Netron does not open ${file}: ${(cause as Error).message}`);
  } finally {
    server.stdin.end();
  }
}

async function firstLine(output: NodeJS.ReadableStream): Promise<{ port: number; nodes: number }> {
  let text = "";
  output.on("data", (bytes) => {
    text += bytes;
  });
  while (!text.includes("}")) await once(output, "data");
  return JSON.parse(text.slice(text.indexOf("{"), text.indexOf("}") + 1));
}
