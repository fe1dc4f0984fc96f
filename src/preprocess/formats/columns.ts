// Whether a log has the columns that it should have, and which ones it seems to have.

import { type Problem, problem } from "../../base/problem.ts";
import { ProblemError } from "../../base/result.ts";
import type { Layout } from "../../shards/rows.ts";
import { decimal } from "../parse.ts";

/** Where fewer rows agree, single lines are bad, not the number of columns. */
const MOST_ROWS = 0.9;

/** The files have other columns than they should; who knows how many of each kind there are can open them. */
export class ColumnsError extends ProblemError {
  /** What they seem to have. */
  readonly likely: Layout;
  constructor(found: Problem, likely: Layout) {
    super(found);
    this.likely = likely;
  }
}

/** Throws a ProblemError where the rows of a log's beginning have other columns than a label and those of `layout`. */
export function checkColumns(name: string, rows: string[][], layout: Layout): void {
  const { integers, categories } = layout;
  const found = usualColumns(rows);
  if (found === null || found === 1 + integers + categories) return;
  if (lacksLabel(rows, layout)) throw unlabelled(name, layout);
  throw new ColumnsError(problem("log-columns", { name, found, integers, categories }), likelyLayout(rows));
}

/** Whether rows are whole but for the label, as those of Kaggle's test.txt are. */
export function lacksLabel(rows: string[][], { integers, categories }: Layout): boolean {
  const found = usualColumns(rows);
  if (found !== integers + categories || found < 2) return false;
  return rows.some((row) => row.length === found && !/^[01](\.0)?$/.test(row[0]!));
}

export function unlabelled(name: string, { integers, categories }: Layout): ProblemError {
  return new ProblemError(problem("log-unlabelled", { name, integers, categories }));
}

/** The columns after the label: numbers up to the first that is none, then categories. */
export function likelyLayout(rows: string[][]): Layout {
  const columns = (usualColumns(rows) ?? 2) - 1;
  const whole = rows.filter((row) => row.length === columns + 1);
  const isInteger = (text: string) => text === "" || Math.abs(decimal(text)) <= 2147483647;
  let integers = 0;
  while (integers < columns && whole.every((row) => isInteger(row[integers + 1]!))) integers++;
  return { integers, categories: columns - integers };
}

/** How many columns nearly all rows have; null where they disagree, or have one. */
function usualColumns(rows: string[][]): number | null {
  const counts = new Map<number, number>();
  const filled = rows.filter((row) => row.length > 1 || row[0] !== "");
  for (const { length } of filled) counts.set(length, (counts.get(length) ?? 0) + 1);
  const [columns, times] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [1, 0]);
  return columns > 1 && times >= MOST_ROWS * filled.length ? columns : null;
}
