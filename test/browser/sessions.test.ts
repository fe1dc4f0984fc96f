// Sessions that survive, on the built page: saved while training, offered on return, taken along as files.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { orThrow } from "../../src/base/result.ts";
import { type Checkpoint, decodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { launchChromium } from "../../src/cli/chromium.ts";
import { showView, trainingWorker } from "../../src/cli/studioPage.ts";
import { destroyDevices, keepDevices } from "./gpuDevices.ts";
import { dropFile, openStudio, SMALL, type StudioPage } from "./studioPage.ts";

let browser: Browser;
let folder: string;
beforeAll(async () => {
  browser = await launchChromium({ webgpu: true });
  folder = await mkdtemp(join(tmpdir(), "sessions-"));
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

const ROWS = 20_000;
// Long enough to be interrupted, short enough to come to its end.
const RUN = { ...SMALL, epochs: 5, batchSize: 64 };

async function openWith(config = RUN): Promise<StudioPage> {
  const studio = await openStudio(inject("rootUrl"), { browser, demoRows: ROWS });
  await studio.untilState("Ready to train");
  await studio.chooseBackend("WASM");
  await studio.configure(config);
  return studio;
}

/** Trains until a pause has been saved. */
async function trainAndPause(studio: StudioPage): Promise<number> {
  await studio.button("Train").click();
  await studio.untilState("Training");
  return pauseSaved(studio);
}

/** Pauses what trains, and waits until that has been saved. */
async function pauseSaved(studio: StudioPage): Promise<number> {
  await expect.poll(() => stepOf(studio), { timeout: 60_000 }).toBeGreaterThan(2);
  await studio.button("Pause").click();
  await studio.untilState("Paused");
  const step = await stepOf(studio);
  await lastSave(studio)
    .filter({ hasText: `step ${step.toLocaleString("en-US")}` })
    .waitFor();
  return step;
}

const lastSave = ({ page }: StudioPage) => page.getByTestId("last-save");

async function stepOf(studio: StudioPage): Promise<number> {
  return Number((await studio.figure("Step")).replaceAll(",", ""));
}

async function downloaded({ page, button }: StudioPage): Promise<{ path: string; checkpoint: Checkpoint }> {
  const [download] = await Promise.all([page.waitForEvent("download"), button("Download").click()]);
  const path = join(folder, `${Date.now()}.safetensors`);
  await download.saveAs(path);
  return { path, checkpoint: orThrow(decodeCheckpoint(new Uint8Array(await readFile(path)), path)) };
}

/** What a button of the saved runs gives. */
async function saved({ page }: StudioPage, button: string): Promise<{ name: string; bytes: Buffer }> {
  const pressed = page.getByRole("tabpanel").getByRole("button", { name: button, exact: true });
  const [download] = await Promise.all([page.waitForEvent("download"), pressed.click()]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

async function openCheckpoint({ page }: StudioPage, path: string): Promise<void> {
  const input = page.locator('input[type="file"][accept=".safetensors"]');
  await input.setInputFiles(path);
  // Else a browser would report no change when the same file is chosen once more.
  await expect.poll(() => input.inputValue()).toBe("");
}

const losses = ({ history }: Checkpoint) =>
  history.progress.map(({ step, logLoss, auc }) => ({ step, logLoss, auc }));

let whole: Checkpoint;

it("downloads while training continues, and continues elsewhere to the very same model", async () => {
  const studio = await openWith();
  await studio.button("Train").click();
  await studio.untilState("Training");
  await expect.poll(() => stepOf(studio), { timeout: 60_000 }).toBeGreaterThan(20);
  const middle = await downloaded(studio);
  expect(middle.checkpoint.progress.ended).toBeNull();
  await studio.untilState("Done");
  whole = (await downloaded(studio)).checkpoint;
  expect(whole.progress.ended).toBe("completed");

  const other = await openWith();
  await openCheckpoint(other, middle.path);
  await other.page.getByTestId("checkpoint-facts").waitFor();
  await other.button("Resume where it was").click();
  await other.untilState("Done");
  const end = (await downloaded(other)).checkpoint;
  expect(end.state).toEqual(whole.state);
  expect(losses(end)).toEqual(losses(whole));
  expect([...studio.errors, ...other.errors]).toEqual([]);
});

it("offers an unfinished run on return, says what was lost, and continues without a seam", async () => {
  const studio = await openWith();
  const step = await trainAndPause(studio);
  await studio.page.reload();
  const offer = studio.page.locator("[data-offer]");
  await offer.waitFor();
  expect(await offer.textContent()).toContain(`step ${step.toLocaleString("en-US")}`);
  expect(await offer.textContent()).toContain("nothing is lost");
  await studio.button("Resume it").click();
  await studio.untilState("Done");
  await studio.page.locator('[data-cut="resumed"]').first().waitFor();
  const end = (await downloaded(studio)).checkpoint;
  expect(end.state).toEqual(whole.state);
  // A pause ends a point of the curve early; all others are the same.
  expect(losses(end).at(-1)).toEqual(losses(whole).at(-1));
  await expect.poll(() => offer.count()).toBe(0);
  expect(studio.errors).toEqual([]);
});

it("survives a worker that dies, and a run that another tab has is only looked at", async () => {
  const studio = await openWith({ ...RUN, epochs: 1000 });
  await studio.button("Train").click();
  const savedStep = async () => Number((await lastSave(studio).textContent())!.replace(/\D/g, ""));
  const atStart = await savedStep();
  // As when another tab is brought to the front.
  await studio.page.evaluate(() => {
    Object.defineProperty(document, "hidden", { value: true, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
    Reflect.deleteProperty(document, "hidden");
  });
  await expect.poll(savedStep, { timeout: 8000 }).toBeGreaterThan(atStart);
  await studio.page.reload();
  await studio.button("Resume it").click();
  await studio.untilState("Training");
  await pauseSaved(studio);
  const second = await studio.page.context().newPage();
  await second.goto(inject("rootUrl"));
  await showView(second, "Runs");
  await second.getByText("open in a tab").waitFor();
  expect(await second.locator("[data-offer]").count()).toBe(0);
  expect(await second.getByRole("button", { name: /^Delete/ }).isDisabled()).toBe(true);
  await second.close();

  await trainingWorker(studio.page)!.evaluate(() => self.close());
  await studio.untilState("Worker stopped");
  await studio.button("Restart the worker").click();
  await studio.button("Resume it").click();
  await studio.untilState("Training");
  await studio.button("Stop").click();
  await studio.untilState("Stopped");

  await showView(studio.page, "Runs");
  await studio.page.getByRole("button", { name: /^Edit / }).click();
  await studio.page.getByRole("textbox", { name: "Name", exact: true }).fill("sly fox");
  await studio.page.keyboard.press("Enter");
  await studio.button("Resume sly fox").waitFor();
  const [alone, together] = [await saved(studio, "Download sly fox"), await saved(studio, "Download all")];
  expect([alone.name, together.name]).toEqual(["sly-fox.safetensors", "final-studio-runs.zip"]);
  expect(together.bytes.includes(alone.bytes)).toBe(true);
  expect(orThrow(decodeCheckpoint(new Uint8Array(alone.bytes), alone.name)).run.name).toBe("sly fox");
  const row = studio.page.locator("[data-run]");
  await studio.button("Delete sly fox").click();
  await expect.poll(() => row.count()).toBe(0);
  await studio.button("Undo").click();
  await studio.button("Resume sly fox").click();
  await studio.untilState("Training");
});

it("refuses a damaged file by name while training continues, and shows how a good one differs", async () => {
  const studio = await openWith({ ...RUN, epochs: 1000 });
  await trainAndPause(studio);
  const { path } = await downloaded(studio);
  const bytes = await readFile(path);
  bytes[bytes.length >> 1]! ^= 2;
  const damaged = join(folder, "damaged.safetensors");
  await writeFile(damaged, bytes);
  await studio.button("Resume").click();
  await openCheckpoint(studio, damaged);
  const notice = studio.page.locator('[data-problem="checkpoint-damaged"]');
  await notice.waitFor();
  expect(await notice.textContent()).toContain("damaged.safetensors");
  await studio.untilState("Training");
  await studio.button("Dismiss").click();

  await studio.configure({ ...RUN, embeddingDim: 6 });
  // Dropped on the page, anywhere.
  await dropFile(studio.page, "dropped.safetensors", await readFile(path));
  const row = studio.page.getByRole("row", { name: /embeddingDim/ });
  expect(await row.textContent()).toBe("embeddingDim46");
  await studio.button("Only evaluate it").click();
  await studio.page.getByText(/test: AUC 0\.\d+/).waitFor();
  await studio.button("New run, configuration here, tensors that fit").click();
  await studio.button("Stop and start").waitFor();
  await studio.page.keyboard.press("Escape");
  await studio.untilState("Training");
  await studio.button("New run, configuration here, tensors that fit").click();
  await studio.button("Stop and start").click();
  await studio.untilState("Training");
  expect(await studio.page.locator("#control-embeddingDim").inputValue()).toBe("6");
});

it("restores itself in a new worker when the GPU is lost, and after three losses offers WASM", async () => {
  const studio = await openStudio(inject("rootUrl"), { browser, demoRows: ROWS });
  await studio.untilState("Ready to train");
  await studio.configure({ ...SMALL, epochs: 100, embeddingDim: 2 });
  await studio.chooseBackend("WebGPU");
  await keepDevices(trainingWorker(studio.page)!);
  studio.page.on("worker", (worker) => {
    // Workers of other tests end while they are being reached.
    keepDevices(worker).catch(() => {});
  });
  await studio.button("Train").click();
  for (let loss = 1; loss <= 3; loss++) {
    await studio.untilState("Training");
    // Paused, so that what trains next is what the next worker resumes.
    await pauseSaved(studio);
    expect(await trainingWorker(studio.page)!.evaluate(destroyDevices)).toBeGreaterThan(0);
    if (loss === 3) break;
    const notice = studio.page.locator('[data-problem="device-lost"]');
    await notice.waitFor();
    // The same sentence is not shown twice.
    await notice.getByRole("button", { name: "Dismiss" }).click();
    await studio.page.locator('[data-cut="GPU lost"]').first().waitFor({ timeout: 60_000 });
  }
  const notice = studio.page.locator('[data-problem="device-unreliable"]');
  await notice.waitFor({ timeout: 60_000 });
  expect(await notice.textContent()).toContain("3 times");
  await studio.untilState("Run failed");
  await studio.button("Resume with WASM").click();
  await studio.untilState("Training");
  expect(await studio.page.getByTestId("backend-reason").textContent()).toContain("WASM");
});
