// An error as plain data, and back. The page switches on a problem's code, never on words.

import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import type { WireError } from "./messages.ts";

/** Whatever was thrown, as data. */
export function toWireError(cause: unknown): WireError {
  if (cause instanceof ProblemError)
    return { problem: cause.problem, message: cause.message, stack: cause.stack ?? "" };
  if (cause instanceof Error) return { problem: null, message: cause.message, stack: cause.stack ?? "" };
  return { problem: null, message: String(cause), stack: "" };
}

/** A ProblemError with the worker's stack; an error without a problem is a fault of the studio and says so. */
export function fromWireError({ problem: known, message, stack }: WireError): ProblemError {
  const error = new ProblemError(known ?? problem("unexpected", { message }));
  if (stack) error.stack = stack;
  return error;
}
