// What a command says: progress for people on standard error, one JSON object for scripts on standard output.

import type { Problem } from "../base/problem.ts";
import { throttled } from "../base/throttled.ts";

/** A line for the person at the terminal. */
export function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The result: the last line on standard output. */
export function printResult(result: unknown): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** What a person asked to read, such as help: it is all that standard output gets. */
export function printText(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Prints a problem, with its remedy for people and as JSON for scripts; returns the exit code. */
export function fail(problem: Problem): number {
  say(`${problem.sentence} ${problem.remedy}`);
  printResult({ problem });
  return 1;
}

/** Says how far work is, about once a second; `sentence` gets what the returned function is called with. */
export function progressLog<T>(sentence: (progress: T) => string): (progress: T) => void {
  return throttled(1000, (progress: T) => say(sentence(progress)), performance.now());
}

/** Says how many rows are done, about once a second. */
export function rowProgress(): (rows: number) => void {
  return progressLog((rows) => `${rows.toLocaleString("en")} rows`);
}
