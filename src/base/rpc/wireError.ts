// An error as plain data, and back. The page switches on a problem's code, never on words.

import type { Problem } from "../problem.ts";
import { asProblem, ProblemError } from "../result.ts";

/** An error as data: native errors lose their fields on the way in some browsers. */
export interface WireError {
  problem: Problem;
  stack: string;
}

/** Whatever was thrown, as data. */
export function toWireError(cause: unknown): WireError {
  return { problem: asProblem(cause), stack: cause instanceof Error ? (cause.stack ?? "") : "" };
}

/** A ProblemError with the worker's stack. */
export function fromWireError({ problem, stack }: WireError): ProblemError {
  const error = new ProblemError(problem);
  if (stack) error.stack = stack;
  return error;
}
