// The names by which WASM kernels are called are those of their sources, in the same order.

import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { call, SIGNATURES } from "../../src/engine/wasm/signatures.ts";

const folder = new URL("../../src/engine/wasm/kernels/", import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), "utf8");

/** What index.ts exports, with the parameters in the sources, written as SIGNATURES writes them. */
function signaturesInSources(): Record<string, string> {
  const exported = new Set(
    [...read("index.ts").matchAll(/export \{([^}]+)\}/g)].flatMap(([, names]) =>
      names!
        .split(",")
        .map((name) => name.trim())
        .filter(Boolean),
    ),
  );
  const found: Record<string, string> = {};
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".ts")))
    for (const [, name, parameters] of read(file).matchAll(/export function (\w+)\(([^)]*)\)/g))
      if (exported.has(name!)) {
        const words = [...parameters!.matchAll(/(\w+)\s*:/g)].map(([, parameter]) => parameter!);
        found[name!] = words.join(" ").replace(/(\w+) \1Panel\b/g, "$1[]");
      }
  return found;
}

it("lists every kernel with its parameters in order", () => {
  expect(SIGNATURES).toEqual(signaturesInSources());
});

it("puts what a caller names into the kernel's order, a matrix as its place and its panels' length", () => {
  const values = { table: 3, ids: 4, T: 2, out: { at: 5, panel: 64 }, U: 1 };
  expect(call("gatherRows", values)).toEqual({ kernel: "gatherRows", numbers: [1, 2, 3, 4, 5, 64] });
});
