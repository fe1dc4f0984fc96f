// A person's way through the studio, on the built page: open, train, watch, pause, step, stop.

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { launchChromium } from "../../src/cli/chromium.ts";
import { openStudio, SMALL, type StudioPage } from "./studioPage.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium({ webgpu: true });
});
afterAll(() => browser.close());

it("trains, pauses, steps and stops on WebGPU", async () => {
  const studio = await openStudio(inject("rootUrl"), { browser });
  await studio.untilState("Ready to train");
  expect(await studio.page.getByTestId("dataset-summary").textContent()).toContain("Best reachable AUC");
  await studio.makeDemo(2000);
  // SwiftShader is very slow: a few rows a step.
  await studio.configure({ ...SMALL, embeddingDim: 2, batchSize: 64, epochs: 200 });
  await studio.chooseBackend("WebGPU");
  await trainPauseStepStop(studio, "WebGPU. You chose it.");
  expectQuiet(studio, inject("rootUrl"));
});

it("does the same on WASM from below a path", async () => {
  const studio = await openStudio(inject("subPathUrl"), { browser, demoRows: 6000 });
  await studio.untilState("Ready to train");
  await studio.configure({ ...SMALL, epochs: 200 });
  // SwiftShader computes on the CPU, so WASM is what the studio chooses.
  await trainPauseStepStop(studio, "WASM, because");
  expectQuiet(studio, inject("subPathUrl"));
});

async function trainPauseStepStop(studio: StudioPage, reason: string): Promise<void> {
  const { page, button, untilState } = studio;
  await button("Train").click();
  await untilState("Training");
  expect(await page.getByTestId("backend-reason").textContent()).toContain(reason);
  await expect.poll(() => step(studio), { timeout: 60_000 }).toBeGreaterThan(2);
  await button("Pause").click();
  await untilState("Paused");
  const before = { step: await step(studio), tensors: await studio.tensorsAlive() };

  await button("Step once").click();
  await expect.poll(() => step(studio)).toBe(before.step + 1);
  await untilState("Paused");
  expect(await studio.tensorsAlive()).toBe(before.tensors);

  await button("Resume").click();
  await expect.poll(() => step(studio), { timeout: 90_000 }).toBeGreaterThanOrEqual(before.step + 50);
  await button("Pause").click();
  await untilState("Paused");
  expect(await studio.tensorsAlive()).toBe(before.tensors);
  await button("Stop").click();
  await untilState("Stopped");
  await curvesMoveDown(studio);
}

/** Log loss and KL excess are read from the tables behind the curves. */
async function curvesMoveDown(studio: StudioPage): Promise<void> {
  await studio.showTab("Curves");
  for (const chart of ["logLoss", "auc", "fusionGain", "excess", "distillation", "total"]) {
    const card = studio.page.locator(`[data-chart="${chart}"]`);
    await card.scrollIntoViewIfNeeded();
    await card.locator("svg.recharts-surface").waitFor();
  }
  await studio.showTab("Numbers");
  for (const head of ["logLoss0", "logLoss1", "logLossFused"]) {
    const losses = await studio.progressive(head);
    expect(losses.length).toBeGreaterThan(5);
    expect(mean(losses.slice(-3)), head).toBeLessThan(mean(losses.slice(0, 3)) - 0.02);
  }
  for (const gain of await studio.progressive("fusionGain")) expect(gain).toBeGreaterThanOrEqual(-1e-5);
}

function expectQuiet(studio: StudioPage, url: string): void {
  expect(studio.errors).toEqual([]);
  const { origin } = new URL(url);
  expect(studio.requests.filter((address) => new URL(address).origin !== origin)).toEqual([]);
}

async function step(studio: StudioPage): Promise<number> {
  return Number((await studio.figure("Step")).replaceAll(",", ""));
}

function mean(values: number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}
