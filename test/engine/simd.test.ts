// The two modules of the WASM kernels: with relaxed SIMD and without, each within the golden limits, and named.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { orThrow } from "../../src/base/result.ts";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createEngine } from "../../src/engine/create.ts";
import { type EngineDescription, roundAlike } from "../../src/engine/engine.ts";
import { checkGolden, parseGolden } from "../../src/train/golden.ts";

const GOLDEN = "mindspore-two-branches.json";

async function check(relaxed: boolean, threads: number) {
  await useNodeBackend("wasm", threads, relaxed);
  const golden = orThrow(parseGolden(readFileSync(`test/golden/${GOLDEN}`, "utf8"), GOLDEN));
  const engine = await createEngine("fast", golden.config, golden.shape);
  const { description } = engine;
  const errors = await checkGolden(golden, engine);
  engine.dispose();
  return { description, errors };
}

it("passes the golden file with both modules, and says which one computed", async () => {
  const plain = await check(false, 1);
  const relaxed = await check(true, 1);
  expect(plain.errors.passed).toBe(true);
  expect(relaxed.errors.passed).toBe(true);
  expect(plain.description.simd).toBeUndefined();
  expect(relaxed.description.simd).toBe("relaxed");
  // One rounding instead of two: were the errors equal, the same module would have run twice.
  expect(relaxed.errors).not.toEqual(plain.errors);
});

it("repeats each module's numbers bit for bit, on two threads too, also after the other one", async () => {
  const first = await check(true, 1);
  await check(false, 2);
  const again = await check(true, 2);
  expect(again.errors).toEqual(first.errors);
});

it("says that the modules round otherwise", () => {
  const plain: EngineDescription = { engine: "fast", backend: "wasm", threads: 1 };
  expect(roundAlike(plain, { ...plain, threads: 4 })).toBe(true);
  expect(roundAlike(plain, { ...plain, simd: "relaxed" })).toBe(false);
});
