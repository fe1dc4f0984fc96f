// The census of rows while they are encoded: most rows are looked at in a few columns only, to choose the sample.

import { mix32 } from "../../base/random.ts";
import { columnEncoders } from "../../shards/encoding.ts";
import type { Column, Manifest } from "../../shards/manifest.ts";
import { MISSING, type Numbers } from "../../shards/rows.ts";
import type { EncodedPart } from "../encoder.ts";
import type { CountedValue } from "../vocabulary.ts";
import { censusModes, censusTableRows } from "./censusModes.ts";
import type { FilledRows } from "./findings.ts";
import { createRowCensus, type RowFacts } from "./rowCensus.ts";

/** Columns that choose the sample: those with the most values. */
const KEY_COLUMNS = 6;

/** Odd and far from each other, so that different rows seldom agree in both sums: the golden ratio's, and Knuth's. */
const FACTOR = 0x9e3779b1;
const OTHER_FACTOR = 0x5851f42d;

export interface EncodedCensus {
  /** Looks at a part's rows, in the log's order; `splitOf` gives the split of its r-th row, −1 for none. */
  see(part: EncodedPart, splitOf: (r: number) => number): void;
  facts(): { rows: RowFacts; filled: FilledRows; different: number[] };
}

/** `manifest` is known but for its shards; `values` are the categories' frequent values, `rows` how many will come. */
export function createEncodedCensus(
  manifest: Manifest,
  values: CountedValue[][],
  rows: number,
): EncodedCensus {
  const { columns } = manifest;
  const fields = columns.length;
  const encoders = columnEncoders(manifest, censusModes(columns));
  const census = createRowCensus(rows, fields, censusTableRows(columns));
  const numbers = columns.filter(({ kind }) => kind === "integer").length;
  const keys = keyColumns(manifest);
  /** What stands for no value: of categories the id of the empty text, −1 where it has none. */
  const empty = columns.map((column, f) =>
    column.kind === "category"
      ? values[f - numbers]!.findIndex(({ value }) => value === "") + 1 || -1
      : MISSING,
  );
  const last: (number | null)[] = columns.map((column, f) =>
    column.kind === "category" && column.missing > 0 && empty[f] === -1 ? null : 0,
  );
  let lineCount = 0;

  function noteFilled(stored: Int32Array[], part: EncodedPart): void {
    for (const [f, column] of columns.entries()) {
      if (last[f] === null) continue;
      const values = stored[f]!;
      const isEmpty = "fractions" in column && column.fractions ? isNotANumber : null;
      let r = part.rows.count - 1;
      if (isEmpty) while (r >= 0 && isEmpty(values[r]!)) r--;
      else while (r >= 0 && values[r] === empty[f]) r--;
      if (r >= 0) last[f] = Math.max(last[f]!, part.lines[r]! + 1);
    }
  }

  /** The rows that the census takes. */
  function sampleOf(stored: Int32Array[], { rows }: EncodedPart): Uint32Array {
    const choosing = new Int32Array(rows.labels.subarray(0, rows.count));
    for (const key of keys) {
      const values = stored[key]!;
      for (let r = 0; r < choosing.length; r++) choosing[r] = Math.imul(choosing[r]!, FACTOR) + values[r]!;
    }
    const sample = new Uint32Array(rows.count);
    let count = 0;
    for (let r = 0; r < choosing.length; r++)
      if (census.takes(mix32(choosing[r]!) >>> 0)) sample[count++] = r;
    return sample.subarray(0, count);
  }

  /** The table rows of the sample, `[rows, fields]`. */
  function idsOf(own: Numbers[], sample: Uint32Array): Int32Array {
    const ids = new Int32Array(sample.length * fields);
    for (const [f, { numbers, oovRow, base }] of encoders.entries()) {
      const values = own[f]!;
      for (let i = 0, at = f; i < sample.length; i++, at += fields) {
        const value = values[sample[i]!]!;
        const local = numbers ? numbers.encode(value) : value;
        ids[at] = local === 0 ? oovRow : base + local - 1;
      }
    }
    return ids;
  }

  return {
    see(part, splitOf) {
      const { rows, lines } = part;
      const own = [...rows.integers, ...rows.categories];
      // The bits of fractions, so that all columns are alike.
      const stored = own.map((values) => new Int32Array(values.buffer, values.byteOffset, rows.count));
      lineCount = Math.max(lineCount, rows.count > 0 ? lines[rows.count - 1]! + 1 : 0);
      noteFilled(stored, part);
      const sample = sampleOf(stored, part);
      const { hashes, checks } = hashRows(stored, part, sample);
      const ids = idsOf(own, sample);
      for (let i = 0; i < sample.length; i++) {
        const r = sample[i]!;
        const split = splitOf(r);
        if (split < 0) continue;
        const label = rows.labels[r]!;
        census.add({ split, label, ids, at: i * fields, hash: hashes[i]!, check: checks[i]! });
      }
    },
    facts: () => ({
      rows: census.facts(),
      filled: { rows: lineCount, what: "row", last },
      different: columns.map(differentValues),
    }),
  };
}

/** Two hashes of each row of the sample; columns one after the other, since a row's values lie far apart. */
function hashRows(
  stored: Int32Array[],
  { rows }: EncodedPart,
  sample: Uint32Array,
): { hashes: Uint32Array; checks: Uint32Array } {
  const hashes = new Uint32Array(sample.length);
  const checks = new Uint32Array(sample.length);
  for (let i = 0; i < sample.length; i++) {
    const label = rows.labels[sample[i]!]!;
    hashes[i] = label;
    checks[i] = ~label;
  }
  for (const values of stored) hashColumn(values, sample, hashes, checks);
  for (let i = 0; i < sample.length; i++) {
    hashes[i] = mix32(hashes[i]!);
    checks[i] = mix32(checks[i]!);
  }
  return { hashes, checks };
}

function hashColumn(values: Int32Array, sample: Uint32Array, hashes: Uint32Array, checks: Uint32Array): void {
  for (let i = 0; i < sample.length; i++) {
    const value = values[sample[i]!]!;
    hashes[i] = Math.imul(hashes[i]!, FACTOR) + value;
    checks[i] = Math.imul(checks[i]!, OTHER_FACTOR) + value;
  }
}

/** Whether the bits are those of a NaN. */
function isNotANumber(bits: number): boolean {
  return (bits & 0x7fffffff) > 0x7f800000;
}

/** Values as they are stored: rare ones of a category share one. */
function differentValues(column: Column): number {
  return column.kind === "category" ? column.frequent + 1 : (column.statistics?.values ?? column.distinct);
}

function keyColumns({ columns }: Manifest): number[] {
  const different = columns.map((column, f) => ({ f, values: differentValues(column) }));
  return different
    .sort((a, b) => b.values - a.values)
    .slice(0, KEY_COLUMNS)
    .map(({ f }) => f);
}
