import { expect, it } from "vitest";
import { preset } from "../../src/model/presets.ts";
import { sideBySide } from "../../src/runs/sideBySide.ts";

const linesOf = (value: unknown) => JSON.stringify(value, null, 2).split("\n");
const different = (left: unknown, right: unknown) =>
  sideBySide(linesOf(left), linesOf(right))
    .filter(({ isSame }) => !isSame)
    .map((row) => [row.left?.trim() ?? null, row.right?.trim() ?? null]);

it("sets lines that differ beside each other, and those that one side alone has beside nothing", () => {
  expect(different({ a: 1, b: 2, c: 3 }, { a: 1, b: 5, c: 3 })).toEqual([['"b": 2,', '"b": 5,']]);
  expect(different({ a: 1, b: 2 }, { a: 1, b: 2, c: 3 })).toEqual([[null, '"c": 3']]);
  expect(different({ a: [1, 2], b: 2 }, { b: 2 })).toEqual([
    ['"a": [', null],
    ["1,", null],
    ["2", null],
    ["],", null],
  ]);
});

it("keeps every line of both, in order", () => {
  const [left, right] = [linesOf(preset("demo")), linesOf(preset("fuxictr-x4-2b"))];
  const rows = sideBySide(left, right);
  expect(rows.flatMap((row) => row.left ?? [])).toEqual(left);
  expect(rows.flatMap((row) => row.right ?? [])).toEqual(right);
  expect(rows.filter(({ isSame }) => isSame).length).toBeGreaterThan(20);
  expect(different(preset("demo"), preset("demo"))).toEqual([]);
});
