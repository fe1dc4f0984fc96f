// Which values are frequent, and their ids: by the rule, by falling count, ties by the value's bytes.

import type { Rules } from "../shards/manifest.ts";
import { type Block, KIND } from "./block.ts";
import { eachCount, type ValueCounts } from "./counting.ts";
import { createKeyTable, homeOf, placeOf, shiftOf } from "./keyTable.ts";
import type { LogForm } from "./logForm.ts";

/** A value of a column and how often it occurs; each character of `value` is one byte. */
export interface CountedValue {
  value: string;
  count: number;
}

/** MindSpore: more often than the threshold. FuxiCTR: at least so often. */
export function isFrequent(count: number, { rule, threshold }: Pick<Rules, "rule" | "threshold">): boolean {
  return rule === "over" ? count > threshold : count >= threshold;
}

/** The frequent values of a column in the order of their local ids, which start at 1; `shared` numbers are none. */
export function frequentValues(
  column: ValueCounts,
  rule: Pick<Rules, "rule" | "threshold" | "idOrder">,
  numbers = false,
  shared: number[] = [],
): CountedValue[] {
  const { empty, odd } = column;
  const values: CountedValue[] = [];
  const textOf = numbers ? String : hexValue;
  eachCount(column, (key, count) => {
    if (isFrequent(count, rule) && !shared.includes(key)) values.push({ value: textOf(key), count });
  });
  if (empty > 0 && isFrequent(empty, rule)) values.push({ value: "", count: empty });
  for (const [value, count] of odd) if (isFrequent(count, rule)) values.push({ value, count });
  if (rule.idOrder === "given")
    return values.sort((a, b) => a.value.length - b.value.length || (a.value < b.value ? -1 : 1));
  return values.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

/** The values that another tool numbered 1, 2, …, with how often their numbers occur: all of them, also those that do not. */
export function numberedValues(column: ValueCounts, tokens: string[]): CountedValue[] {
  const values = tokens.map((value) => ({ value, count: 0 }));
  eachCount(column, (key, count) => {
    const known = values[key - 1];
    if (known) known.count = count;
  });
  return values;
}

/** Local ids of one column's values. */
export interface ColumnIds {
  /** A key table of local ids. */
  table: Uint32Array;
  empty: number;
  odd: Map<string, number>;
}

/** Ids 1, 2, … for `values` in their order, those of null unused; every other value has id 0, the column's OOV. */
export function columnIds(values: readonly (string | null)[], { numbers = false }: LogForm): ColumnIds {
  let slots = 16;
  while (values.length > 0.5 * slots) slots *= 2;
  const table = createKeyTable(slots);
  const shift = shiftOf(table);
  const ids: ColumnIds = { table, empty: 0, odd: new Map() };
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    if (value === "") ids.empty = i + 1;
    else if (numbers ? isNumber(value) : /^[0-9a-f]{8}$/.test(value)) {
      const key = Number.parseInt(value, numbers ? 10 : 16);
      const at = placeOf(table, shift, key);
      table[at] = key;
      table[at + 1] = i + 1;
    } else ids.odd.set(value, i + 1);
  }
  return ids;
}

/** Local ids of the block's column `c` into `out`. */
export function lookUpIds({ table, empty, odd }: ColumnIds, block: Block, c: number, out: Int32Array): void {
  const keys = block.keys[c]!;
  const kinds = block.kinds[c]!;
  const shift = shiftOf(table);
  const mask = table.length - 1;
  const { count } = block;
  for (let r = 0; r < count; r++) {
    const kind = kinds[r]!;
    if (kind === KIND.number) {
      const key = keys[r]!;
      // placeOf, written out: a call a value takes a tenth longer.
      let at = homeOf(key, shift);
      while (table[at + 1] !== 0 && table[at] !== key) at = (at + 2) & mask;
      out[r] = table[at + 1]!;
    } else out[r] = kind === KIND.empty ? empty : (odd.get(block.odd[keys[r]!]!) ?? 0);
  }
}

/** Whether a text is a decimal number of 32 bits as `String` would write it. */
export function isNumber(text: string): boolean {
  return /^(0|[1-9]\d{0,9})$/.test(text) && Number(text) <= 4294967295;
}

/** The value that a hexadecimal key writes. */
function hexValue(key: number): string {
  return key.toString(16).padStart(8, "0");
}
