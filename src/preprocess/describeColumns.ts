// What the manifest says of each column, out of what the first pass counted.

import type { CategoryColumn, Column, IntegerColumn, Rules } from "../shards/manifest.ts";
import { distinctValues, type LogStatistics } from "./counting.ts";
import { describeNumbers } from "./describeNumbers.ts";
import { type LogForm, namesOf } from "./logForm.ts";
import type { CountedValue } from "./vocabulary.ts";

/** Integer columns, then categories; their table rows follow one another. */
export function describeColumns(
  { integers, categories }: LogStatistics,
  frequent: CountedValue[][],
  rules: Rules,
  form: LogForm,
): Column[] {
  const names = namesOf(form);
  const fields = names.length;
  let base = fields;
  const integerColumns = integers.map((column, c): IntegerColumn => {
    const described = describeNumbers(names[c]!, column, rules, base);
    base += described.frequent;
    return described;
  });
  base = fields;
  const categoryColumns = categories.map((column, c): CategoryColumn => {
    const described: CategoryColumn = {
      name: names[form.integers + c]!,
      kind: "category",
      missing: column.empty,
      // Another tool's numbers may outnumber the values that occur.
      distinct: Math.max(distinctValues(column), frequent[c]!.length),
      frequent: frequent[c]!.length,
      base,
    };
    base += described.frequent;
    return described;
  });
  return [...integerColumns, ...categoryColumns];
}
