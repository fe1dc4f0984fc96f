// Logs of text: Criteo's own, and CSV with or without a header, as reczoo's Criteo_x1 and Criteo_x4 are.

import { problem } from "../../base/problem.ts";
import { ProblemError } from "../../base/result.ts";
import { CRITEO, columnNames, type Layout } from "../../shards/rows.ts";
import { kindOfValues } from "../categoryValues.ts";
import { type Piece, wholeLines } from "../lines.ts";
import type { LogForm } from "../logForm.ts";
import { byteString, decimal, TAB } from "../parse.ts";
import { COMMA, unquoted } from "../quotes.ts";
import { ColumnsError, checkColumns, lacksLabel, likelyLayout, unlabelled } from "./columns.ts";
import {
  createLogSource,
  type LogSource,
  NUMBERED_RULES,
  type OpenedFile,
  type OpenOptions,
  type Reading,
  SILENT,
} from "./logSource.ts";
import { emptyRanges, type NumberRange, scalesOf, widen } from "./scales.ts";

const NEWLINE = 10;
const RETURN = 13;
const POINT = 46;
const ZERO = 48;
/** A log may begin with some bad lines. */
const FIRST_LINES = 10;
const EXPECTED =
  "Its header should be label, I1 to I13, C1 to C26, in this order; with other columns the label comes first, then numbers, then categories, and one says how many there are of each (--dense_dim, --slot_dim on the command line)";

/** Whether one of the first lines looks like one of a log, or like a header above it. */
export function isLog(head: Uint8Array): boolean {
  return telling(head) !== null;
}

/** Whether the first lines would be a log's if they began with a label. */
export function isUnlabelledLog(head: Uint8Array, layout: Layout): boolean {
  return [TAB, COMMA].some((separator) => lacksLabel(sampleRows(head, separator, false), layout));
}

export async function openText(files: OpenedFile[], options: OpenOptions): Promise<LogSource> {
  const { head, file } = files[0]!;
  const { separator, fields } = telling(head)!;
  const withHeader = isHeader(fields, separator);
  checkAlike(files);
  const rows = sampleRows(head, separator, withHeader);
  const layout = withHeader
    ? headerLayout(file.name, fields, rows, options.layout)
    : (options.layout ?? CRITEO);
  if (!withHeader) checkColumns(file.name, rows, layout);
  const isCsv = separator === COMMA;
  const kind = kindOfValues(categoriesOf(rows, layout));
  const numbers = options.numbers ?? (isCsv && kind === "decimal");
  const form: LogForm = {
    ...layout,
    ...(isCsv && { separator }),
    ...(numbers && { numbers }),
    ...(withHeader && namesIfOther(fields.slice(1), layout)),
  };
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  if (hasFractions(rows, layout) || (isCsv && (await hasPoint(pieces(files, withHeader, limit, SILENT)))))
    Object.assign(form, scalesOf(await measure(pieces(files, withHeader, limit, SILENT), form)));
  return createLogSource(files, {
    format: isCsv ? "CSV" : "Criteo's log",
    form,
    named: withHeader,
    values: { kind },
    rules: numbers ? (isCsv ? NUMBERED_RULES : { idOrder: "given" }) : {},
    noun: "line",
    linesAbove: withHeader ? 1 : 0,
    read: (reading) => pieces(files, withHeader, limit, reading),
  });
}

/** The files' lines one after the other, headers left out. */
async function* pieces(
  files: OpenedFile[],
  withHeader: boolean,
  limit: number,
  { tellOf, begin }: Reading,
): AsyncGenerator<Piece> {
  const headerLines = withHeader ? 1 : 0;
  let lines = 0;
  for (const { file, split, limit: ofFile = limit } of files) {
    if (lines >= limit) return;
    const before = lines;
    begin(file, before);
    for await (const piece of wholeLines(
      file.stream(tellOf(file)),
      Math.min(ofFile, limit - before) + headerLines,
    )) {
      const rest = piece.firstLine < headerLines ? withoutFirstLine(piece) : piece;
      // Lines are numbered through all files, and from 0 below a header.
      const firstLine = before + piece.firstLine - (rest === piece ? headerLines : 0);
      lines += rest.lineCount;
      if (rest.lineCount > 0) yield { ...rest, firstLine, ...(split !== undefined && { split }) };
    }
  }
}

function withoutFirstLine({ bytes, firstLine, lineCount }: Piece): Piece {
  const newline = bytes.indexOf(NEWLINE);
  return {
    bytes: bytes.slice(newline === -1 ? bytes.length : newline + 1),
    firstLine,
    lineCount: lineCount - 1,
  };
}

/** A header, or the first line that begins with a label; one or the other must be among the first lines. */
function telling(head: Uint8Array): { separator: number; fields: string[] } | null {
  const lines = new TextDecoder().decode(unquoted(head)).split(/\r?\n/, FIRST_LINES);
  for (const [i, line] of lines.entries()) {
    const separator = line.includes("\t") ? TAB : COMMA;
    const fields = line.split(String.fromCharCode(separator));
    if ((i === 0 && isHeader(fields, separator)) || (fields.length > 1 && /^[01](\.0)?$/.test(fields[0]!)))
      return { separator, fields };
  }
  return null;
}

/** Whether a first line names columns; one with tabs must begin with the label's, since any table may have tabs. */
function isHeader(fields: string[], separator: number): boolean {
  const areNames = fields.length > 2 && fields.every((field) => /^[A-Za-z_]\w*$/.test(field));
  return areNames && (separator === COMMA || isLabel(fields[0]!));
}

function isLabel(name: string): boolean {
  return /^(label|click|clk|clicked|target|y)$/i.test(name);
}

/** The layout that a header's names tell; other names need a layout from outside. */
function headerLayout(
  name: string,
  [label, ...names]: string[],
  rows: string[][],
  given: Layout | undefined,
): Layout {
  const mismatch = (reason: string) =>
    problem("format-mismatch", { name, format: "CSV", reason, expected: EXPECTED });
  const otherColumns = (reason: string) => new ColumnsError(mismatch(reason), likelyLayout(rows));
  if (/^I1$/i.test(label!)) throw unlabelled(name, given ?? CRITEO);
  if (!isLabel(label!)) throw new ProblemError(mismatch(`its first column is "${label}", not the label`));
  if (given) {
    if (names.length === given.integers + given.categories) return given;
    throw otherColumns(
      `it has ${names.length} columns besides the label, not ${given.integers} + ${given.categories}`,
    );
  }
  const integers = names.findIndex((column) => !/^I\d+$/i.test(column));
  const strange = names.slice(integers).find((column) => !/^C\d+$/i.test(column));
  if (integers === -1) throw otherColumns("it has no column of categories");
  if (strange !== undefined) throw otherColumns(`its column "${strange}" is neither I1… nor C1…`);
  return { integers, categories: names.length - integers };
}

function namesIfOther(names: string[], layout: Layout): { names?: string[] } {
  const usual = columnNames(layout).slice(1);
  return names.every((name, i) => name === usual[i]) ? {} : { names };
}

/** Throws a ProblemError where files are separated otherwise, or have other names above their columns, than the first. */
function checkAlike([first, ...others]: OpenedFile[]): void {
  const lookOf = ({ head }: OpenedFile) => {
    const { separator, fields } = telling(head)!;
    const names = isHeader(fields, separator) ? fields.join() : "";
    return { names, format: separator === COMMA ? "CSV" : "a log separated by tabs" };
  };
  const { names, format } = lookOf(first!);
  const { name } = first!.file;
  for (const opened of others) {
    const look = lookOf(opened);
    const other = opened.file.name;
    if (look.format !== format)
      throw new ProblemError(problem("formats-mixed", { name, format, other, otherFormat: look.format }));
    if (look.names === names) continue;
    const reason = `its first line is not that of ${name}`;
    throw new ProblemError(problem("format-mismatch", { name: other, format, reason, expected: EXPECTED }));
  }
}

/** The whole lines of a file's beginning. */
function sampleRows(head: Uint8Array, separator: number, withHeader: boolean): string[][] {
  const lines = new TextDecoder().decode(separator === COMMA ? unquoted(head) : head).split(/\r?\n/);
  return lines
    .slice(withHeader ? 1 : 0, lines.length > 2 ? -1 : undefined)
    .map((line) => line.split(String.fromCharCode(separator)));
}

function categoriesOf(rows: string[][], { integers, categories }: Layout): string[] {
  return rows.flatMap((row) => row.slice(1 + integers, 1 + integers + categories));
}

function hasFractions(rows: string[][], { integers }: Layout): boolean {
  return rows.some((row) => row.slice(1, 1 + integers).some((value) => Math.abs(decimal(value) % 1) > 0));
}

/** Whether there can be a fraction anywhere: CSV may have its first one late, and a column must be kept in one way. */
async function hasPoint(parts: AsyncIterable<Piece>): Promise<boolean> {
  for await (const { bytes } of parts) if (bytes.includes(POINT)) return true;
  return false;
}

/** What the columns of numbers hold: one more pass over the files, which only those with fractions need. */
async function measure(parts: AsyncIterable<Piece>, form: LogForm): Promise<NumberRange[]> {
  const ranges = emptyRanges(form.integers);
  for await (const { bytes } of parts)
    widenByLines(ranges, form.separator === COMMA ? unquoted(bytes) : bytes, form.separator ?? TAB);
  return ranges;
}

function widenByLines(ranges: NumberRange[], bytes: Uint8Array, separator: number): void {
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(NEWLINE, at);
    let end = newline === -1 ? bytes.length : newline;
    const next = end + 1;
    if (bytes[end - 1] === RETURN) end--;
    let p = bytes.indexOf(separator, at);
    for (let c = 0; c < ranges.length && p !== -1 && p < end; c++) {
      const start = p + 1;
      let digits = 0;
      for (p = start; p < end && bytes[p] !== separator; p++) digits = 10 * digits + bytes[p]! - ZERO;
      // Most cells are short and of digits alone; their bytes need not become a text.
      const isShort = p > start && p - start < 10 && areDigits(bytes, start, p);
      widen(ranges[c]!, isShort ? digits : decimal(byteString(bytes.subarray(start, p))));
    }
    at = next;
  }
}

function areDigits(bytes: Uint8Array, start: number, end: number): boolean {
  for (let p = start; p < end; p++) if (bytes[p]! < ZERO || bytes[p]! > ZERO + 9) return false;
  return true;
}
