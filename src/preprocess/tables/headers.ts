// What stands among the first records of a text besides its rows: names, what is above them, types and units below.

import { isLabelName } from "./labels.ts";
import { decimal, isMissingNumber } from "./numbers.ts";

/** Lines that may stand above a header: a title, comments, Excel's sep=; */
const MOST_ABOVE = 20;

export function isBlankRecord(record: string[]): boolean {
  return record.every((cell) => cell.trim() === "");
}

/** More of the rows are no strays. */
const MOST_STRAYS = 0.01;

/** Records that are no rows, as types and units below the names, dashes or comments: texts where all others have numbers. */
export function straysAmong(rows: string[][]): Set<string[]> {
  const isNumber = (cell: string) => !Number.isNaN(decimal(cell.trim()));
  const strays = rows.filter((row) => !row.some(isNumber));
  if (strays.length === 0 || strays.length > Math.max(2, MOST_STRAYS * rows.length)) return new Set();
  const others = rows.filter((row) => !strays.includes(row));
  const isMissing = (cell: string) => cell === "" || (isMissingNumber(cell) && !/^-{3,}$/.test(cell));
  const numbers = (others[0] ?? []).flatMap((_, c) => {
    const filled = others.map((row) => row[c]!.trim()).filter((cell) => !isMissing(cell));
    return filled.length > 0 && filled.every(isNumber) ? [c] : [];
  });
  return new Set(
    strays.filter((row) => numbers.length > 1 && numbers.every((c) => !isMissing(row[c]!.trim()))),
  );
}

/** Records before the first one of the usual width: where there are few, they are no rows. */
export function recordsAbove(records: string[][], width: number): string[][] {
  const first = records.findIndex(({ length }) => length === width);
  return first > 0 && first <= MOST_ABOVE
    ? records.slice(0, first).filter((record) => !isBlankRecord(record))
    : [];
}

interface Header {
  names: string[];
  /** As it stands in the text. */
  record: string[];
  /** It is as wide as the rows. */
  isRow: boolean;
}

/** The names above the columns; takes them out of `rows`. One may be missing: of R's row names, or behind a last separator. */
export function headerOf(rows: string[][], above: string[][], known: string[]): Header | null {
  const width = rows[0]!.length;
  const short = above.at(-1);
  if (short && short.length === width - 1) {
    const endsEmpty = rows.every((row) => row[width - 1] === "");
    const named = endsEmpty ? [...short, ""] : ["", ...short];
    const isRowName = new Set(rows.map((row) => row[0])).size === rows.length;
    if ((endsEmpty || isRowName) && isHeader([named, ...rows], known))
      return { names: named, record: short, isRow: false };
  }
  // A separator behind the names alone.
  if (short?.length === width + 1 && short[width] === "" && isHeader([short.slice(0, width), ...rows], known))
    return { names: short.slice(0, width), record: short, isRow: false };
  // As NumPy writes them: "# click price".
  if (short?.[0] === "#" && short.length === width + 1 && isHeader([short.slice(1), ...rows], known))
    return { names: short.slice(1), record: short, isRow: false };
  if (!isHeader(rows, known)) return null;
  const record = rows.shift()!;
  // Files that were put one behind the other repeat it.
  const repeats = (row: string[]) => row.every((cell, c) => cell.replace(/^\xef\xbb\xbf/, "") === record[c]);
  rows.splice(0, rows.length, ...rows.filter((row) => !repeats(row)));
  return { names: record, record, isRow: true };
}

/** So many numbers in a row are no values. */
const MANY_NUMBERS = 5;

/**
 * The columns' numbers 0, 1, 2, … above the rows, as pandas writes them where they have no names; takes them out of `rows`.
 * Few numbers may be a row's values, unless a column below has no such ones.
 */
export function columnNumbersOf(rows: string[][]): string[] | null {
  const [first, ...below] = rows;
  const numbers = first?.[0] === "" ? first.slice(1) : (first ?? []);
  if (numbers.length < 2 || numbers.some((cell, c) => cell !== String(c))) return null;
  const isOther = (c: number) =>
    below.length > 0 && below.every((row) => row[c] !== "" && !/^\s*[+-]?\d+\s*$/.test(row[c]!));
  const isCertain =
    numbers.length >= MANY_NUMBERS || numbers.some((_, c) => isOther(c + first!.length - numbers.length));
  return isCertain ? rows.shift()! : null;
}

/** Whether the first record names columns: a label's name, or no number where the rows below have numbers. */
function isHeader([names, ...below]: string[][], known: string[]): boolean {
  if (!names) return false;
  // Files that were put one behind the other repeat it.
  const rows = below.filter((row) => row.some((cell, c) => cell !== names[c]));
  // A number is a column's place where there are no names, and may stand in a row.
  if (known.some((name) => !/^\d+$/.test(name) && names.includes(name))) return true;
  const isNumber = (text: string) => text !== "" && !Number.isNaN(decimal(text.trim()));
  // Row numbers have no name, and nor has an empty column.
  const mayLackName = (c: number) => c === 0 || rows.every((row) => row[c] === "");
  if (names.some((name, c) => isNumber(name) || (name.trim() === "" && !mayLackName(c)))) return false;
  if (names.every((name) => name.trim() === "")) return false;
  if (names.some((name) => isLabelName(name.trim()) && rows.every((row) => !row.includes(name)))) return true;
  if (rows.length === 0) return names.every((name) => /^[A-Za-z_]\w*$/.test(name));
  return names.some((_, c) => {
    const filled = rows.map((row) => row[c]!.trim()).filter((cell) => cell !== "" && !isMissingNumber(cell));
    return filled.length > 0 && filled.every(isNumber);
  });
}
