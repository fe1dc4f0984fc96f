// Another data set than the demo: picked as files, or read from an address in ranges.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { makeDemoDataset } from "../../src/preprocess/synthetic.ts";
import { parseManifest } from "../../src/shards/manifestFile.ts";
import { openStudio, SMALL, type StudioPage } from "./studioPage.ts";

const ROWS = 3000;
let server: Server;
let folder: string;
let files: Map<string, Uint8Array>;
const ranges: string[] = [];

beforeAll(async () => {
  files = await datasetFiles();
  folder = await mkdtemp(join(tmpdir(), "final-studio-dataset-"));
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
  server = await serveFiles(files);
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

it("opens picked files and trains on them", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 5000 });
  await studio.untilState("Ready to train");
  await studio.button("Open another data set").click();
  await studio.page
    .getByLabel("A log, or the files of a data set")
    .setInputFiles([...files.keys()].map((name) => join(folder, name)));
  await expectOpened(studio);
  await trainToTheEnd(studio);
});

it("offers the folder that was open again after a reload", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 5000 });
  await studio.untilState("Ready to train");
  // The private file system stands in for the person's disk: no picker opens without a person.
  await studio.page.evaluate(
    async (contents) => {
      const root = await navigator.storage.getDirectory();
      const picked = await root.getDirectoryHandle("shards", { create: true });
      for (const [name, text] of contents) {
        const file = await picked.getFileHandle(name, { create: true });
        const writable = await file.createWritable();
        await writable.write(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
        await writable.close();
      }
      /** The database is busy for a second, so that the folder is noted late. */
      function keepBusy(): void {
        const opening = indexedDB.open("final-studio-folder", 1);
        opening.onupgradeneeded = () => void opening.result.createObjectStore("folders");
        opening.onsuccess = () => {
          const until = performance.now() + 1000;
          const folders = opening.result.transaction("folders", "readwrite").objectStore("folders");
          (function read() {
            if (performance.now() < until) folders.get("last").onsuccess = read;
            else opening.result.close();
          })();
        };
      }
      Object.assign(window, {
        showDirectoryPicker: async () => {
          keepBusy();
          return picked;
        },
      });
    },
    [...files].map(([name, bytes]) => [name, Buffer.from(bytes).toString("base64")] as const),
  );
  await studio.button("Open another data set").click();
  await studio.button("Choose a folder").click();
  await expectOpened(studio);
  await studio.page.reload();
  await studio.button("Open shards again").click();
  await expectOpened(studio);
  await studio.button("Open shards again").waitFor({ state: "detached" });
  expect(studio.errors).toEqual([]);
});

it("reads a manifest's address on another origin in ranges, keeps it on the device, and says what it cannot open", async () => {
  const studio = await openStudio(inject("rootUrl"), { demoRows: 5000 });
  await studio.untilState("Ready to train");
  await openAddress(studio, "manifest.json");
  await expectOpened(studio);
  await trainToTheEnd(studio);
  expect(ranges.some((range) => /^bytes=[1-9]\d*-/.test(range))).toBe(true);

  // What is missing or closed to other pages leaves open what was.
  await fillAddress(studio, "nowhere/manifest.json");
  await studio.page.locator('[data-problem="address-not-found"]').waitFor();
  await studio.button("Dismiss").click();
  await fillAddress(studio, "closed/manifest.json");
  await studio.page.locator('[data-problem="address-unreachable"]').getByText("CORS").waitFor();
  await studio.button("Dismiss").click();
  await expectOpened(studio);
  await expect.poll(() => studio.button("Train").isEnabled()).toBe(true);
  // The browser's own words for what did not come.
  studio.errors.splice(0);

  // Kept on the device it stays when the address is gone.
  await studio.button("Keep on this device").click();
  await studio.page.locator('[data-kept="synthetic demo"]').getByText("open", { exact: true }).waitFor();
  await studio.page.route(/manifest\.json$/, (route) => route.abort());
  await studio.page.reload();
  await expectOpened(studio);
  await trainToTheEnd(studio);
});

async function openAddress(studio: StudioPage, path: string): Promise<void> {
  await studio.button("Open another data set").click();
  await fillAddress(studio, path);
}

async function fillAddress({ button, page }: StudioPage, path: string): Promise<void> {
  await page
    .getByLabel("Address of a manifest.json")
    .fill(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${path}`);
  await button("Open").click();
}

async function expectOpened({ page }: StudioPage): Promise<void> {
  await page
    .getByTestId("dataset-summary")
    .getByText(ROWS.toLocaleString("en-US"), { exact: true })
    .waitFor();
}

async function trainToTheEnd(studio: StudioPage): Promise<void> {
  await studio.configure(SMALL);
  await studio.button("Train").click();
  await studio.untilState("Done");
  await studio.showTab("Numbers");
  // Validation and test, at every epoch's end.
  expect((await studio.evaluations("aucFused")).length).toBe(2 * SMALL.epochs!);
  expect(studio.errors).toEqual([]);
}

async function datasetFiles(): Promise<Map<string, Uint8Array>> {
  const made = await makeDemoDataset({ rows: ROWS, seed: 7 });
  async function read(name: string): Promise<Uint8Array> {
    const source = await made.open(name);
    return source.read(0, source.byteLength);
  }
  const manifest = await read("manifest.json");
  const parsed = parseManifest(new TextDecoder().decode(manifest), "manifest.json");
  if (!parsed.ok) throw new Error(parsed.problem.sentence);
  const names = [parsed.value.vocabulary.file, ...parsed.value.shards.map(({ file }) => file)];
  const others = await Promise.all(names.map(async (name) => [name, await read(name)] as const));
  return new Map([["manifest.json", manifest], ...others]);
}

/** A static server of another origin: it allows any page to read, and knows ranges. */
function serveFiles(served: Map<string, Uint8Array>): Promise<Server> {
  const made = createServer(({ url, method, headers }, response) => {
    if (url?.startsWith("/closed/")) return response.end(served.get("manifest.json"));
    response.setHeader("Access-Control-Allow-Origin", "*");
    response.setHeader("Access-Control-Allow-Headers", "Range");
    response.setHeader("Access-Control-Expose-Headers", "Content-Range");
    const bytes = served.get((url ?? "/").slice(1));
    if (method === "OPTIONS") return response.end();
    if (!bytes) return response.writeHead(404).end();
    const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? "");
    if (!range) return response.end(bytes);
    ranges.push(headers.range!);
    const from = Number(range[1]);
    const to = Math.min(range[2] ? Number(range[2]) + 1 : bytes.length, bytes.length);
    response.writeHead(206, { "Content-Range": `bytes ${from}-${to - 1}/${bytes.length}` });
    return response.end(bytes.subarray(from, to));
  });
  return new Promise((resolve) => made.listen(0, "127.0.0.1", () => resolve(made)));
}
