// One file of text as a table: how it is written down, and where in its records the data set's columns stand. Plain data.

import type { Dialect } from "./dialect.ts";
import type { LabelValues } from "./labels.ts";
import type { TimeKind } from "./times.ts";

export interface TextTable {
  dialect: Dialect;
  /** Cells of a record. */
  width: number;
  /** Values that all rows have, each character one byte: their places follow those of the cells. */
  fixed?: string[];
  /** Lines above the first row. */
  headerLines: number;
  /** `place` is −1 where rows have none: it is read as 0. */
  label: { place: number; values: LabelValues };
  /** The place of what names a row, where that is asked for. */
  rowName?: number;
  /** For each of the data set's columns of a kind, its place in a record. */
  integers: number[];
  categories: number[];
  time?: { place: number; kind: TimeKind };
  /** By place: texts that stand for no value, each character one byte. */
  missing?: Record<number, string[]>;
  /** By place: what a cell without a value is read as. */
  fill?: Record<number, string>;
}
