// The recipes name files; each must be there.

import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("names files that exist", () => {
  const text = readFileSync("CONTRIBUTING.md", "utf8");
  const named = [...text.matchAll(/`((?:src|test|\.github)\/[\w./-]+)`/g)].map((match) => match[1]!);
  expect(named.length).toBeGreaterThan(15);
  expect(named.filter((name) => !existsSync(name) && !name.includes("NAME"))).toEqual([]);
});
