// What a chart reads at one position, and which values set its scale.

import { expect, it } from "vitest";
import { createTable } from "../../src/runs/table.ts";
import type { Points } from "../../src/store/charts/curveLines.ts";
import { recentMean } from "../../src/store/charts/recentMean.ts";
import { readAt } from "../../src/ui/charts/reading.ts";
import { markedSeries, type Series, valueRange } from "../../src/ui/charts/series.ts";

const points = (...pairs: [number, number][]): Points => ({
  x: Float64Array.from(pairs, ([x]) => x),
  y: Float64Array.from(pairs, ([, y]) => y),
});

function series(id: string, mark: Series["mark"], ...pairs: [number, number][]): Series {
  const look = { id, row: id, name: id, column: "", color: "var(--fused)" };
  return { ...markedSeries({ ...look, mark: mark ?? "circle" }, points(...pairs)), mark };
}

const line = series("line", null, [0, 1], [100, 3]);
const late = series("late", null, [60, 5], [100, 7]);
const valid = series("valid", "square", [50, 2], [100, 4]);
const test = series("test", "circle", [51, 9], [100, 6]);
const read = (x: number) => {
  const { lines, marks, marksAt } = readAt([line, late, valid, test], x, [0, 100]);
  const named = (readings: typeof lines) => readings.map(({ series: { id }, value }) => [id, value]);
  return { lines: named(lines), marks: named(marks), marksAt };
};

it("reads lines where they are drawn, and evaluations of one position alone", () => {
  expect(read(25)).toEqual({ lines: [["line", 1.5]], marks: [], marksAt: null });
  expect(read(49.5)).toMatchObject({ marks: [["valid", 2]], marksAt: 50 });
  expect(read(51.2)).toMatchObject({ marks: [["test", 9]], marksAt: 51 });
  expect(read(80).lines).toEqual([
    ["line", 2.6],
    ["late", 6],
  ]);
  expect(read(99)).toMatchObject({
    marks: [
      ["valid", 4],
      ["test", 6],
    ],
    marksAt: 100,
  });
});

it("scales to what the window shows, and to a level only where all is shown", () => {
  const range = (window: [number, number] | null) =>
    valueRange([line, valid], { level: { value: 4.5 }, window, logarithmic: false })!;
  const [low, high] = range(null);
  expect(low).toBeLessThan(1);
  expect(high).toBeGreaterThan(4.5);
  const [from, to] = range([20, 40]);
  // Neither line has a point there: 1.4 to 1.8.
  expect([from, to].map((end) => end.toFixed(3))).toEqual(["1.376", "1.824"]);
});

it("means over the last rows, each point by its rows", () => {
  const table = createTable(["rows", "loss"]);
  for (const [rows, loss] of [
    [100, 9],
    [100, 1],
    [50, Number.NaN],
    [20, 2],
  ] as const)
    table.push({ rows, loss });
  expect(recentMean(table, "loss", 110)).toEqual({ mean: (100 * 1 + 20 * 2) / 120, rows: 120 });
  expect(recentMean(table, "loss", 1)).toEqual({ mean: 2, rows: 20 });
  expect(recentMean(createTable(["rows", "loss"]), "loss", 10)).toBeNull();
  // Curves of an arena know where their points lie, not of how many rows they are.
  const ofArena = createTable(["rowsSeen", "loss"]);
  for (const [rowsSeen, loss] of [
    [50, 9],
    [150, 1],
    [170, 2],
  ] as const)
    ofArena.push({ rowsSeen, loss });
  expect(recentMean(ofArena, "loss", 110)).toEqual({ mean: (100 * 1 + 20 * 2) / 120, rows: 120 });
});
