// What the Spark job must know of a log: job.json. The job reads the log as `preprocess` does, in Python.

import type { Problem } from "../../base/problem.ts";
import type { IdSource } from "../../preprocess/fitting.ts";
import { namesOf } from "../../preprocess/logForm.ts";
import type { ColumnChoice } from "../../preprocess/roles.ts";
import { type Dialect, TAB } from "../../preprocess/tables/dialect.ts";
import type { Rules } from "../../shards/manifest.ts";
import type { CategoryValues } from "../../shards/manifestSchema.ts";
import { columnNames, type Layout } from "../../shards/rows.ts";

export interface SparkJob {
  rules: Rules;
  /** The data set's columns of numbers and of categories. */
  numbers: string[];
  categories: string[];
  source: {
    dialect: Dialect;
    /** Lines above a file's first row; the last of them names its columns, unless there is none. */
    headerLines: number;
    /** Cells are taken as they are, as in Criteo's log. */
    plain: boolean;
    mayHaveFractions: boolean;
    /** In the order of the log's columns. */
    columns: ColumnChoice[];
    /** The label's values that are a click, and those that are none. */
    click: string[];
    other: string[];
    timeKind: string | null;
  };
  categoryValues?: CategoryValues;
  /** For the manifest; not said of Criteo's own log. */
  table?: ColumnChoice[];
  noticed?: Problem[];
}

/** The job for logs of Criteo's format, with as many columns as the layout says. */
export function criteoJob(layout: Layout, rules: Rules): SparkJob {
  const [label, ...names] = columnNames(layout);
  const columns = names.map(
    (name, c): ColumnChoice => ({ name, role: c < layout.integers ? "integer" : "category" }),
  );
  return {
    rules,
    numbers: names.slice(0, layout.integers),
    categories: names.slice(layout.integers),
    source: {
      dialect: { separator: TAB },
      headerLines: 0,
      plain: true,
      mayHaveFractions: false,
      columns: [{ name: label!, role: "label" }, ...columns],
      click: ["1"],
      other: ["0"],
      timeKind: null,
    },
  };
}

/** The job for tables like the one that was opened. */
export function tableJob(
  { layout, columns, categoryValues, noticed = [] }: IdSource,
  rules: Rules,
): SparkJob {
  const table = layout.tables?.[0];
  const job = { ...criteoJob(layout, rules), ...(categoryValues && { categoryValues }) };
  if (!table) return { ...job, source: { ...job.source, mayHaveFractions: layout.fractions !== undefined } };
  const names = namesOf(layout);
  return {
    ...job,
    numbers: names.slice(0, layout.integers),
    categories: names.slice(layout.integers),
    source: {
      dialect: table.dialect,
      headerLines: table.headerLines,
      plain: layout.plain === true,
      mayHaveFractions: layout.integers > 0,
      columns: columns!,
      click: table.label.values.click,
      other: table.label.values.other,
      timeKind: layout.time === undefined ? null : (table.time?.kind ?? null),
    },
    table: columns!,
    ...(noticed.length > 0 && { noticed }),
  };
}
