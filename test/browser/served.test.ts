// How the page is served, and what it says where a browser gives it less than it would like.

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { servePage } from "../../src/cli/builtPage.ts";
import { launchChromium } from "../../src/cli/chromium.ts";
import { openStudio } from "./studioPage.ts";

const url = inject("rootUrl");

async function scriptAddress(): Promise<string> {
  const html = await (await fetch(url)).text();
  return new URL(/src="(.*?\.js)"/.exec(html)![1]!, url).href;
}

it("isolates the page on every answer, also where nothing has changed", async () => {
  const script = await scriptAddress();
  const first = await fetch(script);
  const again = await fetch(script, { headers: { "If-None-Match": first.headers.get("etag")! } });
  expect(again.status).toBe(304);
  for (const answer of [await fetch(url), first, again]) {
    expect(answer.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(answer.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  }
});

it("sends what has a hash in its name compressed, to those who take it", async () => {
  const script = await scriptAddress();
  const names = (await readdir(join(inject("pageFolder"), "assets"))).filter((name) =>
    name.endsWith(".wasm"),
  );
  for (const address of [script, new URL(`assets/${names[0]}`, url).href]) {
    const plain = await fetch(address, { headers: { "Accept-Encoding": "identity" } });
    const compressed = await fetch(address, { headers: { "Accept-Encoding": "br" } });
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(compressed.headers.get("content-encoding")).toBe("br");
    expect(compressed.headers.get("content-type")).toBe(plain.headers.get("content-type"));
    expect(await compressed.arrayBuffer()).toEqual(await plain.arrayBuffer());
  }
});

it("lets browsers keep what has a hash in its name, and nothing else", async () => {
  expect((await fetch(await scriptAddress())).headers.get("cache-control")).toContain("immutable");
  expect((await fetch(url)).headers.get("cache-control") ?? "").not.toContain("immutable");
  const missing = await fetch(new URL("assets/none-00000000.js", url));
  expect(missing.headers.get("cache-control") ?? "").not.toContain("immutable");
});

it("starts training from a small script: what only other backends need comes when they start", async () => {
  const page = await (await fetch(await scriptAddress())).text();
  const name = /train\.worker-[\w-]+\.js/.exec(page)![0];
  const worker = await (await fetch(new URL(`assets/${name}`, url))).text();
  expect(worker.length).toBeLessThan(1_000_000);
  expect(worker).not.toContain("WebGLRenderingContext");
});

describe("in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    // A name on a local network, over plain http: no storage, no threads.
    browser = await launchChromium({ more: ["--host-resolver-rules=MAP studio.test 127.0.0.1"] });
  });
  afterAll(() => browser.close());

  it("says once and calmly what a page over plain http lacks, and trains", async () => {
    const studio = await openStudio(url.replace("127.0.0.1", "studio.test"), { browser, demoRows: 2000 });
    const notices = studio.page.locator("[data-problem]");
    await expect.poll(() => notices.count()).toBe(1);
    expect(await notices.textContent()).toContain("only to pages opened over https or at localhost");
    await studio.page.getByRole("button", { name: "About this device" }).click();
    await studio.page.getByText("this page gets no shared memory").waitFor();
    await studio.page.keyboard.press("Escape");
    await studio.button("Train").click();
    await studio.untilState("Training", "Done");
    expect(await notices.count()).toBe(1);
  });

  it("says what the device can do, opens without a network on the second visit, and says that a new version is ready", async () => {
    const folder = await mkdtemp(join(tmpdir(), "offline-"));
    await cp(inject("pageFolder"), folder, { recursive: true });
    const served = await servePage(folder);
    const { page, errors, untilState } = await openStudio(served.url, {
      browser,
      demoRows: 2000,
      isKept: true,
    });
    await untilState("Ready to train");
    await page.getByRole("button", { name: "About this device" }).click();
    expect(await page.getByTestId("tensors").getAttribute("data-value")).toBe("0");
    await page.keyboard.press("Escape");
    expect(await page.locator("[data-problem]").count()).toBe(0);
    await page.waitForFunction(
      async () => (await navigator.serviceWorker.ready).active?.state === "activated",
      null,
      { timeout: 60_000 },
    );
    // No breach of its policy either.
    expect(errors).toEqual([]);
    await page.context().setOffline(true);
    await page.reload();
    await untilState("Ready to train");
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);

    await page.context().setOffline(false);
    const worker = join(folder, "offline.js");
    const text = await readFile(worker, "utf8");
    await writeFile(worker, text.replace(/VERSION = "\w+"/, 'VERSION = "next"'));
    await page.reload();
    await page.getByTestId("update").waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Reload", exact: true }).click();
    await expect
      .poll(() => page.evaluate(() => caches.keys()).catch(() => null), { timeout: 30_000 })
      .toEqual(["final-studio-next"]);
    await untilState("Ready to train");
    await served.close();
    await rm(folder, { recursive: true });
  });
});
