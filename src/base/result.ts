// The outcome of something that a person's input can make fail.

import type { Problem } from "./problem.ts";

export type Result<T> = { ok: true; value: T } | { ok: false; problem: Problem };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function err(problem: Problem): { ok: false; problem: Problem } {
  return { ok: false, problem };
}

/** The value of a Result, or a thrown ProblemError: for code whose caller turns that into a notice or an exit code. */
export function orThrow<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new ProblemError(result.problem);
}

/** A Problem on its way through code that cannot return it (generators, streams, worker calls). */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(`${problem.sentence} ${problem.remedy}`);
    this.name = "ProblemError";
    this.problem = problem;
  }
}
