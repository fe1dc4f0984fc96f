import fc from "fast-check";
import { expect, it } from "vitest";
import { greatestOf } from "../../src/shards/greatest.ts";

it.each([Uint8Array, Uint16Array, Int32Array])("finds the greatest of a %o of any length", (Codes) => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 100 }), fc.nat(3), (numbers, start) => {
      const codes = new Codes(numbers).subarray(start);
      expect(greatestOf(codes)).toBe(Math.max(0, ...codes.map((code) => code)));
    }),
  );
});

it("finds it behind the first 64 KiB, and a negative code above all others", () => {
  const codes = new Int32Array(100_000).fill(5);
  codes[99_999] = 6;
  expect(greatestOf(codes)).toBe(6);
  codes[20_000] = -1;
  expect(greatestOf(codes)).toBe(4294967295);
});
