// How the rows of a log are written down: what parsing, counting and looking up must know besides the number of columns.

import { columnNames, type Layout } from "../shards/rows.ts";
import type { TextTable } from "./tables/textTable.ts";

/** Left out, everything is as in Criteo's log. Plain data: it goes to every thread. */
export interface LogForm extends Layout {
  /** The byte between two columns; a tab. */
  separator?: number;
  /** The columns' own names, integers first; I1…, C1…. */
  names?: string[];
  /** Categories are decimal numbers of 32 bits, not eight hexadecimal digits. */
  numbers?: boolean;
  /** For each column of the data set, of its kind, the place of the log's column that goes there; the same. */
  places?: { integers: number[]; categories: number[] };
  /** One a column of numbers, in a data set of the first version: a number times this, rounded, is what it keeps; 1. */
  scales?: number[];
  /** One list a category: numbers that stand for no value of their own, such as another tool's OOV id. */
  shared?: number[][];
  /** Its text is of tables in other dialects, or with other columns: pieces say of which, and are read by it. */
  tables?: TextTable[];
  /** The tables are a label, integers, categories: where no cell is quoted, their lines are read as a log's. */
  plain?: boolean;
  /** What its text was written in, where a person said it: it is read as UTF-8 made of that. */
  encoding?: string;
  /** Words such as null are values of categories, as data sets of old have them. */
  keepsWords?: boolean;
  /** Rows have a time (`Block.times`): the name of its column. */
  time?: string;
}

/** Whether its lines are those of Criteo's log, which needs no words about its columns. */
export function isCriteoLog({ tables, names }: LogForm): boolean {
  return tables === undefined && names === undefined;
}

/** The names of a log's columns, the label's left out. */
export function namesOf(form: LogForm): string[] {
  return form.names ?? columnNames(form).slice(1);
}

/** What rows become: in the data set's order, scaled columns of whole numbers. */
export function storedLayout({ integers, categories, fractions, places, scales }: LogForm): Layout {
  const stored = Array.from(
    { length: integers },
    (_, c) => fractions?.[places?.integers[c] ?? c] === true && (scales?.[c] ?? 1) === 1,
  );
  return { integers, categories, ...(stored.includes(true) && { fractions: stored }) };
}
