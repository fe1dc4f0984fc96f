// What the manifest says of each column, out of what the first pass counted.

import type { CategoryColumn, Column, IntegerColumn, Rules } from "../shards/manifest.ts";
import { distinctValues, type LogStatistics } from "./counting.ts";
import { type LogForm, namesOf } from "./logForm.ts";
import { type CountedValue, isFrequent } from "./vocabulary.ts";

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
    const buckets = [
      { value: null, count: column.missing },
      ...[...column.negative].map(([value, count]) => ({ value, count })),
      ...Array.from(column.buckets, (count, value) => ({ value, count })),
    ].filter(({ count }) => count > 0);
    // A missing integer comes first among equals.
    const order = ({ value }: { value: number | null }) => value ?? Number.NEGATIVE_INFINITY;
    buckets.sort((a, b) => b.count - a.count || order(a) - order(b));
    const scale = form.scales?.[c] ?? 1;
    const described: IntegerColumn = {
      name: names[c]!,
      kind: "integer",
      missing: column.missing,
      minimum: Number.isFinite(column.minimum) ? column.minimum : null,
      maximum: Number.isFinite(column.maximum) ? column.maximum : null,
      distinct: buckets.length,
      frequent: buckets.filter(({ count }) => isFrequent(count, rules)).length,
      base,
      buckets,
      ...(scale !== 1 && { scale }),
    };
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
