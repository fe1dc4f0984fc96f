// The outcome of something that a person's input can make fail.

import { type Problem, type ProblemCode, type ProblemDetails, problem } from "./problem.ts";

export type Result<T> = { ok: true; value: T } | { ok: false; problem: Problem };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function err(found: Problem): { ok: false; problem: Problem } {
  return { ok: false, problem: found };
}

/** The value of a Result, or a thrown ProblemError: for code whose caller turns that into a notice or an exit code. */
export function orThrow<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new ProblemError(result.problem);
}

/** A Problem on its way through code that cannot return it (generators, streams, worker calls). */
export class ProblemError extends Error {
  readonly problem: Problem;
  constructor(found: Problem) {
    super(`${found.sentence} ${found.remedy}`);
    this.name = "ProblemError";
    this.problem = found;
  }
}

/** The error to throw for the problem of `code`. */
export function problemError<C extends ProblemCode>(code: C, details: ProblemDetails<C>): ProblemError {
  return new ProblemError(problem(code, details));
}

/** Whatever was thrown, as a Problem; what nobody foresaw is a fault of the studio and says so. */
export function asProblem(cause: unknown): Problem {
  if (cause instanceof ProblemError) return cause.problem;
  const message = cause instanceof Error ? cause.message : String(cause);
  // Browsers throw it where an array finds no room, each in its own words.
  if (cause instanceof RangeError && /alloc|array length|memory/i.test(message))
    return problem("browser-memory-exhausted", { reason: message });
  return problem("unexpected", { message });
}
