// Runs a module of ours inside headless Chromium: for WebGPU, which Node has not.

import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { launchChromium, launchChromiumProfile } from "./chromium.ts";

/** A module of ours that Chromium can run. */
export interface BrowserScript<Input, Output> {
  /** Calls the module's default export; all calls are on one empty page, whose GPU has compiled what earlier ones used. */
  call(input: Input): Promise<Output>;
  close(): Promise<void>;
}

/**
 * Bundles `entry`, whose default export is a function of one JSON value, and starts Chromium for it. The page is at the
 * loopback address (WebGPU needs a secure context); what a call resolves to comes back as JSON.
 */
export async function openInChromium<Input, Output>(entry: URL): Promise<BrowserScript<Input, Output>> {
  const script = await bundle(entry);
  const server = await serve(script);
  const browser = await launchChromium({ webgpu: true });
  const page = await browser.newPage();
  await page.goto(addressOf(server));
  return {
    async call(input) {
      const output = await page.evaluate(async (value) => {
        const { entry } = globalThis as unknown as { entry: { default: (value: unknown) => unknown } };
        return await entry.default(value);
      }, input as unknown);
      return output as Output;
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** The same for a single call. */
export async function runInChromium<Input, Output>(entry: URL, input: Input): Promise<Output> {
  const script = await openInChromium<Input, Output>(entry);
  try {
    return await script.call(input);
  } finally {
    await script.close();
  }
}

/** The same in a worker, and with a profile, whose files lie on the disk: as people read and train. */
export async function runInChromiumWorker<Input, Output>(entry: URL, input: Input): Promise<Output> {
  const server = await serve(await bundle(entry));
  const profile = await mkdtemp(join(tmpdir(), "chromium-profile-"));
  try {
    const browser = await launchChromiumProfile(profile);
    try {
      const page = await browser.newPage();
      await page.goto(addressOf(server));
      const output = await page.evaluate((value) => {
        const worker = new Worker("/worker.js");
        return new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data);
          worker.onerror = ({ message }) => reject(new Error(message));
          worker.postMessage(value);
        });
      }, input as unknown);
      return output as Output;
    } finally {
      await browser.close();
    }
  } finally {
    server.close();
    await rm(profile, { recursive: true, force: true });
  }
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
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

/** Answers one message with what the default export makes of it; what it throws reaches the page as an error. */
const WORKER = `
onmessage = ({ data }) =>
  entry.default(data).then(postMessage, (cause) => setTimeout(() => { throw cause; }));
`;

function serve(script: string): Promise<Server> {
  const pages: Record<string, { type: string; body: string }> = {
    "/": { type: "text/html", body: '<!doctype html><script src="/entry.js"></script>' },
    "/entry.js": { type: "text/javascript", body: script },
    "/worker.js": { type: "text/javascript", body: script + WORKER },
  };
  const server = createServer(({ url }, response) => {
    const page = pages[url ?? "/"];
    if (page) response.writeHead(200, { "Content-Type": page.type }).end(page.body);
    else response.writeHead(404).end();
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}
