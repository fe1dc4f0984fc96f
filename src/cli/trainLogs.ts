// loss.log and auc.log in the line formats of the README of MindSpore's FINAL, so that people's scripts keep working.

import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import type { EvaluationPoint, ProgressPoint } from "../runs/events.ts";

/** `2022-06-27 15:26:29 epoch: 1 step: 41257, loss is 0.4989`; the step counts within its epoch, as MindSpore's does. */
export function lossLine(point: ProgressPoint, stepsPerEpoch: number): string {
  const step = ((point.step - 1) % stepsPerEpoch) + 1;
  return `${timestamp(point.time)} epoch: ${point.epoch} step: ${step}, loss is ${point.total}`;
}

/** `{'result': {'AUC': 0.75, 'eval_time': 1.5}}`: a Python literal, AUC of the fused output, seconds. */
export function aucLine({ auc, seconds }: Pick<EvaluationPoint, "auc" | "seconds">): string {
  return `{'result': {'AUC': ${auc ? auc.fused : "float('nan')"}, 'eval_time': ${seconds}}}`;
}

/** Appends a line to a log, making its folder when it is not there. */
export function appendLine(file: string, line: string): void {
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, `${line}\n`);
}

/** Notes how far the logs go; what it returns cuts them back to that, for a run that begins again. */
export function markLogs(files: string[]): () => void {
  const marks = files.map((file) => ({ file, bytes: bytesIn(file) }));
  return () => {
    for (const { file, bytes } of marks) if (bytesIn(file) > bytes) truncateSync(file, bytes);
  };
}

function bytesIn(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** The lines that a run has for a log, as far as its checkpoint goes. */
export interface LogSoFar {
  file: string;
  lines: string[];
}

/**
 * Makes the logs of a run that continues end where its checkpoint does: the steps after it are done again. Of other runs
 * whose lines are in them nothing is lost.
 */
export function continueLogs(loss: LogSoFar, auc: LogSoFar): void {
  const isAlone = endLog(loss);
  // Before a run's first evaluation nothing in a log says which lines are its own.
  if (auc.lines.length > 0) endLog(auc);
  else if (isAlone) writeLines(auc.file, []);
}

/** Whether the log holds this run's lines alone. */
function endLog({ file, lines }: LogSoFar): boolean {
  const written = bytesIn(file) > 0 ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
  // The last of its kind: the same seed gives the same losses again.
  const places = new Map(written.map((line, i) => [withoutTime(line), i]));
  // Points are written down a little later than they are saved.
  let kept = lines.length;
  while (kept > 0 && !places.has(withoutTime(lines[kept - 1]!))) kept--;
  const end = kept > 0 ? places.get(withoutTime(lines[kept - 1]!))! + 1 : written.length;
  writeLines(file, [...written.slice(0, end), ...lines.slice(kept)]);
  return end === kept;
}

/** A line's time may be of another zone. */
function withoutTime(line: string): string {
  return line.replace(/^\S+ \S+ (?=epoch)/, "");
}

function writeLines(file: string, lines: string[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.partial`, lines.map((line) => `${line}\n`).join(""));
  renameSync(`${file}.partial`, file);
}

function timestamp(time: number): string {
  const date = new Date(time);
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
