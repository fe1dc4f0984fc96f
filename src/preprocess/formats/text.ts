// Logs of text: Criteo's own, and CSV with or without a header, as reczoo's Criteo_x1 and Criteo_x4 are.

import { problem } from "../../base/problem.ts";
import { ProblemError } from "../../base/result.ts";
import { CRITEO, columnNames, type Layout } from "../../shards/rows.ts";
import { type Piece, wholeLines } from "../lines.ts";
import type { LogForm } from "../logForm.ts";
import { decimal, TAB } from "../parse.ts";
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

const COMMA = 44;
const NEWLINE = 10;
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
  const rows = sampleRows(head, separator, withHeader);
  const layout = withHeader
    ? headerLayout(file.name, fields, rows, options.layout)
    : (options.layout ?? CRITEO);
  if (withHeader) checkHeaders(files, fields);
  else checkColumns(file.name, rows, layout);
  const isCsv = separator === COMMA;
  const numbers = options.numbers ?? (isCsv && hasNumbers(rows, layout));
  const form: LogForm = {
    ...layout,
    ...(isCsv && { separator }),
    ...(numbers && { numbers }),
    ...(withHeader && namesIfOther(fields.slice(1), layout)),
  };
  const limit = options.limit ?? Number.POSITIVE_INFINITY;
  if (hasFractions(rows, layout))
    Object.assign(form, scalesOf(await measure(files, withHeader, limit, form)));
  return createLogSource(files, {
    format: isCsv ? "CSV" : "Criteo's log",
    form,
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
  const lines = new TextDecoder().decode(head).split(/\r?\n/, FIRST_LINES);
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

function checkHeaders(files: OpenedFile[], fields: string[]): void {
  for (const { file, head } of files) {
    if (telling(head)?.fields.join() === fields.join()) continue;
    const reason = `its first line is not that of ${files[0]!.file.name}`;
    throw new ProblemError(
      problem("format-mismatch", { name: file.name, format: "CSV", reason, expected: EXPECTED }),
    );
  }
}

/** The whole lines of a file's beginning. */
function sampleRows(head: Uint8Array, separator: number, withHeader: boolean): string[][] {
  const lines = new TextDecoder().decode(head).split(/\r?\n/);
  return lines
    .slice(withHeader ? 1 : 0, lines.length > 2 ? -1 : undefined)
    .map((line) => line.split(String.fromCharCode(separator)));
}

/** Whether the categories of all rows are decimal numbers, and not all of eight digits, which may be hexadecimal. */
function hasNumbers(rows: string[][], { integers, categories }: Layout): boolean {
  const values = rows.flatMap((row) => row.slice(1 + integers, 1 + integers + categories)).filter(Boolean);
  return (
    values.length > 0 &&
    values.every((value) => /^(0|[1-9]\d{0,9})$/.test(value)) &&
    values.some((value) => value.length !== 8)
  );
}

function hasFractions(rows: string[][], { integers }: Layout): boolean {
  return rows.some((row) => row.slice(1, 1 + integers).some((value) => Math.abs(decimal(value) % 1) > 0));
}

/** What the columns of numbers hold: one more pass over the files, which only those with fractions need. */
async function measure(
  files: OpenedFile[],
  withHeader: boolean,
  limit: number,
  { separator = TAB, integers }: LogForm,
): Promise<NumberRange[]> {
  const ranges = emptyRanges(integers);
  const comma = String.fromCharCode(separator);
  for await (const { bytes } of pieces(files, withHeader, limit, SILENT)) {
    for (const line of new TextDecoder().decode(bytes).split("\n")) {
      const fields = line.split(comma, 1 + integers);
      for (const [c, range] of ranges.entries()) widen(range, decimal(fields[c + 1] ?? ""));
    }
  }
  return ranges;
}
