// What each column of a table of clicks is. Plain data: a person changes it in the page or writes it into a file for the
// command line, and it goes to every worker.

/**
 * label: clicked or not. integer, number: a quantity, whole or with fractions. category: one value of a set. several: more
 * than one value in a cell. id: names the row. time: when the row was written, for splits by time. ignore: left out.
 */
export const COLUMN_ROLES = [
  "label",
  "integer",
  "number",
  "category",
  "several",
  "id",
  "time",
  "ignore",
] as const;

export type ColumnRole = (typeof COLUMN_ROLES)[number];

/** One column as it was guessed or chosen. */
export interface ColumnChoice {
  /** As the table's header has it; `column_3` where it has none. */
  name: string;
  role: ColumnRole;
  /** Of the label: the value that is a click; left out, the one that is known as such (1, true, yes). */
  click?: string;
  /** Texts that stand for no value, besides the usual ones (an empty cell, \N, NaN, null). */
  missing?: string[];
  /** What a missing cell is read as, as FuxiCTR's na_value; left out, it stays missing. */
  fill?: string;
}

/** Whether the column becomes one of the data set's columns. */
export function isFeature({ role }: ColumnChoice): boolean {
  return role === "integer" || role === "number" || role === "category";
}
