// What a split needs to know of all rows before any is counted: how many there are, or when the last of them was written.

import { type ProblemError, problemError } from "../base/result.ts";
import type { Rules } from "../shards/manifest.ts";
import type { TableColumn } from "./formats/columns.ts";
import type { Piece } from "./lines.ts";
import type { LogForm } from "./logForm.ts";
import { byteString } from "./parse.ts";
import type { OnLines, Parts } from "./passes.ts";
import { isTimeName } from "./tables/guess.ts";
import { makePlaces, readRecord } from "./tables/records.ts";
import { timeOf } from "./tables/times.ts";

export interface SurveyedLog {
  name: string;
  form: LogForm;
  /** What the columns of a table are read as. */
  columns?: TableColumn[] | undefined;
  parts(): Parts;
  onProgress?: OnLines;
}

const SECONDS = { d: 86_400, h: 3_600 } as const;

/**
 * `rules` with what a split at random or by time needs; one pass over the log where it is one of these, which looks at
 * nothing but lines and times. Throws a ProblemError where rows have no time, or none is left to train on.
 */
export async function surveyedRules(rules: Rules, log: SurveyedLog): Promise<Rules> {
  if (rules.split === "random") return { ...rules, splitRows: await countLines(log) };
  if (rules.split !== "time") return rules;
  if (log.form.time === undefined) throw withoutTime(log);
  return { ...rules, times: await timesIn(rules.times!, log) };
}

/** Also where a column is said to be the time, or is called so, and holds none in a form that is known. */
function withoutTime({ name, columns = [] }: SurveyedLog): ProblemError {
  const unread =
    columns.find(({ role }) => role === "time") ??
    columns.find(({ name: column, role }) => isTimeName(column) && role !== "label");
  const example = unread?.samples[0];
  return example === undefined
    ? problemError("split-without-time", { name })
    : problemError("split-time-unread", { name, column: unread!.name, example });
}

/** Days and hours begin where the clock says so, in UTC: the last day is the day of the last row. */
async function timesIn(
  { valid, test }: NonNullable<Rules["times"]>,
  log: SurveyedLog,
): Promise<NonNullable<Rules["times"]>> {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let lines = 0;
  let untimed = 0;
  for await (const part of log.parts()) {
    const times = "bytes" in part ? timesOfPiece(part, log.form) : part.times!.subarray(0, part.count);
    for (const time of times) {
      if (time < first) first = time;
      if (time > last) last = time;
      if (Number.isNaN(time)) untimed++;
    }
    log.onProgress?.((lines += part.lineCount));
  }
  if (last < first) throw withoutTime(log);
  const testFrom = lengthOf(test) === 0 ? last + 1 : startOf(last, test);
  // Before test rows the last days need not begin at midnight.
  const validFrom =
    lengthOf(test) > 0 ? testFrom - lengthOf(valid) : lengthOf(valid) === 0 ? testFrom : startOf(last, valid);
  if (first >= validFrom) {
    const hours = Math.max(1, Math.ceil((last - first) / SECONDS.h));
    const asked = `${valid} and ${test}`;
    throw problemError("split-time-too-short", { name: log.name, hours, asked });
  }
  return { valid, test, validFrom, testFrom, ...(untimed > 0 && { untimed }) };
}

/** Where the last days or hours begin that `last` is in. */
function startOf(last: number, span: string): number {
  const unit = unitOf(span);
  return Math.floor(last / unit) * unit + unit - lengthOf(span);
}

function lengthOf(span: string): number {
  return Number(span.slice(0, -1)) * unitOf(span);
}

function unitOf(span: string): number {
  return SECONDS[span.at(-1) as keyof typeof SECONDS];
}

async function countLines({ parts, onProgress }: SurveyedLog): Promise<number> {
  let lines = 0;
  for await (const { lineCount } of parts()) onProgress?.((lines += lineCount));
  return lines;
}

/** Seconds since 1970, one a record; NaN where it has none. */
function timesOfPiece({ bytes, lineCount, table = 0 }: Piece, form: LogForm): Float64Array {
  const { dialect, width, time, fixed } = form.tables![table]!;
  const { place, kind } = time!;
  if (place >= width) return new Float64Array(lineCount).fill(timeOf(fixed![place - width]!, kind));
  const places = makePlaces(width + 1);
  const times = new Float64Array(lineCount).fill(Number.NaN);
  let at = 0;
  for (let i = 0; i < lineCount; i++) {
    at = readRecord(bytes, at, dialect, places);
    if (places.count !== width) continue;
    times[i] = timeOf(byteString(bytes.subarray(places.starts[place]!, places.ends[place]!)), kind);
  }
  return times;
}
