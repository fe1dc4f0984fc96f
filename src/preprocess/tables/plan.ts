// Which of several tables are read together, and what each of their columns becomes: by what a person chose, by a data set
// whose ids are taken, by how many columns of each kind there are said to be, else by a guess.

import { type Problem, problem } from "../../base/problem.ts";
import { ProblemError, problemError } from "../../base/result.ts";
import { MOST_COLUMNS } from "../../shards/manifestSchema.ts";
import { CRITEO, type Layout } from "../../shards/rows.ts";
import { ColumnsError, type TableColumn, TablesError } from "../formats/columns.ts";
import type { LeftOut } from "../formats/setAside.ts";
import { type ColumnChoice, isFeature } from "../roles.ts";
import { byCounts, headless, labelFault } from "./byCounts.ts";
import { guessColumns } from "./guess.ts";
import { type LabelValues, labelText, readLabel } from "./labels.ts";
import { columnsAsIn, type LikeDataset, rowNamePlace, type ScoredRows } from "./likeDataset.ts";
import { withSharedHeader } from "./sharedHeader.ts";
import { namesText, type TableFile } from "./tableFile.ts";

/** What is known of the columns from outside. */
export interface ColumnWishes extends ScoredRows {
  /** What each column is; columns that are not named are left out. */
  columns?: ColumnChoice[];
  /** The label's column, and which of its values is a click. */
  label?: string;
  click?: string;
  /** Columns of each kind. */
  layout?: Layout;
  /** Those of a data set whose ids are taken. */
  like?: LikeDataset;
}

export interface TablePlan {
  read: PlannedTable[];
  leftOut: LeftOut[];
  /** In the order of the first file's columns. */
  columns: ColumnChoice[];
  label: LabelValues;
  /** A published data set's name, where the header is that of one. */
  layout: string | null;
  /** Its columns have no names, and are what their values show. */
  byValues: boolean;
}

export interface PlannedTable extends TableFile {
  /** Its own columns: as the plan's, but for a label that it may lack. */
  choices: ColumnChoice[];
  /** Where the column that names rows stands; −1 where none is asked for. */
  rowName: number;
  /** Where it has no header of its own: the file whose header names its columns. */
  headerOf?: string;
}

/** What one table can be. */
interface Reading {
  table: TableFile;
  columns: ColumnChoice[];
  layout: string | null;
  byValues: boolean;
  /** Why it cannot be read; null where it can. */
  fault: Problem | null;
}

/** Throws a ProblemError where no table can be read, or it is not clear which; a ColumnsError where one must say more. */
export function planTables(tables: TableFile[], wishes: ColumnWishes): TablePlan {
  const headed = withSharedHeader(tables, wishes.label);
  const readings = withoutAnswers(
    headed.map((table) => readingOf(table, wishes, headed)),
    wishes,
  );
  const usable = readings.filter(({ fault }) => fault === null);
  const largest = (some: Reading[]) =>
    some.reduce((a, b) => (b.table.file.byteLength > a.table.file.byteLength ? b : a));
  if (usable.length === 0) throw errorOf(largest(readings), wishes);
  const chosen = readings.find(({ table, fault }) => fault !== null && table.file.chosen);
  if (chosen) throw errorOf(chosen, wishes);
  const first = largest(usable);
  const needed = first.columns.filter(
    (choice) => isFeature(choice) || (choice.role === "label" && !wishes.unlabelled),
  );
  const alike = usable.filter(
    (reading) => reading.table === first.table || fits(reading, first, needed, wishes),
  );
  const others = usable.filter((reading) => !alike.includes(reading));
  if (others.length > 0)
    throw new TablesError(
      problem("tables-of-two-kinds", {
        name: first.table.file.name,
        columns: namesText(first.table),
        other: others[0]!.table.file.name,
        otherColumns: namesText(others[0]!.table),
      }),
      usable.map((reading) => ({
        name: reading.table.file.name,
        about: namesText(reading.table),
        fits: alike.includes(reading),
      })),
    );
  return {
    read: alike.map(({ table, columns }) => ({
      ...table,
      choices: columns,
      rowName: rowNamePlace(table, wishes),
    })),
    leftOut: readings.flatMap(({ table, fault }) =>
      fault ? [leftOutFor(table.file.name, faultBeside(first.table, table, fault))] : [],
    ),
    columns: first.columns,
    label: labelOf(alike, wishes),
    layout: first.layout,
    byValues: first.byValues,
  };
}

/** Why a table is left out: beside others it need not have the columns of Criteo's log. */
function faultBeside(read: TableFile, { file, names }: TableFile, fault: Problem): Problem {
  return fault.code === "log-columns" && read.named
    ? problem("table-of-others", { name: file.name, found: names.length, read: read.file.name })
    : fault;
}

/**
 * Competitions write a value such as −1 in place of their test rows' labels: a table that holds one value alone which others
 * do not have cannot be read.
 */
function withoutAnswers(readings: Reading[], { click }: ColumnWishes): Reading[] {
  const usable = readings.filter(({ fault }) => fault === null);
  const values = ({ table, columns }: Reading) => new Set(labelSample(table, columns).map(labelText));
  const [full] = usable.filter((reading) => values(reading).size === 2);
  if (
    !full ||
    readLabel(
      usable.flatMap((reading) => [...values(reading)]),
      click,
    ).ok
  )
    return readings;
  const known = values(full);
  return readings.map((reading) => {
    const own = [...values(reading)];
    if (reading.fault || own.length !== 1 || known.has(own[0]!)) return reading;
    const { name } = reading.table.file;
    const column = reading.columns.find(({ role }) => role === "label")!.name;
    const reason = `holds ${own[0]} alone, and that of ${full.table.file.name} ${[...known].join(" and ")}`;
    return { ...reading, fault: problem("label-values", { name, column, reason, values: 3 }) };
  });
}

/** Why a table cannot be read by itself; null where it can. */
export function tableFault(table: TableFile, wishes: ColumnWishes): Problem | null {
  return readingOf(table, wishes).fault;
}

/** What a table's columns are for a person to look at and to change, though nothing is certain of them. */
function guessedTable(table: TableFile, wishes: ColumnWishes): TableColumn[] {
  return tableColumns(
    table,
    readingOf(table, { ...(wishes.columns && { columns: wishes.columns }) }).columns,
  );
}

/** What is said of a label that was taken for one by its values alone. */
export function labelsGuessed({ read, columns, byValues }: TablePlan, said?: string): Problem[] {
  const label = columns.find(({ role }) => role === "label");
  const [{ file, names }] = read as [PlannedTable];
  return byValues && label && said === undefined
    ? [problem("label-guessed", { name: file.name, column: label.name, columns: names.length })]
    : [];
}

/** What a table's columns are read as, the click's value said. */
export function plannedTable(table: TableFile, { columns, label }: TablePlan): TableColumn[] {
  const [click, ...more] = label.click;
  return tableColumns(table, columns).map((column) =>
    column.role === "label" && click !== undefined && more.length === 0 ? { ...column, click } : column,
  );
}

function tableColumns(table: TableFile, columns: ColumnChoice[]): TableColumn[] {
  const choices = new Map(columns.map((choice) => [placeOf(table, columns, choice), choice]));
  return table.samples.map((sample, place) => ({
    ...(choices.get(place) ?? { name: sample.name, role: "ignore" as const }),
    samples: [...new Set(sample.values)].slice(0, 5),
    values: labelValuesOf(sample.values),
  }));
}

function labelValuesOf(values: string[]): string[] {
  const distinct = new Set(values);
  return distinct.size <= 2 ? [...distinct] : [];
}

function fits(
  { table, columns }: Reading,
  first: Reading,
  needed: ColumnChoice[],
  { unlabelled }: ColumnWishes,
): boolean {
  if (table.named !== first.table.named) return false;
  // Without names all columns count, but for a label that may be missing.
  if (!table.named && !unlabelled && table.names.length !== first.table.names.length) return false;
  return needed.every(({ name }) => columns.some((choice) => choice.name === name));
}

/** `beside` are all tables that were chosen together. */
function readingOf(table: TableFile, wishes: ColumnWishes, beside: TableFile[] = [table]): Reading {
  const { columns, label, click, layout, like } = wishes;
  const guess = guessColumns(table.samples, label);
  const reading = (choices: ColumnChoice[], fault: Problem | null, of = table): Reading => ({
    table: of,
    columns: choices,
    layout: guess.layout,
    byValues: false,
    fault: fault ?? faultOfTable(of, choices, wishes),
  });
  if (columns) return reading(columns, missingColumn(table, columns));
  const as = like && columnsAsIn(table, like, wishes, guess.columns);
  if (as) return reading(as.columns, as.fault, as.table);
  const usual = layout ?? (like ? layoutOf(like.columns) : CRITEO);
  if (!table.named) {
    const isSaid = layout !== undefined || like !== undefined;
    const nameless = beside.filter(({ named }) => !named);
    const made = reading(
      ...headless(table, { layout: usual, isSaid, label, click, guess, beside: nameless }),
    );
    const expected = 1 + usual.integers + usual.categories;
    return { ...made, byValues: table.names.length !== expected };
  }
  if (guess.unclear !== null) return reading(guess.columns, labelFault(table, guess.unclear, usual));
  if (layout) return reading(...byCounts(table, guess.columns, layout));
  return reading(guess.columns, null);
}

/** Where a column of the plan stands in one of its files; −1 for a label that it lacks. */
export function placeIn(table: PlannedTable, { name, role }: ColumnChoice): number {
  const own = table.choices.find(
    (choice) => choice.name === name || (role === "label" && choice.role === role),
  );
  return own ? placeOf(table, table.choices, own) : -1;
}

/** Where a column stands in a file: by its name; of a file without names, described whole, by its order. */
export function placeOf(table: TableFile, columns: ColumnChoice[], choice: ColumnChoice): number {
  const place = table.names.indexOf(choice.name);
  return place === -1 && !table.named && columns.length === table.names.length
    ? columns.indexOf(choice)
    : place;
}

function missingColumn(table: TableFile, columns: ColumnChoice[]): Problem | null {
  if (!table.named && columns.length === table.names.length) return null;
  const missing = columns.find(({ name, role }) => role !== "ignore" && !table.names.includes(name));
  return missing ? columnMissing(table, missing.name) : null;
}

function columnMissing(table: TableFile, column: string): Problem {
  return problem("column-missing", { name: table.file.name, column, columns: namesText(table) });
}

function layoutOf(columns: ColumnChoice[]): Layout {
  const categories = columns.filter(({ role }) => role === "category").length;
  return { integers: columns.filter(isFeature).length - categories, categories };
}

/** What is wrong with a table whose columns are known. */
function faultOfTable(table: TableFile, columns: ColumnChoice[], wishes: ColumnWishes): Problem | null {
  const { name } = table.file;
  const labels = columns.filter(({ role }) => role === "label");
  if (labels.length > 1 || (labels.length === 0 && !wishes.unlabelled))
    return problem("label-unclear", {
      name,
      unclear: labels.length === 0 ? "has no label" : "has more than one label",
    });
  if (!columns.some(isFeature)) return problem("no-features", { name, columns: namesText(table) });
  const features = columns.filter(isFeature).length;
  if (features > MOST_COLUMNS)
    return problem("columns-too-many", { name, found: features, most: MOST_COLUMNS });
  const twice = columns.find(
    (choice) =>
      (isFeature(choice) || choice.role === "label" || choice.role === "time") &&
      table.names.indexOf(choice.name) !== table.names.lastIndexOf(choice.name),
  );
  if (twice) return problem("column-twice", { name, column: twice.name });
  const [label] = labels;
  if (!label) return null;
  const values = labelSample(table, columns);
  if (values.length === 0 && table.samples[0]!.rows > 0)
    return problem("label-empty", { name, column: label.name });
  const reading = readLabel(values, label.click ?? wishes.click);
  return reading.ok
    ? null
    : problem("label-values", {
        name,
        column: label.name,
        reason: reading.reason,
        values: reading.values.length,
      });
}

function labelSample(table: TableFile, columns: ColumnChoice[]): string[] {
  const label = columns.find(({ role }) => role === "label");
  return label ? (table.samples[placeOf(table, columns, label)]?.values ?? []) : [];
}

/** The label's values, by those of all files. */
function labelOf(readings: Reading[], wishes: ColumnWishes): LabelValues {
  const label = readings.flatMap(({ columns }) => columns).find(({ role }) => role === "label");
  if (!label) return { click: ["1"], other: ["0"] };
  const values = readings.flatMap(({ table, columns }) => labelSample(table, columns));
  const reading = readLabel(values, label.click ?? wishes.click);
  if (reading.ok) return reading.values;
  const { name } = readings[0]!.table.file;
  throw problemError("label-values", {
    name,
    column: label.name,
    reason: reading.reason,
    values: reading.values.length,
  });
}

/** What is thrown for a table that cannot be read: whoever can say more about its columns is shown them. */
function errorOf({ table, columns, fault }: Reading, wishes: ColumnWishes): ProblemError {
  const codes = [
    "log-columns",
    "label-unclear",
    "label-values",
    "options-against-header",
    "no-features",
    "column-twice",
  ];
  if (!codes.includes(fault!.code)) return new ProblemError(fault!);
  return new ColumnsError(fault!, layoutOf(columns), guessedTable(table, wishes));
}

/** A file left out for what is wrong with it. */
export function leftOutFor(name: string, fault: Problem): LeftOut {
  return { name, reason: fault.sentence.replace(/\.$/, ""), fault };
}
