import { expect, it } from "vitest";
import { logTicks } from "../../src/ui/charts/scales.ts";

it.each<[[number, number], number[]]>([
  [
    [0.001, 1],
    [0.001, 0.01, 0.1, 1],
  ],
  [
    [0.08, 2],
    [0.1, 0.2, 0.5, 1, 2],
  ],
  // Nearly linear: even steps, all of them round.
  [
    [0.433, 0.587],
    [0.45, 0.5, 0.55],
  ],
])("are round between %j", (range, ticks) => {
  const found = logTicks(range).map((tick) => Number(tick.toPrecision(12)));
  expect(found).toEqual(ticks);
});
