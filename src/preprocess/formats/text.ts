// Tables of text: Criteo's log as it is, which the fast parser knows, and all others by their dialect and columns.

import { columnNames } from "../../shards/rows.ts";
import { kindOfValues } from "../categoryValues.ts";
import { firstLines, type Piece, wholeLines } from "../lines.ts";
import type { LogForm } from "../logForm.ts";
import { type ColumnChoice, isFeature } from "../roles.ts";
import { APOSTROPHE, COMMA, type Dialect, QUOTE, TAB } from "../tables/dialect.ts";
import { numberIn } from "../tables/numbers.ts";
import { type PlannedTable, placeIn, type TablePlan } from "../tables/plan.ts";
import { cellText, makePlaces, readRecord } from "../tables/records.ts";
import type { TableFile } from "../tables/tableFile.ts";
import type { TextTable } from "../tables/textTable.ts";
import { type TimeKind, timeKindOf } from "../tables/times.ts";
import { byteText } from "../vocabularyFile.ts";
import { fractionsOf, isKeptAsFloat, noteFraction } from "./fractions.ts";
import {
  createLogSource,
  type LogSource,
  NUMBERED_RULES,
  type OpenOptions,
  type Reading,
  SILENT,
} from "./logSource.ts";
import { createRowNames, type RowNames } from "./rowNames.ts";

const POINT = 46;
const EXPONENT = 101;
const CAPITAL_EXPONENT = 69;
const ZERO = 48;

/** Opens tables of text that are read together. */
export async function openText(plan: TablePlan, options: OpenOptions): Promise<LogSource> {
  const { read, columns, layout, byValues } = plan;
  const numbersOf = columns.filter(({ role }) => role === "integer" || role === "number");
  const categories = columns.filter(({ role }) => role === "category");
  const tables = read.map((table) => textTableOf(table, plan, numbersOf, categories));
  const first = read[0]!;
  const named = first.named || byValues || !isUsualOrder(columns, first.names);
  const kind = kindOfValues(categories.flatMap((choice) => first.samples[placeIn(first, choice)]!.values));
  const isCriteo =
    !named && tables.every(isPlain) && tables[0]!.dialect.separator === TAB && !hasQuotes(read);
  const numbers = options.numbers ?? (!isCriteo && kind === "decimal");
  const form: LogForm = {
    integers: numbersOf.length,
    categories: categories.length,
    ...(numbers && { numbers }),
    ...(named && namesIfOther([...numbersOf, ...categories])),
    ...(!isCriteo && writtenAs(tables)),
    ...(options.encoding !== undefined && { encoding: options.encoding }),
  };
  const files = read.map(({ file, head, split, limit }) => ({
    file,
    head,
    ...(split !== undefined && { split }),
    ...(limit !== undefined && { limit }),
  }));
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  const hasDecimalCommas = tables.some(({ dialect }) => dialect.comma === "decimal");
  const rowNames = read.some(({ rowName }) => rowName !== -1) ? createRowNames() : null;
  const all = (reading: Reading, names: RowNames | null = null) =>
    pieces(files, tables, limit, reading, isCriteo && names === null, names);
  const seen = numbersOf.some((choice) => hasFractions(read, choice));
  if (seen || (!isCriteo && numbersOf.length > 0 && (hasDecimalCommas || (await hasPoint(all(SILENT))))))
    Object.assign(form, fractionsOf(await findFractions(all(SILENT), tables, numbersOf)));
  const time = columns.find(({ role }) => role === "time");
  return {
    ...createLogSource(files, {
      format: isCriteo ? "Criteo's log" : first.format,
      form: { ...form, ...(time && tables.every((table) => table.time) && { time: time.name }) },
      named,
      values: { kind },
      rules: numbers ? (isCriteo ? { idOrder: "given" } : NUMBERED_RULES) : {},
      noun: "line",
      linesAbove: tables.map(({ headerLines }) => headerLines),
      read: (reading) => all(reading, rowNames),
    }),
    labelled: tables.map(({ label }) => label.place !== -1),
    ...(rowNames && { rowNames }),
    ...(layout !== null && { layout }),
  };
}

function textTableOf(
  table: PlannedTable,
  plan: TablePlan,
  numbers: ColumnChoice[],
  categories: ColumnChoice[],
): TextTable {
  const { columns, label } = plan;
  const { dialect, width, recordsAbove } = table.text!;
  const at = (choice: ColumnChoice) => placeIn(table, choice);
  const time = columns.find(({ role }) => role === "time");
  const timePlace = time ? at(time) : -1;
  const timeKind = time && timePlace !== -1 ? timeKindIn(table, plan.read, time) : null;
  const missing = columns.filter((choice) => choice.missing && isFeature(choice));
  const filled = columns.filter((choice) => choice.fill !== undefined && isFeature(choice));
  return {
    dialect,
    width,
    ...(table.fixed && { fixed: table.fixed }),
    headerLines: recordsAbove,
    ...(table.rowName !== -1 && { rowName: table.rowName }),
    label: { place: at({ name: "", role: "label" }), values: label },
    integers: numbers.map(at),
    categories: categories.map(at),
    ...(timeKind && { time: { place: timePlace, kind: timeKind } }),
    ...(missing.length > 0 && {
      missing: Object.fromEntries(missing.map((choice) => [at(choice), choice.missing!.map(byteText)])),
    }),
    ...(filled.length > 0 && {
      fill: Object.fromEntries(filled.map((choice) => [at(choice), choice.fill!])),
    }),
  };
}

/** Whether columns without names are a label, numbers and categories, in this order and nothing else: I1…, C1… then. */
function isUsualOrder(columns: ColumnChoice[], names: string[]): boolean {
  const numbers = columns.filter(({ role }) => role === "integer" || role === "number").length;
  return (
    columns.length === names.length &&
    columns.every(({ name, role }, c) => {
      if (name !== names[c]) return false;
      if (c === 0) return role === "label";
      return c <= numbers ? role === "integer" || role === "number" : role === "category";
    })
  );
}

/** How a file says its times: as other files do where those of its first rows are missing; null in a form that is not known. */
function timeKindIn(table: PlannedTable, read: PlannedTable[], time: ColumnChoice): TimeKind | null {
  const valuesOf = (one: PlannedTable) => one.samples[placeIn(one, time)]?.values ?? [];
  const shown = [table, ...read].map(valuesOf).find((values) => values.length > 0);
  return shown ? timeKindOf(shown) : null;
}

/** Whether a quote is in what was seen of them: logs like Criteo's have none, and looking for one takes time. */
function hasQuotes(read: TableFile[]): boolean {
  return read.some(({ head }) => head.includes(QUOTE));
}

/** Whether the fast parser reads it: the label, numbers, categories, separated by tabs or commas. */
function isPlain(table: TextTable): boolean {
  const { dialect, width, fixed, label, integers, categories, time, missing, fill } = table;
  const { separator, doubled, blanks, quote, escapeByte, trimmed, comma, cells } = dialect;
  const isUsual =
    (separator === TAB || separator === COMMA) && !doubled && !blanks && escapeByte === undefined;
  const { click, other } = label.values;
  return (
    isUsual &&
    !trimmed &&
    cells === undefined &&
    quote !== APOSTROPHE &&
    (separator === COMMA ? comma !== "decimal" : comma === undefined) &&
    !fixed &&
    !time &&
    !missing &&
    !fill &&
    label.place === 0 &&
    click.join() === "1" &&
    other.join() === "0" &&
    width === 1 + integers.length + categories.length &&
    [...integers, ...categories].every((place, i) => place === i + 1)
  );
}

/** What the parser must know of how the tables are written; quotes may come late in what is else plain. */
function writtenAs(tables: TextTable[]): Partial<LogForm> {
  const { separator } = tables[0]!.dialect;
  const alike = tables.every((table) => isPlain(table) && table.dialect.separator === separator);
  if (!alike) return { tables };
  return separator === TAB ? { tables, plain: true } : { tables, plain: true, separator };
}

/** The files' records one after the other, headers left out. */
async function* pieces(
  files: { file: TableFile["file"]; split?: number; limit?: number }[],
  tables: TextTable[],
  limit: number,
  { progressOf, begin, reuse }: Reading,
  /** Nothing in them is quoted: a record is a line. */
  unquoted: boolean,
  names: RowNames | null,
): AsyncGenerator<Piece> {
  let lines = 0;
  names?.begin();
  for (const [table, { file, split, limit: ofFile = limit }] of files.entries()) {
    if (lines >= limit) return;
    const { headerLines, dialect: written } = tables[table]!;
    const dialect = unquoted ? null : written;
    const before = lines;
    begin(file, before);
    for await (const piece of wholeLines(
      file.stream(progressOf(file), reuse),
      Math.min(ofFile, limit - before) + headerLines,
      dialect,
      reuse,
    )) {
      const rest = piece.firstLine < headerLines ? withoutFirst(headerLines, piece, dialect) : piece;
      // Lines are numbered through all files, and from 0 below a header.
      const firstLine = before + piece.firstLine - (rest === piece ? headerLines : 0);
      lines += rest.lineCount;
      if (names) for (const name of namesOfPiece(rest, tables[table]!)) names.add(name);
      if (rest.lineCount > 0)
        yield { ...rest, firstLine, ...(table > 0 && { table }), ...(split !== undefined && { split }) };
    }
  }
}

function withoutFirst(lines: number, piece: Piece, dialect: Dialect | null): Piece {
  const above = Math.min(lines, piece.lineCount);
  const { length } = (above < piece.lineCount ? firstLines(piece, above, dialect) : piece).bytes;
  return { ...piece, bytes: piece.bytes.slice(length), lineCount: piece.lineCount - above };
}

/** What names each of a piece's rows. */
function* namesOfPiece(
  { bytes, lineCount }: Piece,
  { dialect, width, rowName }: TextTable,
): Generator<string> {
  const places = makePlaces(width + 1);
  let at = 0;
  for (let i = 0; i < lineCount; i++) {
    at = readRecord(bytes, at, dialect, places);
    yield rowName !== undefined && rowName < places.count ? cellText(bytes, places, rowName, dialect) : "";
  }
}

/** The columns' names, where they are not I1…, C1….  */
export function namesIfOther(columns: ColumnChoice[]): { names?: string[] } {
  const names = columns.map(({ name }) => name);
  const categories = columns.filter(({ role }) => role === "category").length;
  const usual = columnNames({ integers: columns.length - categories, categories }).slice(1);
  return names.every((name, i) => name === usual[i]) ? {} : { names };
}

function hasFractions(read: PlannedTable[], choice: ColumnChoice): boolean {
  return read.some((table) =>
    table.samples[placeIn(table, choice)]!.values.some((value) => {
      return isKeptAsFloat(numberIn(value, table.text!.dialect), choice.role);
    }),
  );
}

/** Whether there can be a fraction anywhere: its first one may come late, and a column must be kept in one way. */
async function hasPoint(parts: AsyncIterable<Piece>): Promise<boolean> {
  for await (const { bytes } of parts)
    if (bytes.includes(POINT) || bytes.includes(EXPONENT) || bytes.includes(CAPITAL_EXPONENT)) return true;
  return false;
}

/** Which columns of numbers have fractions: one more pass over the files, which only those that may have some need. */
async function findFractions(
  parts: AsyncIterable<Piece>,
  tables: TextTable[],
  columns: ColumnChoice[],
): Promise<boolean[]> {
  const fractions = columns.map(() => false);
  const places = makePlaces();
  for await (const { bytes, lineCount, table = 0 } of parts) {
    const { dialect, width, integers } = tables[table]!;
    let at = 0;
    for (let i = 0; i < lineCount; i++) {
      at = readRecord(bytes, at, dialect, places);
      if (places.count !== width) continue;
      for (const [c, place] of integers.entries()) {
        // Most cells are of digits alone; their bytes need not become a text.
        // What all rows have alike was seen with the first of them.
        if (fractions[c] || place >= width || areFewDigits(bytes, places.starts[place]!, places.ends[place]!))
          continue;
        const text = cellText(bytes, places, place, dialect).trim();
        noteFraction(fractions, c, numberIn(text, dialect), columns[c]!.role);
      }
    }
  }
  return fractions;
}

/** Whether they write a whole number that is surely not too large. */
function areFewDigits(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 9) return false;
  for (let p = start; p < end; p++) if (bytes[p]! < ZERO || bytes[p]! > ZERO + 9) return false;
  return true;
}
