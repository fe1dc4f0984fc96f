import { expect, it } from "vitest";
import { guessColumns } from "../../../src/preprocess/tables/guess.ts";

it("offers as the label only columns that do hold two values", () => {
  const sample = (name: string, values: string[]) => ({ name, values, rows: 4 });
  const { unclear } = guessColumns([
    sample("constant", ["1", "1", "1", "1"]),
    sample("outcome", ["0", "1", "1", "0"]),
    sample("place", ["a", "b", "c", "d"]),
  ]);
  expect(unclear).toContain('"outcome" holds two values');
  expect(unclear).not.toContain('"constant"');
  expect(guessColumns([sample("a", ["1"])]).unclear).not.toContain("two values");
});
