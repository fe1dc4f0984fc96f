// The plain engine computes what the golden files hold; src/model's own test is test/model/golden.test.ts.

import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createEngine } from "../../src/engine/create.ts";
import { checkGolden, parseGolden } from "../../src/train/golden.ts";

const folder = new URL("../golden/", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
const models = files.filter((name) => "config" in JSON.parse(readFileSync(new URL(name, folder), "utf8")));

it.each(models)("the plain engine on WASM keeps the limits on %s", async (name) => {
  await useNodeBackend("wasm");
  const golden = parseGolden(readFileSync(new URL(name, folder), "utf8"), name);
  if (!golden.ok) throw new Error(golden.problem.sentence);
  const engine = await createEngine("plain", golden.value.config, golden.value.shape);
  expect(await checkGolden(golden.value, engine)).toMatchObject({ passed: true });
  engine.dispose();
});
