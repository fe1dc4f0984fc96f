// What a text is, by its whole first block: a table and how it is written down, or something else that has a name.

import {
  APOSTROPHE,
  BACKSLASH,
  BAR,
  COMMA,
  CONTROL_A,
  type Dialect,
  QUOTE,
  SEMICOLON,
  SPACE,
  TAB,
} from "./dialect.ts";
import { columnNumbersOf, headerOf, isBlankRecord, recordsAbove, straysAmong } from "./headers.ts";
import { isLabelName } from "./labels.ts";
import { commaIn, decimal } from "./numbers.ts";
import { cellText, makePlaces, readRecord, recordEnds } from "./records.ts";

/** Records that are looked at. */
const MOST_RECORDS = 1000;
/** Where fewer records have as many columns, the text is no table of this dialect. */
const MOST_SHARE = 0.9;

/** A table of text, as its first block shows it. */
export interface TextTableLook {
  dialect: Dialect;
  width: number;
  /** The names above the columns; null where the first record is a row. */
  header: string[] | null;
  /** Where there is no header: a line above the rows that has names, but not as many as they have columns. */
  strayHeader?: string[];
  /** Records above the first row: the header, and what stands above it. */
  recordsAbove: number;
  /** The first rows that have the usual width; each character is one byte. */
  rows: string[][];
}

const SEPARATORS = [TAB, CONTROL_A, COMMA, SEMICOLON, BAR, SPACE];
/** Tried where none of those cuts the lines into columns. */
const RARE_SEPARATORS = Array.from("^~:#!*&@$%\u001f\u001e\u0002", (sign) => sign.charCodeAt(0));
/** Of a dialect that fits all records, one of whose columns has two values: none fits better. */
const MOST_SCORE = 2;
/** The table that `head` begins; null where it is none. `whole`: nothing comes after it; `names` are columns that it has. */
export function lookAtTable(head: Uint8Array, whole: boolean, names: string[] = []): TextTableLook | null {
  const usual: Dialect[] = SEPARATORS.map((separator) => ({ separator }));
  // Tabs are blanks too, and empty cells between them would be lost.
  if (!head.includes(TAB)) usual.push({ separator: SPACE, blanks: true });
  usual.push({ separator: BAR, doubled: true });
  const rare = RARE_SEPARATORS.flatMap((separator): Dialect[] => [
    { separator },
    { separator, doubled: true },
  ]);
  const found = bestOf(usual, head, whole, names);
  if (found) return found;
  // A sign that only happens to be in each line once makes no table of clicks; nobody writes two of them by chance.
  const other = bestOf(rare, head, whole, names);
  return other && (other.dialect.doubled || other.header !== null || hasTwoValues(other.rows)) ? other : null;
}

function bestOf(
  candidates: Dialect[],
  head: Uint8Array,
  whole: boolean,
  names: string[],
): TextTableLook | null {
  let best: (TextTableLook & { score: number }) | null = null;
  for (const plain of candidates) {
    if (!head.includes(plain.separator)) continue;
    const look = lookWith(head, whole, quoting(head, plain), names);
    if (look && look.score > (best?.score ?? 0)) best = look;
    if (best?.score === MOST_SCORE) break;
  }
  if (!best) return null;
  const { score: _, ...look } = best;
  return look;
}

function lookWith(
  head: Uint8Array,
  whole: boolean,
  untrimmed: Dialect,
  known: string[],
): (TextTableLook & { score: number }) | null {
  let dialect = untrimmed;
  let records = recordsOf(head, whole, dialect);
  if (hasBlanksBehindSeparators(records, dialect)) {
    dialect = { ...dialect, trimmed: true };
    // A quote behind a blank opens a cell now.
    records = recordsOf(head, whole, dialect);
  }
  if (endEarly(records, dialect)) {
    dialect = { ...dialect, cells: records[0]!.length };
    records = recordsOf(head, whole, dialect);
  }
  const filled = records.filter((record) => !isBlankRecord(record));
  const width = usualWidth(filled);
  const rows = filled.filter((record) => record.length === width);
  const above = recordsAbove(records, width);
  if (width < 2 || rows.length < MOST_SHARE * (filled.length - above.length)) return null;
  if (standsTwice(rows, dialect)) return null;
  const header = headerOf(rows, above, known);
  const numbered = header ? null : columnNumbersOf(rows);
  const strays = straysAmong(rows);
  // Types or units, or dashes, stand below names.
  let belowHeader = 0;
  while (header && strays.has(rows[belowHeader]!)) belowHeader++;
  const lastAbove = belowHeader > 0 ? rows[belowHeader - 1]! : (header?.record ?? numbered);
  rows.splice(0, rows.length, ...rows.filter((row) => !strays.has(row)));
  const comma = dialect.separator === COMMA ? (commaOf(rows) ?? "thousands") : commaOf(rows);
  if (comma) dialect = { ...dialect, comma };
  const agreement =
    (rows.length + strays.size + (header?.isRow || numbered ? 1 : 0)) / (filled.length - above.length);
  // A column with two values, as the label is one, speaks for a dialect; separators within cells speak against it, and
  // so do blanks, which stand within texts.
  const score =
    agreement +
    (hasTwoValues(rows) ? 1 : 0) -
    (hidesSeparators(rows, dialect) ? 0.5 : 0) -
    (dialect.separator === SPACE ? 0.25 : 0);
  const stray = header
    ? undefined
    : above.findLast((record) => record.some((cell) => cell.split(/[^A-Za-z_]+/).some(isLabelName)));
  return {
    dialect,
    width,
    ...(stray && { strayHeader: stray }),
    header:
      header?.names.map((name, c) => (c === 0 ? name.replace(/^\s*#\s*(?=.)/, "") : name).trim()) ?? null,
    recordsAbove: lastAbove ? records.indexOf(lastAbove) + 1 : 0,
    rows,
    score,
  };
}

/** Whether records below a header have as many cells or fewer, and not only a few: Excel leaves out separators of empty last cells. */
function endEarly(records: string[][], { separator, doubled, blanks }: Dialect): boolean {
  const [names, ...below] = records;
  if (!names || names.length < 3 || separator === SPACE || doubled || blanks) return false;
  const rows = below.filter((record) => !isBlankRecord(record));
  const short = rows.filter(({ length }) => length < names.length);
  const isName = (name: string) => name.trim() !== "" && Number.isNaN(decimal(name.trim()));
  return (
    // One alone may be where the file was cut off.
    short.length > 1 &&
    short.length >= LEAST_SHORT * rows.length &&
    short.length <= MOST_SHORT * rows.length &&
    rows.every(({ length }) => length > 1 && length <= names.length) &&
    new Set(names).size === names.length &&
    names.every(isName)
  );
}

const LEAST_SHORT = 0.01;
const MOST_SHORT = 0.9;

/** Whether every other column is empty, as it is where a separator such as :: is taken for two. */
function standsTwice(rows: string[][], { separator, doubled }: Dialect): boolean {
  if (doubled || [TAB, COMMA, SEMICOLON, CONTROL_A].includes(separator)) return false;
  return rows[0]!.length > 2 && rows.every((row) => row.every((cell, c) => c % 2 === 0 || cell === ""));
}

/** The whole records of a text's beginning. */
function recordsOf(head: Uint8Array, whole: boolean, dialect: Dialect): string[][] {
  const ends = recordEnds(head, head.length, dialect, whole).slice(0, MOST_RECORDS);
  const places = makePlaces();
  const records: string[][] = [];
  let at = 0;
  for (const end of ends) {
    const record = head.subarray(at, end);
    readRecord(record, 0, dialect, places);
    records.push(Array.from({ length: places.count }, (_, c) => cellText(record, places, c, dialect)));
    at = end;
  }
  return records;
}

/** The dialect with the quotes and escapes that this text uses. */
function quoting(head: Uint8Array, plain: Dialect): Dialect {
  const { separator } = plain;
  const opens = (quote: number) => {
    let found = 0;
    for (let p = head.indexOf(quote); p !== -1; p = head.indexOf(quote, p + 1)) {
      let before = p - 1;
      while (before >= 0 && (head[before] === SPACE || head[before] === BACKSLASH)) before--;
      if (before < 0 || head[before] === separator || head[before] === 10) found++;
    }
    return found;
  };
  const quote = opens(QUOTE) === 0 && closesCells(head, separator) ? APOSTROPHE : QUOTE;
  return { ...plain, quote, ...(escapes(head, quote, separator) && { escapeByte: BACKSLASH }) };
}

/** Whether single quotes stand around cells: at both ends of at least one, and nowhere else. */
function closesCells(head: Uint8Array, separator: number): boolean {
  let around = 0;
  let within = 0;
  const isEdge = (byte: number | undefined) =>
    byte === undefined || byte === separator || byte === 10 || byte === 13;
  for (let p = head.indexOf(APOSTROPHE); p !== -1; p = head.indexOf(APOSTROPHE, p + 1))
    if (isEdge(head[p - 1]) || isEdge(head[p + 1])) around++;
    else within++;
  return around >= 2 && around % 2 === 0 && within <= around / 2;
}

/** Whether backslashes stand before quotes or separators, as those of no other use do: \N is a missing value. */
function escapes(head: Uint8Array, quote: number, separator: number): boolean {
  for (let p = head.indexOf(BACKSLASH); p !== -1; p = head.indexOf(BACKSLASH, p + 1)) {
    const next = head[p + 1];
    if (next === separator) return true;
    // "C:\" ends with one.
    if (next === quote && head[p + 2] !== separator && head[p + 2] !== 10 && head[p + 2] !== 13) return true;
    if (next === BACKSLASH) p++;
  }
  return false;
}

function hasBlanksBehindSeparators(records: string[][], { separator, blanks }: Dialect): boolean {
  if (blanks || separator === SPACE) return false;
  let cells = 0;
  let blank = 0;
  for (const record of records)
    for (const cell of record.slice(1)) {
      if (cell === "") continue;
      cells++;
      if (cell.startsWith(" ")) blank++;
    }
  return cells > 0 && blank >= MOST_SHARE * cells;
}

function usualWidth(records: string[][]): number {
  const counts = new Map<number, number>();
  for (const { length } of records) counts.set(length, (counts.get(length) ?? 0) + 1);
  return [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0])[0];
}

function hasTwoValues(rows: string[][]): boolean {
  const width = rows[0]?.length ?? 0;
  for (let c = 0; c < width; c++) {
    const values = new Set(rows.map((row) => row[c]!.trim()));
    if (values.size <= 2 && [...values].every((value) => /^(-?[01](\.0)?|true|false|yes|no)$/i.test(value)))
      return true;
  }
  return false;
}

/** Whether all rows hold equally many of another separator. */
function hidesSeparators(rows: string[][], { separator }: Dialect): boolean {
  return SEPARATORS.some((other) => {
    if (other === separator || other === SPACE) return false;
    const sign = String.fromCharCode(other);
    const countIn = (row: string[]) => row.reduce((sum, cell) => sum + cell.split(sign).length - 1, 0);
    const count = countIn(rows[0] ?? []);
    return count > 0 && rows.every((row) => countIn(row) === count);
  });
}

function commaOf(rows: string[][]): Dialect["comma"] {
  return commaIn(Array.from({ length: rows[0]?.length ?? 0 }, (_, c) => rows.map((row) => row[c]!)));
}
