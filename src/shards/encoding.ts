// Stored values → table rows and weights, for each way in which numbers may enter the model.
//
// Table rows: the columns' own rows, one each (of a column whose numbers have ids, and of a category, its OOV row), then
// the ids of the numbers column by column, then the frequent values of the categories column by column.

import { modeOf, type NumberModes, namedColumns } from "../base/numberModes.ts";
import { problemError } from "../base/result.ts";
import type { IntegerColumn, Manifest } from "./manifest.ts";
import { type NumberEncoding, numberEncoding, ownIds } from "./numberEncoding.ts";
import { MISSING } from "./rows.ts";

type Columns = Pick<Manifest, "columns">;

/** F and V of a data set when numbers enter this way. Throws a ProblemError where it does not allow that. */
export function tableShape(
  { columns }: Columns,
  integers: NumberModes,
): { fields: number; tableRows: number } {
  checkModes(columns, integers);
  const fields = columns.length;
  const ids = columns.map((column) =>
    column.kind === "category" ? column.frequent : ownIds(column, modeOf(integers, column.name)),
  );
  return { fields, tableRows: fields + ids.reduce((sum, rows) => sum + rows, 0) };
}

function checkModes(columns: Manifest["columns"], modes: NumberModes): void {
  const numbers = columns.filter(({ kind }) => kind === "integer").map(({ name }) => name);
  const strange = namedColumns(modes).find((name) => !numbers.includes(name));
  if (strange !== undefined) throw problemError("mode-of-no-column", { column: strange, numbers });
}

/** Turns stored values of one column into what batches are cut from: local ids, or, of a weighted column, weights. */
export interface ColumnEncoder {
  /** Rows of the table: local id 0 is `oovRow`, local id n is `base + n − 1`. A weighted column has `oovRow` alone. */
  oovRow: number;
  base: number;
  /** Arrays of it hold weights, or local ids in the fewest bytes that hold all of the column's. */
  Values: ValuesConstructor;
  /** What a number becomes; null: stored values are local ids already. */
  numbers: NumberEncoder | null;
}

/** From a number, or what stands for a missing one, to its local id or weight. */
export interface NumberEncoder extends Pick<NumberEncoding, "encode"> {
  /** Of missing integers first, then of those from LEAST_COMMON on, as most of a log are; null where there are fractions. */
  readonly common: EncodedValues | null;
}

export type EncodedValues = Uint8Array | Uint16Array | Int32Array | Float32Array;
export type ValuesConstructor =
  | Uint8ArrayConstructor
  | Uint16ArrayConstructor
  | Int32ArrayConstructor
  | Float32ArrayConstructor;

/** One encoder a column, in the order of the columns. Throws a ProblemError where the columns do not allow these modes. */
export function columnEncoders({ columns }: Columns, integers: NumberModes): ColumnEncoder[] {
  checkModes(columns, integers);
  let nextRow = columns.length;
  return columns.map((column, oovRow) => {
    const base = nextRow;
    if (column.kind === "category") {
      nextRow += column.frequent;
      return { oovRow, base, Values: narrowest(column.frequent), numbers: null };
    }
    const { ids, isWeight, encode } = numberEncoding(column, modeOf(integers, column.name));
    nextRow += ids;
    const Values = isWeight ? Float32Array : narrowest(ids);
    let common: EncodedValues | null = null;
    const numbers: NumberEncoder = {
      encode,
      // Not everybody needs it, and it takes a while.
      get common() {
        if (!column.fractions) common ??= commonValues(encode, Values, column);
        return common;
      },
    };
    return { oovRow, base, Values, numbers };
  });
}

function narrowest(greatest: number): ValuesConstructor {
  if (greatest < 256) return Uint8Array;
  return greatest < 65536 ? Uint16Array : Int32Array;
}

/** The least integer whose encoding is looked up. */
export const LEAST_COMMON = -16;
const MOST_COMMON_VALUES = 1 << 16;

function commonValues(
  encode: (value: number) => number,
  Values: ValuesConstructor,
  { maximum }: IntegerColumn,
): EncodedValues {
  const upToMaximum = Math.max(LEAST_COMMON, maximum ?? LEAST_COMMON) - LEAST_COMMON + 2;
  const common = new Values(Math.min(MOST_COMMON_VALUES, upToMaximum));
  for (let i = 0; i < common.length; i++) common[i] = encode(i === 0 ? MISSING : LEAST_COMMON + i - 1);
  return common;
}
