// A table's columns as a data set has them whose ids its rows take: by their names, else by their order.

import { type Problem, problem } from "../../base/problem.ts";
import { type ColumnChoice, isFeature } from "../roles.ts";
import { readLabel } from "./labels.ts";
import { namesText, type TableFile } from "./tableFile.ts";

export interface LikeDataset {
  /** Its label, time and features. */
  columns: ColumnChoice[];
  /** All columns of the table that it was made of, in their order; Criteo's own log needs no words. */
  table?: ColumnChoice[];
  dataset: string;
}

/** What rows that are scored may be like. */
export interface ScoredRows {
  /** They may lack the label. */
  unlabelled?: boolean;
  /** The column that names a row: its name in a header, its place from 1 where there is none. */
  rowName?: string;
}

/** Where the column that names rows stands; −1 where none is said to, or it is not there. */
export function rowNamePlace(table: TableFile, { rowName }: ScoredRows): number {
  if (rowName === undefined) return -1;
  if (table.named) return table.names.indexOf(rowName);
  const place = Number(rowName) - 1;
  return Number.isInteger(place) && place >= 0 && place < table.names.length ? place : -1;
}

/** A table and what its columns are read as, and why they cannot be. */
interface LikeReading {
  /** Of one without a header: its columns have the data set's names. */
  table: TableFile;
  columns: ColumnChoice[];
  fault: Problem | null;
}

/**
 * The table as one of the data set's columns; null for a table without a header whose columns can be a label, integers and
 * categories, as a log's are. `own` is what they seem to be by themselves.
 */
export function columnsAsIn(
  table: TableFile,
  like: LikeDataset,
  scored: ScoredRows,
  own: ColumnChoice[],
): LikeReading | null {
  const { rowName } = scored;
  const place = rowNamePlace(table, scored);
  if (rowName !== undefined && place === -1) {
    const { name } = table.file;
    const fault = problem("id-column-missing", { name, column: rowName, hasHeader: table.named });
    return { table, columns: own, fault };
  }
  if (table.named) return { table, columns: byName(table, like, scored, own), fault: missing(table, like) };
  const features = like.columns.filter(isFeature);
  const width = table.names.length - (place === -1 ? 0 : 1);
  const order = orders(like, features, scored).find(({ length }) => length === width);
  if (!order)
    return width === 1 + features.length ? null : { table, columns: own, fault: missing(table, like) };
  const columns = order.slice();
  if (rowName !== undefined) columns.splice(place, 0, { name: rowName, role: "id" });
  return { table: { ...table, named: true, names: columns.map(({ name }) => name) }, columns, fault: null };
}

/** The orders in which a table without a header may have its columns. */
function orders(like: LikeDataset, features: ColumnChoice[], { unlabelled }: ScoredRows): ColumnChoice[][] {
  if (like.table) {
    const unanswered = like.table.filter(({ role }) => role !== "label");
    return unlabelled ? [like.table, unanswered] : [like.table];
  }
  const label: ColumnChoice = { name: "label", role: "label" };
  return unlabelled ? [[label, ...features], features] : [];
}

function byName(
  table: TableFile,
  { columns }: LikeDataset,
  { unlabelled }: ScoredRows,
  own: ColumnChoice[],
): ColumnChoice[] {
  const label = columns.find(({ role }) => role === "label");
  const guessed = own.find(({ role }) => role === "label");
  const answer =
    label && table.names.includes(label.name)
      ? label
      : guessed && { ...guessed, ...(label?.click !== undefined && { click: label.click }) };
  const values = answer ? table.samples[table.names.indexOf(answer.name)]!.values : [];
  // Competitions leave the column there, and empty.
  const isEmpty = values.length === 0;
  return [
    ...(answer && !(unlabelled && isEmpty) ? [asWritten(answer, values)] : []),
    ...columns.filter(
      (choice) => isFeature(choice) || (choice.role === "time" && table.names.includes(choice.name)),
    ),
  ];
}

/** The label; without the data set's word for a click where its values are other words, whose meaning is known. */
function asWritten({ click, ...label }: ColumnChoice, values: string[]): ColumnChoice {
  const isOther = click !== undefined && !readLabel(values, click).ok && readLabel(values).ok;
  return { ...label, ...(click !== undefined && !isOther && { click }) };
}

function missing(table: TableFile, { columns, dataset }: LikeDataset): Problem | null {
  const lacking = columns.find((choice) => isFeature(choice) && !table.names.includes(choice.name));
  if (!lacking) return null;
  return problem("vocabulary-of-other-columns", {
    name: table.file.name,
    dataset,
    columns: `the columns ${namesText(table)}`,
    expected: `a column "${lacking.name}"`,
  });
}
