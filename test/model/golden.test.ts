// Every golden file of a model on the backends that run in Node. WebGPU is held to them in Chromium (test/browser).

import { readdirSync, readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createReferenceEngine } from "../../src/engine/reference.ts";
import { checkGolden, parseGolden } from "../../src/train/golden.ts";

const folder = new URL("../golden/", import.meta.url);
const others = ["crossed.json", "metrics.json", "parameter-counts.json", "preprocess-mindspore.json"];
const models = readdirSync(folder).filter((name) => name.endsWith(".json") && !others.includes(name));

describe.each(["cpu", "wasm"] as const)("the reference engine on %s", (backend) => {
  let tensorsBefore = 0;
  beforeEach(async () => {
    await useNodeBackend(backend);
    tensorsBefore = tf.memory().numTensors;
  });
  afterEach(() => expect(tf.memory().numTensors).toBe(tensorsBefore));

  it.each(models)("keeps the limits on %s, and leaves no tensor", async (name) => {
    const golden = parseGolden(readFileSync(new URL(name, folder), "utf8"), name);
    if (!golden.ok) throw new Error(golden.problem.sentence);
    const engine = createReferenceEngine(golden.value.config, golden.value.shape);
    const errors = await checkGolden(golden.value, engine);
    engine.dispose();
    expect(errors).toMatchObject({ passed: true });
    expect(errors.logits).toBeGreaterThan(0);
  });
});

it.each(others)("refuses %s by name: it is no golden file of a model", (name) => {
  const golden = parseGolden(readFileSync(new URL(name, folder), "utf8"), name);
  expect(golden).toMatchObject({ ok: false, problem: { code: "golden-invalid" } });
  if (!golden.ok) expect(golden.problem.sentence).toContain(name);
});

it("notices a parameter that is off by one part in a thousand", async () => {
  await useNodeBackend("cpu");
  const text = readFileSync(new URL("single-branch.json", folder), "utf8");
  const file = JSON.parse(text);
  file.parameters["branch0/unit0/weight"].values[3] *= 1.001;
  const golden = parseGolden(JSON.stringify(file), "changed");
  if (!golden.ok) throw new Error(golden.problem.sentence);
  const engine = createReferenceEngine(golden.value.config, golden.value.shape);
  expect(await checkGolden(golden.value, engine)).toMatchObject({ passed: false });
  engine.dispose();
});
