// The passes over a log's parts. Heavy steps go to the encoder; what needs the lines' order happens here.

import { type ProblemError, problemError } from "../base/result.ts";
import type { Manifest } from "../shards/manifest.ts";
import type { BadLine } from "./block.ts";
import type { LogStatistics } from "./counting.ts";
import { type Encoder, inOrder, type Part, type PartReport } from "./encoder.ts";
import type { EncodedCensus } from "./findings/encodedCensus.ts";
import { endsGroup } from "./mindsporeSplit.ts";
import type { ShardSet } from "./shardSet.ts";
import type { CountedValue } from "./vocabulary.ts";

export type Parts = AsyncIterable<Part> | Iterable<Part>;

/** Called with the number of lines that a pass has done. */
export type OnLines = (lines: number) => void;

/** How a log is spoken of. */
export interface LogWords {
  name: string;
  /** Where a line is, numbered from 0: "line 8 of valid.csv". Known of lines that were read. */
  whereIs?: (line: number) => string;
  /** The file that a line is of. Known of lines that were read. */
  placeOf?: (line: number) => { file: string };
}

const BAD_LINE_EXAMPLES = 20;
/** A file of another kind is given up early: after so many bad lines, when they are more than a tenth. */
const HOPELESS_BAD_LINES = 1000;
/** So few bad lines of a file are forgiven where the files together have not more than 1 %. */
const FEW_BAD_LINES = 10;

/** Why a line without anything in it is no row. Such lines are no fault of a file. */
const EMPTY_LINE = "is empty";

/** Lines so far, and those of them that could not be read. */
export interface LineAccount {
  lines: number;
  /** Empty ones among them. */
  bad: number;
  empty: number;
  examples: BadLine[];
  /** The first that is not empty. */
  example: BadLine | null;
  /** Numbers of bad lines that MindSpore's split depends on. */
  badEnds: number[];
  /** The same of the file that is being read. */
  file: { name: string; lines: number; bad: number; empty: number; example: BadLine | null };
}

export function emptyAccount(): LineAccount {
  return { lines: 0, bad: 0, empty: 0, examples: [], example: null, badEnds: [], file: emptyFile("") };
}

function emptyFile(name: string): LineAccount["file"] {
  return { name, lines: 0, bad: 0, empty: 0, example: null };
}

/** Counts values. Throws a ProblemError for a log that holds no row, or too many bad lines. */
export async function countPass(
  parts: Parts,
  encoder: Encoder,
  log: LogWords,
  onProgress: OnLines,
): Promise<{ statistics: LogStatistics; account: LineAccount }> {
  const account = emptyAccount();
  onProgress(0);
  for await (const report of inOrder(parts, encoder.atOnce, encoder.count)) {
    book(account, report, log);
    onProgress(account.lines);
  }
  closeAccount(account, log);
  return { statistics: await encoder.counted(), account };
}

/** Puts each column's values into the order in which the log first shows them, as MindSpore numbers them. */
export async function orderPass(
  parts: Parts,
  encoder: Encoder,
  columns: CountedValue[][],
  onProgress: OnLines,
): Promise<CountedValue[][]> {
  const seen = columns.map((values) => new Uint8Array(values.length + 1));
  const ordered: CountedValue[][] = columns.map(() => []);
  let lines = 0;
  onProgress(lines);
  for await (const { rows, lineCount } of inOrder(parts, encoder.atOnce, encoder.encode)) {
    for (const [c, ids] of rows.categories.entries()) {
      const known = seen[c]!;
      for (let r = 0; r < rows.count; r++) {
        const id = ids[r]!;
        if (id === 0 || known[id] === 1) continue;
        known[id] = 1;
        ordered[c]!.push(columns[c]![id - 1]!);
      }
    }
    onProgress((lines += lineCount));
  }
  return ordered;
}

/**
 * Looks up ids and writes shards; what finished shards hold already is passed over. Returns what it booked; `see` gets
 * each part in the log's order, before its rows are written.
 */
export async function encodePass(
  parts: Parts,
  encoder: Encoder,
  shards: ShardSet,
  splitOf: (line: number) => number,
  log: LogWords,
  onProgress: OnLines,
  see: EncodedCensus["see"] = () => {},
): Promise<LineAccount & Pick<Manifest, "splits" | "shards">> {
  const account = emptyAccount();
  async function* unwritten(): AsyncGenerator<Part> {
    for await (const part of parts) {
      if (part.firstLine + part.lineCount > shards.firstLine) yield part;
      else account.lines += part.lineCount;
    }
  }
  onProgress(0);
  for await (const part of inOrder(unwritten(), encoder.atOnce, encoder.encode)) {
    const { split, splits, lines } = part;
    see(part, (r) => split ?? splits?.[r] ?? splitOf(lines[r]!));
    await shards.append(part, split === undefined ? splitOf : () => split);
    book(account, part, log);
    onProgress(account.lines);
  }
  return { ...account, ...(await shards.finish()) };
}

/** Throws a ProblemError where a whole log had no row, or more than 1 % bad lines. */
export function closeAccount(account: LineAccount, log: LogWords): void {
  const { bad, lines, file, example } = account;
  closeFile(file, log);
  if (isTooMuch(account)) throw tooManyBad({ ...account, name: log.name, example }, log);
  if (lines === bad) throw problemError("log-empty", { name: log.name });
}

/** Whether more than 1 % of what are no empty lines is bad. */
function isTooMuch({ bad, empty, lines }: Pick<LineAccount, "bad" | "empty" | "lines">): boolean {
  return (bad - empty) * 100 > lines - empty;
}

/** A file of which too much cannot be read is reported as soon as it ends: others may be long. */
function closeFile(file: LineAccount["file"], log: LogWords): void {
  if (file.bad - file.empty > FEW_BAD_LINES && isTooMuch(file)) throw tooManyBad(file, log);
}

/** Notes a part's lines. Throws a ProblemError where a file is clearly of another kind. */
export function book(account: LineAccount, { lineCount, badLines }: PartReport, log: LogWords): void {
  const name = log.placeOf?.(account.lines).file ?? log.name;
  if (account.file.name !== name) {
    closeFile(account.file, log);
    account.file = emptyFile(name);
  }
  const { file } = account;
  file.lines += lineCount;
  account.lines += lineCount;
  for (const bad of badLines) {
    account.bad++;
    file.bad++;
    if (bad.reason === EMPTY_LINE) {
      account.empty++;
      file.empty++;
    } else {
      account.example ??= bad;
      file.example ??= bad;
    }
    if (account.examples.length < BAD_LINE_EXAMPLES) account.examples.push(bad);
    if (endsGroup(bad.line)) account.badEnds.push(bad.line);
  }
  const faulty = file.bad - file.empty;
  if (faulty >= HOPELESS_BAD_LINES && faulty * 10 > file.lines - file.empty) throw tooManyBad(file, log);
}

function tooManyBad(
  { name, bad, empty, lines, example }: LineAccount["file"],
  { whereIs }: LogWords,
): ProblemError {
  const { line, reason } = example!;
  const where = whereIs ? whereIs(line) : `line ${line + 1}`;
  return problemError("log-not-readable", { name, bad: bad - empty, lines, where, reason });
}
