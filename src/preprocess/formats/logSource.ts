// A source of rows, whatever its files are: what preprocessing is given.

import type { Rules } from "../../shards/manifest.ts";
import type { Layout } from "../../shards/rows.ts";
import type { Part } from "../hands.ts";
import type { LogForm } from "../logForm.ts";
import type { InputFile, TellBytes } from "./input.ts";

export interface OpenOptions {
  /** Columns of each kind, where the files do not say it; left out, Criteo's. */
  layout?: Layout;
  /** Rows at most. */
  limit?: number;
  /** Categories of a log are decimal numbers, which keep their order (MindSpore's skip_id_convert). */
  numbers?: boolean;
  /** The files' names say nothing about splits. */
  ignoreSplits?: boolean;
}

/** A file with what was seen of it. */
export interface OpenedFile {
  file: InputFile;
  /** Its first bytes, unpacked. */
  head: Uint8Array;
  /** Its split as the place in SPLITS, where it has one. */
  split?: number;
}

export interface LogSource {
  /** To show: "Criteo's log", "TFRecord". */
  format: string;
  /** Names of the files that are read. */
  files: string[];
  /** Of these together, as they lie on the disk. */
  byteLength: number;
  form: LogForm;
  /** What the files imply. */
  rules: Partial<Rules>;
  /** For each category the values that the source numbers 1, 2, …. */
  tokens?: string[][];
  /** Where a row is, of those that were read: "line 8 of valid.csv". */
  whereIs(row: number): string;
  /** The rows; called once a pass. */
  parts(tell?: TellBytes): AsyncGenerator<Part>;
}

/** What the splits of the files imply. */
export function splitRules(files: OpenedFile[]): Partial<Rules> {
  return files.some(({ split }) => split !== undefined)
    ? { split: "given", testShare: 0, validShare: 0 }
    : {};
}

/** Ids that another tool gave are kept: every value has one, in their order. */
export const NUMBERED_RULES: Partial<Rules> = { rule: "at-least", threshold: 1, idOrder: "given" };

/** Which file's rows start where, as far as they were read. */
export interface FileStarts {
  begin(file: InputFile, row: number): void;
  /** "line 8 of valid.csv" for a row; `offset` are the lines above the first row of a file. */
  whereIs(row: number, noun: string, offset?: number): string;
}

export function createFileStarts(): FileStarts {
  const starts = new Map<string, number>();
  return {
    begin: ({ name }, row) => void starts.set(name, row),
    whereIs(row, noun, offset = 0) {
      const [name, first] = [...starts].findLast(([, start]) => start <= row)!;
      return `${noun} ${row - first + offset + 1} of ${name}`;
    },
  };
}

export function describeFiles(files: OpenedFile[]): Pick<LogSource, "files" | "byteLength"> {
  return {
    files: files.map(({ file }) => file.name),
    byteLength: files.reduce((sum, { file }) => sum + file.byteLength, 0),
  };
}
