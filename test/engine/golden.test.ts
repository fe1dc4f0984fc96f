// The plain and the fast engine compute what the golden files hold; src/model's own test is test/model/golden.test.ts.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createEngine } from "../../src/engine/create.ts";
import { createWasmFastEngine } from "../../src/engine/wasm/fast.ts";
import { checkGolden, parseGolden } from "../../src/train/golden.ts";

const folder = new URL("../golden/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
const models = files.filter((name) => "config" in JSON.parse(readFileSync(new URL(name, folder), "utf8")));

function golden(name: string) {
  const parsed = parseGolden(readFileSync(new URL(name, folder), "utf8"), name);
  if (!parsed.ok) throw new Error(parsed.problem.sentence);
  return parsed.value;
}

describe.each(["plain", "fast"] as const)("the %s engine on WASM", (engineName) => {
  it.each(models)("keeps the limits on %s", async (name) => {
    await useNodeBackend("wasm");
    const { config, shape } = golden(name);
    const engine = await createEngine(engineName, config, shape);
    const errors = await checkGolden(golden(name), engine);
    engine.dispose();
    expect(errors).toMatchObject({ passed: true });
  });
});

describe.each(["unique", "plain"] as const)("the fast engine with every field %s", (fields) => {
  it.each(models)("keeps the limits on %s", async (name) => {
    await useNodeBackend("wasm");
    const { config, shape } = golden(name);
    const engine = createWasmFastEngine(config, shape, { fields });
    const errors = await checkGolden(golden(name), engine);
    engine.dispose();
    expect(errors).toMatchObject({ passed: true });
  });
});
