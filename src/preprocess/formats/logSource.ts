// A source of rows, whatever its files are: what preprocessing is given.

import type { Problem } from "../../base/problem.ts";
import { problemError } from "../../base/result.ts";
import type { Rules } from "../../shards/manifest.ts";
import type { SourceValues } from "../categoryValues.ts";
import type { Part } from "../encoder.ts";
import { type LogForm, namesOf } from "../logForm.ts";
import type { ColumnWishes } from "../tables/plan.ts";
import type { TableColumn } from "./columns.ts";
import type { InputFile, OnBytes } from "./input.ts";
import type { RowNames } from "./rowNames.ts";
import type { LeftOut } from "./setAside.ts";

/** What a person may say of tables' columns is in `ColumnWishes`. */
export interface OpenOptions extends ColumnWishes {
  /** What text is written in, as the Encoding Standard names it; left out, UTF-8, or what the text itself shows. */
  encoding?: string;
  /** Rows at most; of files that are splits each gives its part. */
  limit?: number;
  /** These are the first of all rows, even where the files are splits. */
  inOrder?: boolean;
  /** Categories of a log are decimal numbers, which keep their order (MindSpore's skip_id_convert). */
  numbers?: boolean;
  /** The files' names say nothing about splits. */
  ignoreSplits?: boolean;
  /** Of a folder or an archive these files, or folders, alone. */
  only?: string[];
}

/** A file with what was seen of it. */
export interface OpenedFile {
  file: InputFile;
  /** Its first bytes, unpacked. */
  head: Uint8Array;
  /** Its split as the place in SPLITS, where it has one. */
  split?: number;
  /** Rows at most of this file. */
  limit?: number;
}

export interface LogSource {
  /** To show: "Criteo's log", "TFRecord". */
  format: string;
  /** The data set's name, where the files say it. */
  name?: string;
  /** Names of the files that are read. */
  files: string[];
  /** Files that are not, and why. */
  leftOut: LeftOut[];
  /** Of tables: what each column is read as. */
  columns?: TableColumn[];
  /** What is odd in how they are read; reading the rows may add to it. */
  noticed?: Problem[];
  /** A published data set's name, where the columns are its. */
  layout?: string;
  /** For each of these files its split as the place in SPLITS, where it has one. */
  splits: (number | undefined)[];
  /** Its rows are lines of text: `layout` and `numbers` decide how they are read. */
  isText: boolean;
  /** For each of these files whether its rows have labels; left out, all have. */
  labelled?: boolean[];
  /** What names each row, as the rows come; only where that was asked for. */
  rowNames?: RowNames;
  /** Of these together, as they lie on the disk. */
  byteLength: number;
  form: LogForm;
  /** The columns have the names that the files give them. */
  named: boolean;
  /** What the files imply. */
  rules: Partial<Rules>;
  /** What its categories hold. */
  values: SourceValues;
  /** For each category the values that the source numbers 1, 2, …. */
  tokens?: string[][] | undefined;
  /** Where a row is, of those that were read: "line 8 of valid.csv". */
  whereIs(row: number): string;
  /** The same as data: the file's name, and the number of the line or row in it, from 1. */
  placeOf(row: number): { file: string; number: number };
  /**
   * The rows; called once a pass. `form` is the source's own where they keep it, else what they are to be read in. With
   * `reuse` the next part may overwrite one.
   */
  parts(onProgress?: OnBytes, form?: LogForm, reuse?: boolean): AsyncGenerator<Part>;
}

/** Ids that another tool gave are kept: every value has one, in their order. */
export const NUMBERED_RULES: Partial<Rules> = { rule: "at-least", threshold: 1, idOrder: "given" };

/** How far a reader is with the files. */
export interface Reading {
  /** Makes what takes the number of bytes of this file that have been read. */
  progressOf(file: InputFile): OnBytes;
  /** The file's rows begin with this one. */
  begin(file: InputFile, row: number): void;
  /** The next part may overwrite one. */
  reuse?: boolean;
}

/** For a pass whose progress nobody wants. */
export const SILENT: Reading = { progressOf: () => () => {}, begin: () => {} };

export interface SourceParts extends Pick<LogSource, "format" | "form" | "values" | "tokens"> {
  rules: Partial<Rules>;
  named?: boolean;
  /** What a row is called, and how many lines of each file stand above its first. */
  noun: "row" | "line";
  linesAbove?: number[];
  read(reading: Reading, form: LogForm): AsyncGenerator<Part>;
}

/** The source that files of one format are together. */
export function createLogSource(files: OpenedFile[], parts: SourceParts): LogSource {
  checkNames(parts, files[0]!.file.name);
  const { format, form, named = false, values, tokens, rules, noun, linesAbove = [], read } = parts;
  const firstRows = new Map<string, number>();
  const hasSplits = files.some(({ split }) => split !== undefined);
  const placeOf = (row: number) => {
    const [file, first] = [...firstRows].findLast(([, start]) => start <= row)!;
    const above = linesAbove[files.findIndex((opened) => opened.file.name === file)] ?? 0;
    return { file, number: row - first + above + 1 };
  };
  return {
    format,
    form,
    named,
    values,
    ...(tokens && { tokens }),
    files: files.map(({ file }) => file.name),
    leftOut: [],
    splits: files.map(({ split }) => split),
    isText: noun === "line",
    byteLength: totalBytes(files),
    rules: { ...(hasSplits && { split: "given", testShare: 0, validShare: 0 }), ...rules },
    whereIs(row) {
      const { file, number } = placeOf(row);
      return `${noun} ${number} of ${file}`;
    },
    placeOf,
    parts(onProgress = () => {}, readIn = form, reuse = false) {
      const reading: Reading = {
        progressOf(file) {
          const before = totalBytes(
            files.slice(
              0,
              files.findIndex((opened) => opened.file === file),
            ),
          );
          return (bytesRead) => onProgress(before + bytesRead);
        },
        begin: ({ name }, row) => void firstRows.set(name, row),
        reuse,
      };
      return read(reading, readIn);
    },
  };
}

/** Names of columns stand in the manifest, in the vocabulary's lines and, the label's beside them, in the shards. */
export function checkNames(
  { format, form, named }: Pick<SourceParts, "format" | "form" | "named">,
  name: string,
): void {
  const names = ["label", ...namesOf(form)];
  const twice = names.find((column, i) => names.indexOf(column) < i);
  const broken = names.find((column) => column === "" || /[\t\n\r]/.test(column));
  if (!named || (twice === undefined && broken === undefined)) return;
  const reason =
    twice === undefined
      ? `a column's name, ${JSON.stringify(broken)}, is empty or has a tab or a line's end in it`
      : `two of its columns are named "${twice}"`;
  const expected = "Each column should have a name of its own, of one line and without tabs";
  throw problemError("format-mismatch", { name, format, reason, expected });
}

function totalBytes(files: OpenedFile[]): number {
  return files.reduce((sum, { file }) => sum + file.byteLength, 0);
}
