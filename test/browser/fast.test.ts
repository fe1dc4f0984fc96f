// The fast engine on WebGPU against the reference, in headless Chromium. On WASM: test/engine.

import { afterAll, beforeAll, expect, it } from "vitest";
import { type BrowserScript, openInChromium } from "../../src/cli/browserScript.ts";
import type { FastCheck } from "./fastPage.ts";

let checks: BrowserScript<FastCheck, string>;
beforeAll(async () => {
  checks = await openInChromium(new URL("./fastPage.ts", import.meta.url));
});
afterAll(() => checks.close());

it.each<[string, FastCheck, string]>([
  ["agrees with the reference on random models and batches", "randomModels", "models agree"],
  ["sums long slots in parts, and grows for a larger batch", "longSlots", "agree"],
  ["computes the same whatever the shape of its products", "tiles", "bit for bit"],
  ["trains a table that is split by rows as one in a piece", "splitTable", "bit for bit"],
  ["repeats bit for bit", "repeats", "bit for bit"],
  ["asks for no more memory over 500 steps", "memory", "500 steps"],
])(
  "%s",
  async (_, check, said) => {
    expect(await checks.call(check)).toContain(said);
  },
  300_000,
);
