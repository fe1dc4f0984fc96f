// Whether rows that take a data set's ids look like those that it was made of: far more values without an id say that
// something is written in another way, where nothing else does.

import { type Problem, problem } from "../base/problem.ts";
import { categoryColumns, integerColumns, type Manifest } from "../shards/manifest.ts";
import type { Rows } from "../shards/rows.ts";
import type { CountedValue } from "./vocabulary.ts";

/** Of a column's rows; fewer without an id are no cause for alarm, nor are less than twice as many as the data set has. */
const MANY = 0.2;

export interface UnseenValues {
  /** Counts encoded rows. */
  add(rows: Rows): void;
  /** Of all values of categories, the share that has no id of its own. */
  share(): number;
  /** What a person should know of the rows called `name`; null where nothing is strange. */
  warning(name: string, fitted: Manifest, vocabulary: CountedValue[][]): Problem | null;
}

export function createUnseenValues(categories: number): UnseenValues {
  const unseen = new Float64Array(categories);
  let rowCount = 0;
  return {
    add({ count, categories: columns }) {
      for (const [c, ids] of columns.entries())
        for (let r = 0; r < count; r++) if (ids[r] === 0) unseen[c]!++;
      rowCount += count;
    },
    share: () => unseen.reduce((a, b) => a + b, 0) / Math.max(1, rowCount * categories),
    warning(name, fitted, vocabulary) {
      const own = oovShares(fitted, vocabulary);
      const strange = categoryColumns(fitted)
        .map((column, c) => ({ column: column.name, share: unseen[c]! / rowCount, expected: own[c]! }))
        .filter(({ share, expected }) => share > MANY && share > 2 * expected)
        .toSorted((a, b) => b.share - b.expected - (a.share - a.expected));
      const first = strange[0];
      return first
        ? problem("values-unseen", { ...first, name, dataset: fitted.name, columns: strange.length })
        : null;
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
