// An error as plain data, and back. The page switches on a problem's code, never on words.

import { asProblem, ProblemError } from "../base/result.ts";
import type { WireError } from "./messages.ts";

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
