// Logs whose rows are to be scored: they may lack the label, and may have a column that names each row. Such a file is
// handed on as a log like any other, a label of zeros before its rows and the names taken out.

import { problem } from "../../base/problem.ts";
import { ProblemError } from "../../base/result.ts";
import { byteString } from "../parse.ts";
import { COMMA, unquoted } from "../quotes.ts";
import { headOf, type InputFile } from "./input.ts";

const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const HEAD_BYTES = 1 << 17;
/** A row without its label is known by a majority of the first lines. */
const FIRST_LINES = 10;

/** Columns of the data set whose ids the rows take. */
export interface ScoredColumns {
  /** In their order, the label's left out. */
  names: string[];
  /** The column that names a row: its name in a header, or its place from 1 where there is none. */
  id: string | null;
}

export interface ScoredFile {
  /** As `openLogs` reads it. */
  file: InputFile;
  /** false: its rows' labels are zeros that were put there. */
  labelled: boolean;
  /** The names of rows, which come as the file is read; null where no column has them. */
  ids: RowNames | null;
  /** Of its first row, as lines are numbered. */
  firstNumber: number;
}

/** Names of rows in the order of the lines, each asked for once. */
export interface RowNames {
  /** Of the line, from 0 below a header; lines before it are forgotten. */
  take(line: number): string;
}

interface Shape {
  separator: number;
  hasHeader: boolean;
  labelled: boolean;
  /** The place of the column of names; −1 where there is none. */
  idAt: number;
  labelName: string;
}

/** What the files are to `openLogs`. Throws a ProblemError where the column of names is not there. */
export async function scoredFiles(files: InputFile[], columns: ScoredColumns): Promise<ScoredFile[]> {
  const shapes = await Promise.all(files.map((file) => shapeOf(file, columns)));
  // Files beside each other must have the same header.
  const labelName = shapes.find((shape) => shape?.labelled)?.labelName ?? "label";
  return files.map((file, i) => {
    const shape = shapes[i];
    if (!shape || (shape.labelled && shape.idAt < 0))
      return { file, labelled: true, ids: null, firstNumber: shape?.hasHeader ? 2 : 1 };
    const names = shape.idAt < 0 ? null : createNames();
    const rewritten = (onProgress: (bytesRead: number) => void) =>
      rewrite(file.stream(onProgress), shape, labelName, names);
    const view: InputFile = {
      ...file,
      stream: rewritten,
      open: async () => ({
        name: file.name,
        byteLength: file.byteLength,
        read: async (_, end) => headOf({ ...file, stream: rewritten }, end),
      }),
    };
    return { file: view, labelled: shape.labelled, ids: names, firstNumber: shape.hasHeader ? 2 : 1 };
  });
}

/** null for what is no text of these columns: whoever reads it says so better. */
async function shapeOf(file: InputFile, { names, id }: ScoredColumns): Promise<Shape | null> {
  const head = await headOf(file, HEAD_BYTES);
  if (head.length === 0 || head.includes(0)) return null;
  const text = byteString(unquoted(head)).replace(/^\xef\xbb\xbf/, "");
  const lines = text.split(/\r?\n/, FIRST_LINES).filter((line) => line !== "");
  const separator = lines[0]?.includes("\t") ? TAB : COMMA;
  const fields = lines.map((line) => line.split(String.fromCharCode(separator)));
  const [first = []] = fields;
  const known = new Set(names.map((name) => name.toLowerCase()));
  const hasHeader = first.filter((field) => known.has(field.toLowerCase())).length * 2 >= names.length;
  const idAt = id === null ? -1 : hasHeader ? first.indexOf(id) : Number(id) - 1;
  if (id !== null && !(idAt >= 0 && idAt < first.length)) {
    if (fields.every(({ length }) => length < 2)) return null;
    throw new ProblemError(problem("id-column-missing", { name: file.name, column: id, hasHeader }));
  }
  if (hasHeader) {
    const label = first.find((field) => /^(label|click|clk|clicked|target|y)$/i.test(field));
    return { separator, hasHeader, idAt, labelled: label !== undefined, labelName: label ?? "label" };
  }
  const lacking = fields.filter(({ length }) => length === names.length + (idAt < 0 ? 0 : 1)).length;
  return { separator, hasHeader, idAt, labelled: lacking * 2 <= fields.length, labelName: "label" };
}

function createNames(): RowNames & { begin(): void; add(name: string): void } {
  let waiting: string[] = [];
  /** Line of the first of them. */
  let first = 0;
  let used = 0;
  return {
    begin() {
      waiting = [];
      first = 0;
      used = 0;
    },
    add: (name) => void waiting.push(name),
    take(line) {
      used = line - first;
      const name = waiting[used] ?? "";
      if (used > 1 << 16) {
        waiting = waiting.slice(used);
        first = line;
      }
      return name;
    },
  };
}

/** The lines with a label before them, if they lack it, and without the column of names, which go to `names`. */
async function* rewrite(
  stream: AsyncIterable<Uint8Array>,
  { separator, hasHeader, labelled, idAt }: Shape,
  labelName: string,
  names: ReturnType<typeof createNames> | null,
): AsyncGenerator<Uint8Array> {
  names?.begin();
  let rest = new Uint8Array();
  let isHeader = hasHeader;
  let atStart = true;
  const labelOf = (text: string) =>
    labelled ? new Uint8Array() : Uint8Array.from(`${text}${String.fromCharCode(separator)}`, codeOf);
  const [rowLabel, headerLabel] = [labelOf("0"), labelOf(labelName)];

  function rewritten(bytes: Uint8Array): Uint8Array {
    const lineCount = bytes.reduce((sum, byte) => (byte === NEWLINE ? sum + 1 : sum), 1);
    const out = new Uint8Array(bytes.length + lineCount * Math.max(rowLabel.length, headerLabel.length));
    let length = 0;
    const put = (piece: Uint8Array) => {
      out.set(piece, length);
      length += piece.length;
    };
    for (let at = 0; at < bytes.length; ) {
      const newline = bytes.indexOf(NEWLINE, at);
      const next = newline < 0 ? bytes.length : newline + 1;
      const line = bytes.subarray(at, next);
      at = next;
      // An empty line stays one: it is reported as such.
      const isEmpty = line[0] === NEWLINE || (line[0] === RETURN && line[1] === NEWLINE);
      if (!isEmpty) put(isHeader ? headerLabel : rowLabel);
      const [from, to, end] = idAt < 0 ? [0, 0, 0] : cellOf(line, idAt, separator);
      if (names && !isHeader) names.add(byteString(unquoted(line.subarray(from, to))));
      put(line.subarray(0, end === to && from > 0 ? from - 1 : from));
      put(line.subarray(end));
      isHeader = false;
    }
    return out.subarray(0, length);
  }

  for await (const chunk of stream) {
    const whole = chunk.lastIndexOf(NEWLINE) + 1;
    if (whole === 0) {
      rest = joined(rest, chunk);
      continue;
    }
    const bytes = joined(rest, chunk.subarray(0, whole));
    rest = chunk.slice(whole);
    yield rewritten(atStart ? withoutMark(bytes) : bytes);
    atStart = false;
  }
  if (rest.length > 0) yield rewritten(atStart ? withoutMark(rest) : rest);
}

/** Where the cell at a place begins and ends, and where the next one begins; empty at the end where there are fewer. */
function cellOf(line: Uint8Array, place: number, separator: number): [number, number, number] {
  let end = line.length;
  while (end > 0 && (line[end - 1] === NEWLINE || line[end - 1] === RETURN)) end--;
  let from = 0;
  for (let cell = 0; ; cell++) {
    const found = line.indexOf(separator, from);
    const to = found < 0 || found >= end ? end : found;
    if (cell === place) return [from, to, to === end ? to : to + 1];
    if (to === end) return [end, end, end];
    from = to + 1;
  }
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function codeOf(character: string): number {
  return character.charCodeAt(0);
}
