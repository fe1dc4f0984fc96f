// What the page asks of the worker that keeps data sets: each request with its answer, and the events. Types only.

import type { Split } from "../base/batch.ts";
import type { Problem } from "../base/problem.ts";
import type { Finding } from "../preprocess/findings/findings.ts";
import type { TableColumn, TableOffer } from "../preprocess/formats/columns.ts";
import type { Inspection } from "../preprocess/inspection.ts";
import type { RecommendedMode } from "../preprocess/recommendedMode.ts";
import type { ColumnChoice } from "../preprocess/roles.ts";
import type { RuleChoices } from "../preprocess/rules.ts";
import type { Rules } from "../shards/manifest.ts";
import type { Layout } from "../shards/rows.ts";

/** Where a data set lies. */
export type DatasetLocation =
  /** Edition 2 has validation rows; what earlier versions noted says no edition, and stays what it was. */
  | { type: "demo"; rows: number; seed: number; edition?: 2 | undefined }
  /** Address of a manifest.json; shards lie beside it. */
  | { type: "url"; manifestUrl: string }
  /** A data set's folder, dropped or picked: manifest.json, vocabulary and shards. */
  | {
      type: "files";
      files: File[];
      /** The folder that was chosen, where the browser gives a way back to it. */
      folder?: FileSystemDirectoryHandle;
    }
  /** Kept in this browser's own storage. */
  | { type: "device"; id: string };

/** A data set in this browser's own storage. */
export interface KeptDataset {
  id: string;
  name: string;
  /** Of its content; null where it is damaged. */
  identity: string | null;
  rows: number;
  byteLength: number;
  /** Milliseconds since 1970. */
  keptAt: number;
  /** Why it cannot be opened; null where it can. */
  damage: Problem | null;
}

/** What a look at a log's first rows shows. */
export interface LogReport {
  name: string;
  /** What it is, in a few words. */
  format: string;
  /** Its rows are lines of text, so that a person may know better what its categories are. */
  isText: boolean;
  /** Of the files as they lie there. */
  byteLength: number;
  /** Those that are read, with the split that they are named for. */
  files: { name: string; split: Split | null }[];
  /** Why their names say no splits, where some do. */
  splitsUnclear: Problem | null;
  /** Files that are not read, and why. */
  leftOut: { name: string; reason: string }[];
  /** Of a table that is no log of Criteo's: what each column is read as. */
  table: TableColumn[] | null;
  /** A published data set's name, where the columns are its. */
  layout: string | null;
  /** All of them, where the look came to the end (`isCounted`); else an estimate. */
  rows: number;
  isCounted: boolean;
  columns: Layout;
  /** Lines that were looked at and cannot be read, and the first of them: "line 8 of x.tsv is empty". */
  bad: { lines: number; of: number; example: string | null };
  /** The column of times, where rows have one: they can be split by it. */
  time: string | null;
  /** How columns of numbers should enter, by what was looked at, and why. */
  recommended: Record<string, RecommendedMode>;
  /** Its categories are decimal numbers. */
  numbers: boolean;
  /** Its categories are ids that another tool gave: they stay as they are. */
  hasIds: boolean;
  /** What holds where nothing is chosen, were all rows dealt anew. */
  rules: Rules;
  /** About so much will a row take on the device. */
  bytesPerRow: number;
  /** What the browser says is free; it may say less than there is. */
  freeBytes: number | null;
}

export type LogLook =
  | { type: "log"; report: LogReport }
  /** It is not clear what the columns are: whoever knows can continue. `table` is null where they have no names. */
  | { type: "columns"; name: string; problem: Problem; likely: Layout; table: TableColumn[] | null }
  /** They are tables of several kinds: a person must say which belong together. */
  | { type: "tables"; name: string; problem: Problem; tables: TableOffer[] }
  /** It is text, and not UTF-8: a person must say what it is written in. */
  | { type: "encoding"; name: string; problem: Problem; encodings: readonly string[] };

/** What a person says of the files. */
export interface FilesSaid {
  /** What their text is written in, by the Encoding Standard's name. */
  encoding?: string;
  /** Of several files, or those of an archive, these alone, by their names. */
  only?: string[];
  /** How many of each kind. */
  layout?: Layout;
  /** What each of them is. */
  columns?: ColumnChoice[];
}

/** A file that a person dropped or picked. */
export interface ChosenFile {
  file: File;
  /** Its name with the folders that were chosen, as far as the browser gives them: `logs/train/part_0.csv`. */
  path: string;
}

export interface ImportOptions {
  /** Of the data set; null: as the files are called. */
  name: string | null;
  /** At most so many of its first rows; null: all. */
  rows: number | null;
  said: FilesSaid;
  /** Whether categories are decimal numbers; null: as they look. */
  numbers: boolean | null;
  rules: RuleChoices;
  /** Takes the ids of this data set, instead of counting: its rows are all test rows. */
  vocabularyOf: DatasetLocation | null;
}

export interface DataRequests {
  listKept: { input: Record<string, never>; output: KeptDataset[] };
  /** Reads the beginning of the files, and refuses what is no log. */
  lookAtLog: { input: { files: ChosenFile[]; said: FilesSaid }; output: LogLook };
  /** Makes a data set of a log on the device; answers its id, and what is strange about its rows. */
  importLog: {
    input: { files: ChosenFile[]; options: ImportOptions };
    output: { id: string; warning: Problem | null; findings: Finding[] };
  };
  /** Copies a data set to the device; answers its id. */
  keepDataset: { input: { location: DatasetLocation }; output: { id: string } };
  /** Ends the import or copy under way; nothing of it stays. */
  cancel: { input: Record<string, never>; output: Record<string, never> };
  renameKept: { input: { id: string; name: string }; output: KeptDataset[] };
  deleteKept: { input: { id: string }; output: KeptDataset[] };
  /** Its files in one zip. */
  zipKept: { input: { id: string }; output: { name: string; blob: Blob } };
  /** Writes its files into a new folder below one that the person chose. */
  saveKept: { input: { id: string; folder: FileSystemDirectoryHandle }; output: { name: string } };
  /** Reads every row once. */
  inspectDataset: { input: { location: DatasetLocation }; output: Inspection };
}

export type DataJob = "import" | "keep" | "export" | "inspect";

/** How far a piece of work is. */
export interface DataProgress {
  job: DataJob;
  /** What is being done, in words. */
  stage: string;
  /** Which of the passes over the data this is; null where there is one. */
  pass: { number: number; of: number } | null;
  /** 0 to 1. */
  share: number;
  /** Rows done in this stage and a second; null where bytes are copied. */
  rows: number | null;
  rowsPerSecond: number | null;
  /** Of this stage; null before anything is done. */
  secondsLeft: number | null;
}

export type DataEvent = { type: "progress" } & DataProgress;
