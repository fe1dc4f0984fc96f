// A look at the beginning of files that a person dropped or picked: what they are, and what a data set of them would take.

import { SPLITS } from "../base/batch.ts";
import type { Problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import { unhurried } from "../base/yield.ts";
import { describeNumbers } from "../preprocess/describeNumbers.ts";
import { createEncoder, type Part } from "../preprocess/encoder.ts";
import { ColumnsError, TablesError } from "../preprocess/formats/columns.ts";
import { ENCODINGS } from "../preprocess/formats/encodings.ts";
import { blobInput, type InputFile } from "../preprocess/formats/input.ts";
import type { LogSource, OpenOptions } from "../preprocess/formats/logSource.ts";
import { openLogs } from "../preprocess/formats/openLogs.ts";
import { isCriteoLog, namesOf } from "../preprocess/logForm.ts";
import { nameOfLog } from "../preprocess/logName.ts";
import { countPass } from "../preprocess/passes.ts";
import { recommendedMode } from "../preprocess/recommendedMode.ts";
import { DEFAULT_RULES } from "../preprocess/rules.ts";
import type { Layout } from "../shards/rows.ts";
import type { ChosenFile, FilesSaid, LogLook, LogReport } from "./requests.ts";

/** A look ends after so many rows, or bytes as they lie on the disk. */
const LOOK_ROWS = 50_000;
const LOOK_BYTES = 8 << 20;

/** Reads the beginning of the files; `said` is what the person says of them. Throws a ProblemError for what is no log. */
export async function lookAtLog(files: ChosenFile[], said: FilesSaid): Promise<LogLook> {
  try {
    const opened = await open(files, { limit: LOOK_ROWS, inOrder: true, ...said });
    return { type: "log", report: await reportOn(files, opened.source, opened.splitsUnclear) };
  } catch (cause) {
    const { name } = files[0]!.file;
    if (cause instanceof ColumnsError) {
      const { problem, likely, table } = cause;
      return { type: "columns", name, problem, likely, table };
    }
    if (cause instanceof TablesError)
      return { type: "tables", name, problem: cause.problem, tables: cause.tables };
    if (cause instanceof ProblemError && cause.problem.code === "text-not-utf8")
      return { type: "encoding", name, problem: cause.problem, encodings: ENCODINGS };
    throw cause;
  }
}

/** The files, named from below the folder that all of them lie in. */
export function inputsOf(files: ChosenFile[]): InputFile[] {
  const { length } = folderOf(files);
  return files.map(({ file, path }) => blobInput(path.slice(length), file));
}

/** What a data set of these files is called where nobody says it. */
export function nameOfFiles(files: ChosenFile[], source: LogSource): string {
  const first = source.files[0]!;
  // What is in an archive is called like it.
  const archive = files.find(({ path }) => first.startsWith(`${path}/`));
  const named = folderOf(files).slice(0, -1) || (archive?.path ?? first);
  return source.name ?? nameOfLog(named.split("/").at(-1)!);
}

/** The folder that a person chose: "logs/"; empty where it was files, or several folders. */
function folderOf(files: ChosenFile[]): string {
  const [top] = files[0]!.path.split("/");
  const folder = `${top}/`;
  return files.every(({ path }) => path.startsWith(folder)) ? folder : "";
}

/** The files as a source; where only some are named for a split, the names say nothing, and why is said. */
async function open(
  files: ChosenFile[],
  options: OpenOptions,
): Promise<{ source: LogSource; splitsUnclear: Problem | null }> {
  const inputs = inputsOf(files);
  try {
    return { source: await openLogs(inputs, options), splitsUnclear: null };
  } catch (cause) {
    if (!(cause instanceof ProblemError) || cause.problem.code !== "splits-unclear") throw cause;
    const source = await openLogs(inputs, { ...options, ignoreSplits: true });
    return { source, splitsUnclear: cause.problem };
  }
}

async function reportOn(
  files: ChosenFile[],
  source: LogSource,
  splitsUnclear: Problem | null,
): Promise<LogReport> {
  const { form, format, isText, byteLength, splits } = source;
  const name = nameOfFiles(files, source);
  const rules = { ...DEFAULT_RULES, ...source.rules };
  let bytesRead = 0;
  let whole = true;
  async function* beginning(): AsyncGenerator<Part> {
    for await (const part of source.parts((bytes) => (bytesRead = bytes))) {
      yield part;
      whole = bytesRead < LOOK_BYTES && part.firstLine + part.lineCount < LOOK_ROWS;
      if (!whole) return;
    }
  }
  const words = { name, whereIs: source.whereIs, placeOf: source.placeOf };
  const encoder = createEncoder(form, rules);
  const { account, statistics } = await countPass(unhurried(beginning()), encoder, words, () => {});
  const [first] = account.examples;
  const { split, testShare, validShare } = DEFAULT_RULES;
  return {
    name,
    format,
    isText,
    byteLength,
    splitsUnclear,
    leftOut: source.leftOut.map(({ name: file, reason }) => ({ name: file, reason })),
    table: isCriteoLog(form) ? null : (source.columns ?? null),
    layout: source.layout ?? null,
    files: source.files.map((file, i) => {
      const place = splits[i];
      return { name: file, split: place === undefined ? null : SPLITS[place]! };
    }),
    isCounted: whole,
    rows: whole ? account.lines : Math.round((account.lines * byteLength) / bytesRead),
    bad: {
      lines: account.bad,
      of: account.lines,
      example: first ? `${source.whereIs(first.line)} ${first.reason}` : null,
    },
    columns: { integers: form.integers, categories: form.categories },
    time: form.time ?? null,
    recommended: Object.fromEntries(
      statistics.integers.map((counts, c) => {
        const column = namesOf(form)[c]!;
        return [column, recommendedMode(describeNumbers(column, counts, rules, 0))];
      }),
    ),
    numbers: form.numbers ?? false,
    hasIds: rules.idOrder === "given",
    rules: { ...rules, split, testShare, validShare },
    bytesPerRow: bytesPerRow(form),
    freeBytes: await freeBytes(),
  };
}

/** What packed rows take: measured on logs like Criteo's, 76 bytes for its columns. */
function bytesPerRow({ integers, categories }: Layout): number {
  return Math.round(1 + 2.5 * integers + 1.65 * categories);
}

async function freeBytes(): Promise<number | null> {
  // Absent over plain http.
  const storage = navigator.storage as StorageManager | undefined;
  if (!storage?.estimate) return null;
  const { quota, usage } = await storage.estimate();
  return quota === undefined || usage === undefined ? null : quota - usage;
}
