import { expect, it } from "vitest";
import { guessColumns } from "../../../src/preprocess/tables/guess.ts";

it("takes counts and bids for numbers, and codes for categories, by their names", () => {
  const values = ["17", "4", "250", "31"];
  const roleOf = (name: string) => guessColumns([{ name, values, rows: 4 }]).columns[0]!.role;
  for (const name of ["bid", "total_paid", "clicks_last_week", "num_sessions_per_user", "avg_7_day", "price"])
    expect(roleOf(name), name).toBe("integer");
  for (const name of ["adid", "user_id", "item", "weekday", "cms_group", "bid_id", "country_code"])
    expect(roleOf(name), name).toBe("category");
});

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
