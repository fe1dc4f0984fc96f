import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NUMBER_MODES, type NumberMode, parseModes } from "../../src/base/numberModes.ts";
import { describeNumbers } from "../../src/preprocess/describeNumbers.ts";
import { countNumbers, emptyNumberCounts } from "../../src/preprocess/numberCounts.ts";
import { columnEncoders, tableShape } from "../../src/shards/encoding.ts";
import type { CategoryColumn, IntegerColumn } from "../../src/shards/manifest.ts";
import { isFlat, numberEncoding, ownIds } from "../../src/shards/numberEncoding.ts";
import { MISSING } from "../../src/shards/rows.ts";

/** What a manifest says of a column of these numbers. */
function columnOf(values: (number | null)[], fractions = false, threshold = 1, name = "I1"): IntegerColumn {
  const numbers = values.map((value) => value ?? (fractions ? Number.NaN : MISSING));
  const counts = emptyNumberCounts(fractions);
  countNumbers(counts, fractions ? Float32Array.from(numbers) : Int32Array.from(numbers), numbers.length);
  return describeNumbers(name, counts, { rule: "at-least", threshold }, 1);
}

describe("weights", () => {
  const column = columnOf([2, 4, 4, 4, 5, 5, 7, 9, null]);

  it.each([
    ["max", 9, 1],
    ["max", 4.5, 0.5],
    ["minmax", 2, 0],
    ["minmax", 5.5, 0.5],
    ["minmax", 16, 2],
    // Mean 5, deviation 2.
    ["standard", 9, 2],
    ["standard", 2, -1.5],
    ["log", 9, 1],
    ["log", -3, 0],
  ] as [NumberMode, number, number][])("%s of %d is %d", (mode, value, weight) => {
    const { encode, ids, isWeight } = numberEncoding(column, mode);
    expect([ids, isWeight]).toEqual([0, true]);
    expect(encode(value)).toBeCloseTo(weight, 12);
    expect(encode(MISSING)).toBe(0);
    expect(encode(Number.NaN)).toBe(0);
  });

  it.each(["max", "log", "standard", "minmax"] as const)("of a constant column are finite: %s", (mode) => {
    expect(Number.isFinite(numberEncoding(columnOf([-3, -3]), mode).encode(-3))).toBe(true);
    expect(numberEncoding(columnOf([null]), mode).encode(5)).toBe(0);
  });
});

describe("quantile", () => {
  it("gives equal shares of the rows an id each, missing numbers one of their own", () => {
    const column = columnOf([...Array.from({ length: 100 }, (_, i) => i), null, null], false, 25);
    const { encode, ids } = numberEncoding(column, "quantile");
    expect(ids).toBe(5);
    const rows = Array.from({ length: 6 }, () => 0);
    for (let i = 0; i < 100; i++) rows[encode(i)]!++;
    expect(rows).toEqual([0, 25, 25, 25, 25, 0]);
    expect(encode(MISSING)).toBe(5);
    expect([encode(-1000), encode(1000)]).toEqual([1, 4]);
  });

  it("leaves a number that many rows have in a share of its own", () => {
    const column = columnOf(
      [...Array.from({ length: 80 }, () => 7), 1, 2, 3, 4, 5, 6, 8, 9, 10, 11],
      false,
      9,
    );
    const { encode } = numberEncoding(column, "quantile");
    expect(encode(6)).not.toBe(encode(7));
    expect(encode(8)).not.toBe(encode(7));
  });

  it("keeps the order of numbers, and shares that are about equal, whatever the numbers", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer(), fc.integer({ min: -50, max: 5000 })), {
          minLength: 2,
          maxLength: 400,
        }),
        fc.boolean(),
        (drawn, fractions) => {
          const values = fractions ? drawn.map((value) => Math.fround(value / 1024)) : drawn;
          const valid = values.filter((value) => fractions || value !== MISSING);
          fc.pre(valid.length > 1);
          const column = columnOf(valid, fractions, 20);
          const { encode, ids } = numberEncoding(column, "quantile");
          const sorted = valid.toSorted((a, b) => a - b).map(encode);
          expect(sorted).toEqual(sorted.toSorted((a, b) => a - b));
          expect(sorted.at(-1)).toBeLessThanOrEqual(ids);
          const distinct = new Set(valid).size;
          if (distinct < valid.length) return;
          const shares = new Map<number, number>();
          for (const id of sorted) shares.set(id, (shares.get(id) ?? 0) + 1);
          const equal = valid.length / Math.max(2, Math.floor(valid.length / 20));
          for (const count of shares.values())
            expect(Math.abs(count - equal)).toBeLessThanOrEqual(equal / 2 + 1);
        },
      ),
    );
  });
});

describe("isFlat", () => {
  it("finds modes in which several numbers are all the same to a model", () => {
    const negative = columnOf([-120, -70, -100], true);
    expect(NUMBER_MODES.filter((mode) => isFlat(negative, mode))).toEqual(["max", "log"]);
    // All in FuxiCTR's bucket 0.
    const small = columnOf([0.25, 0.5, 0.75], true);
    expect(NUMBER_MODES.filter((mode) => isFlat(small, mode))).toEqual(["bucket"]);
    // Weights of 32 bits cannot hold both.
    const far = columnOf([2_000_000_000, 2_000_000_001]);
    expect(NUMBER_MODES.filter((mode) => isFlat(far, mode))).toEqual(["max", "log", "bucket"]);
  });

  it("leaves out columns that have one number", () => {
    expect(NUMBER_MODES.filter((mode) => isFlat(columnOf([-5, -5, null]), mode))).toEqual([]);
  });
});

describe("modes of several columns", () => {
  const category: CategoryColumn = {
    name: "C1",
    kind: "category",
    missing: 0,
    distinct: 3,
    frequent: 3,
    base: 3,
  };
  const columns = [columnOf([1, 2, 3, 8], false, 1, "a"), columnOf([0.5, null], true, 1, "b"), category];

  it("lay the table out column by column", () => {
    const modes = { a: "bucket", b: "standard" } as const;
    const encoders = columnEncoders({ columns }, modes);
    // 1, 2, 3 and 8 fall into the buckets 1, 2 and 4; 3 has the same as 1.
    expect(encoders.map(({ oovRow, base }) => [oovRow, base])).toEqual([
      [0, 3],
      [1, 6],
      [2, 6],
    ]);
    expect(tableShape({ columns }, modes)).toEqual({ fields: 3, tableRows: 3 + 3 + 3 });
    expect(tableShape({ columns }, { "*": "max", b: "quantile" })).toEqual({
      fields: 3,
      tableRows: 3 + ownIds(columns[1] as IntegerColumn, "quantile") + 3,
    });
  });

  it("are refused where they name no column", () => {
    expect(() => tableShape({ columns }, { a: "max", c: "max" })).toThrow(
      /"c" of numbers.*none of this name/,
    );
  });

  it("are refused where an earlier version did not note what they need", () => {
    const { statistics: _, ...old } = columns[0] as IntegerColumn;
    for (const mode of ["standard", "quantile"] as const) {
      expect(() => tableShape({ columns: [old] }, mode)).toThrow(/made by an earlier version/);
      expect(() => columnEncoders({ columns: [old] }, mode)).toThrow(/made by an earlier version/);
    }
    expect(tableShape({ columns: [old] }, "minmax")).toEqual({ fields: 1, tableRows: 1 });
  });

  it.each([
    ["standard", "standard"],
    ["a=max", { a: "max" }],
    ["bucket,a=max,x=y=log", { "*": "bucket", a: "max", "x=y": "log" }],
    ["a=maximum", null],
    ["max,log", null],
    ["a=max,a=log", null],
    ["=max", null],
    ["", null],
  ])("are read from %j", (text, modes) => {
    expect(parseModes(text)).toEqual(modes);
  });
});
