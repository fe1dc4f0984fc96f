// The fast engine on WebGPU against the reference, in headless Chromium. On WASM: test/engine.

import { expect, it } from "vitest";
import { runInChromium } from "../../src/cli/browserScript.ts";
import type { FastCheck } from "./fastPage.ts";

const page = new URL("./fastPage.ts", import.meta.url);

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
    expect(await runInChromium<FastCheck, string>(page, check)).toContain(said);
  },
  300_000,
);
