// Files whose columns are not those that are expected: what they seem to have, for whoever can say it.

import type { Problem } from "../../base/problem.ts";
import { ProblemError, problemError } from "../../base/result.ts";
import type { Layout } from "../../shards/rows.ts";
import type { ColumnChoice } from "../roles.ts";

/** A column of a table, as a person looks at it. */
export interface TableColumn extends ColumnChoice {
  /** Some of its first values. */
  samples: string[];
  /** All its values in the first rows, where these are two at most: which of them is a click? */
  values: string[];
}

/** The files have other columns than they should; who knows what they are can open them. */
export class ColumnsError extends ProblemError {
  /** How many of each kind they seem to have. */
  readonly likely: Layout;
  /** Of a table: each of its columns. */
  readonly table: TableColumn[] | null;
  constructor(found: Problem, likely: Layout, table: TableColumn[] | null = null) {
    super(found);
    this.likely = likely;
    this.table = table;
  }
}

/** One of several tables that are no single data set. */
export interface TableOffer {
  name: string;
  /** Its columns, or its format, in a few words. */
  about: string;
  /** It belongs together with the largest of them. */
  fits: boolean;
}

/** The files are tables of several kinds; who knows which of them belong together can choose those. */
export class TablesError extends ProblemError {
  readonly tables: TableOffer[];
  constructor(found: Problem, tables: TableOffer[]) {
    super(found);
    this.tables = tables;
  }
}

export function unlabelled(name: string, { integers, categories }: Layout): ProblemError {
  return problemError("log-unlabelled", { name, integers, categories });
}
