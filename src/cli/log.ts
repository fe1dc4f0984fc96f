// What a command says: progress for people on standard error, one JSON object for scripts on standard output.

import type { Problem } from "../base/problem.ts";

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

/** Tells a problem in its sentence and remedy, for both readers; returns the exit code. */
export function fail(problem: Problem): number {
  say(`${problem.sentence} ${problem.remedy}`);
  printResult({ problem });
  return 1;
}

/** Says how many rows are done, about once a second. */
export function rowProgress(): (rows: number) => void {
  let reportedAt = performance.now();
  return (rows) => {
    if (performance.now() - reportedAt < 1000) return;
    reportedAt = performance.now();
    say(`${rows.toLocaleString("en")} rows`);
  };
}
