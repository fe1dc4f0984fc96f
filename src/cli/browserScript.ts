// Runs a module of ours inside headless Chromium: for WebGPU, which Node has not.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { launchChromium } from "./chromium.ts";

/**
 * Bundles `entry`, whose default export is a function of one JSON value, and calls it with `input` on an empty page of
 * the loopback address (WebGPU needs a secure context). Returns what it resolves to, as JSON.
 */
export async function runInChromium<Input, Output>(entry: URL, input: Input): Promise<Output> {
  const script = await bundle(entry);
  const server = await serve(script);
  const browser = await launchChromium({ webgpu: true });
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    return (await page.evaluate(async (value) => {
      const { entry } = globalThis as unknown as { entry: { default: (value: unknown) => unknown } };
      return await entry.default(value);
    }, input as unknown)) as Output;
  } finally {
    await browser.close();
    server.close();
  }
}

async function bundle(entry: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    format: "iife",
    globalName: "entry",
    platform: "browser",
    target: "es2022",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0]!.text;
}

function serve(script: string): Promise<Server> {
  const pages: Record<string, { type: string; body: string }> = {
    "/": { type: "text/html", body: '<!doctype html><script src="/entry.js"></script>' },
    "/entry.js": { type: "text/javascript", body: script },
  };
  const server = createServer(({ url }, response) => {
    const page = pages[url ?? "/"];
    if (page) response.writeHead(200, { "Content-Type": page.type }).end(page.body);
    else response.writeHead(404).end();
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
