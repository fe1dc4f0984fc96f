// Whether rows that take a data set's ids look like those that it was made of: far more values without an id, or numbers of
// another size, say that something is written in another way, where nothing else does.

import { type Problem, problem } from "../base/problem.ts";
import { categoryColumns, type IntegerColumn, integerColumns, type Manifest } from "../shards/manifest.ts";
import { MISSING, type Numbers, type Rows } from "../shards/rows.ts";
import type { CountedValue } from "./vocabulary.ts";

/** Of a column's rows; fewer without an id are no cause for alarm, nor are less than twice as many as the data set has. */
const MANY = 0.2;
/** Of a column's numbers, on one side of the middle half that the data set's numbers have: a quarter of them was there. */
const NEARLY_ALL = 0.9;
/** Fewer numbers may lie there, or be missing, by chance. */
const FEW = 20;

export interface UnseenValues {
  /** Counts encoded rows. */
  add(rows: Rows): void;
  /** Of all values of categories, the share that has no id of its own. */
  share(): number;
  /** What a person should know of the rows called `name`; null where nothing is strange. */
  warning(name: string, fitted: Manifest, vocabulary: CountedValue[][]): Problem | null;
}

/** `fitted` is the data set whose ids the rows take. */
export function createUnseenValues(categories: number, fitted?: Manifest): UnseenValues {
  const sizes = (fitted ? integerColumns(fitted) : []).map(createSizes);
  const unseen = new Float64Array(categories);
  let rowCount = 0;
  return {
    add({ count, integers, categories: columns }) {
      for (const [c, size] of sizes.entries()) size.add(integers[c]!, count);
      for (const [c, ids] of columns.entries())
        for (let r = 0; r < count; r++) if (ids[r] === 0) unseen[c]!++;
      rowCount += count;
    },
    share: () => unseen.reduce((a, b) => a + b, 0) / Math.max(1, rowCount * categories),
    warning(name, fitted, vocabulary) {
      const own = oovShares(fitted, vocabulary);
      const strange = categoryColumns(fitted)
        .map((column, c) => ({ column: column.name, share: unseen[c]! / rowCount, expected: own[c]! }))
        .filter(({ share, expected }) => isStrange(share, expected, rowCount))
        .toSorted((a, b) => b.share - b.expected - (a.share - a.expected));
      const first = strange[0];
      return first
        ? problem("values-unseen", { ...first, name, dataset: fitted.name, columns: strange.length })
        : (sizes.map((size) => size.warning(name, fitted.name)).find((found) => found !== null) ?? null);
    },
  };
}

function isStrange(share: number, expected: number, rows: number): boolean {
  if (share > MANY && share > 2 * expected) return true;
  // Of many rows hardly one has a value with an id, where one in ten should.
  return share > 0.99 && expected < NEARLY_ALL && rows >= 5 * FEW;
}

/** Where the numbers of a column lie, beside those of the data set. */
function createSizes({ name: column, minimum, maximum, statistics, missing, buckets }: IntegerColumn) {
  const expected =
    missing /
    Math.max(
      1,
      buckets.reduce((sum, { count }) => sum + count, 0),
    );
  const [least, most] = [minimum ?? Number.NEGATIVE_INFINITY, maximum ?? Number.POSITIVE_INFINITY];
  const [, lower = Number.NEGATIVE_INFINITY, , upper = Number.POSITIVE_INFINITY] =
    statistics?.percentiles ?? [];
  let [rows, present, outside, below, above] = [0, 0, 0, 0, 0];
  return {
    add(numbers: Numbers, count: number): void {
      rows += count;
      for (let r = 0; r < count; r++) {
        const number = numbers[r]!;
        if (number === MISSING || Number.isNaN(number)) continue;
        present++;
        if (number < least || number > most) outside++;
        if (number < lower) below++;
        else if (number > upper) above++;
      }
    },
    warning(name: string, dataset: string): Problem | null {
      const words = { name, dataset, column };
      const share = rows > 0 ? 1 - present / rows : 0;
      if (rows >= FEW && share > NEARLY_ALL && expected < 0.5)
        return problem("numbers-missing", { ...words, share, expected });
      if (present < FEW) return null;
      if (outside > MANY * present)
        return problem("numbers-outside", { ...words, share: outside / present, least, most });
      const side = below > above ? ("below" as const) : ("above" as const);
      const onSide = Math.max(below, above) / present;
      const than = side === "below" ? lower : upper;
      return onSide > NEARLY_ALL ? problem("numbers-aside", { ...words, share: onSide, side, than }) : null;
    },
  };
}

/** Of each column, the share of the rows that were counted whose value has no id of its own. */
function oovShares(manifest: Manifest, vocabulary: CountedValue[][]): number[] {
  const frequent = vocabulary.map((values) => values.reduce((sum, { count }) => sum + count, 0));
  const buckets = integerColumns(manifest)[0]?.buckets ?? [];
  // Where no integer column says how many rows were counted, some category most likely has hardly a rare value.
  const rows = Math.max(
    1,
    buckets.reduce((sum, { count }) => sum + count, 0),
    ...frequent,
  );
  return frequent.map((count) => 1 - count / rows);
}
