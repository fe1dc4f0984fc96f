// What zod finds wrong with a configuration, in a person's words.

import type { z } from "zod";

type Issue = z.core.$ZodIssue;

/** Where a configuration is at fault, why, and what to do. */
export interface Fault {
  /** Path of the field, for example `branches.0.units.1.order`. */
  where: string;
  reason: string;
  remedy: string;
}

/** `issue` must carry its input (zod's `reportInput`). */
export function faultOf(issue: Issue): Fault {
  const where = issue.path.join(".");
  const value = issue.input;
  switch (issue.code) {
    case "too_small":
      return issue.origin === "array"
        ? { where, reason: `there must be at least ${issue.minimum} here`, remedy: "Add one." }
        : {
            where,
            reason: `${value} is too small`,
            remedy: issue.inclusive
              ? `Enter ${issue.minimum} or more.`
              : `Enter a number above ${issue.minimum}.`,
          };
    case "too_big":
      return issue.origin === "array"
        ? { where, reason: `there may be at most ${issue.maximum} here`, remedy: "Remove the others." }
        : { where, reason: `${value} is too large`, remedy: `Enter ${issue.maximum} or less.` };
    case "invalid_value":
      return {
        where,
        reason: `${quoted(value)} is not one of ${issue.values.join(", ")}`,
        remedy: "Choose one of them.",
      };
    case "unrecognized_keys":
      return {
        where,
        reason: `there is no field named ${issue.keys.map(quoted).join(" or ")}`,
        remedy: "Remove it.",
      };
    case "invalid_type":
      return {
        where,
        reason: isMissing(value)
          ? `${NAMES[issue.expected] ?? issue.expected} is missing`
          : `${quoted(value)} is not ${NAMES[issue.expected] ?? issue.expected}`,
        remedy: `Enter ${NAMES[issue.expected] ?? issue.expected}.`,
      };
    default:
      return { where, reason: issue.message.replace(/\.$/, ""), remedy: "Change that value." };
  }
}

const NAMES: Partial<Record<string, string>> = {
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
};

function isMissing(value: unknown): boolean {
  return value === undefined || (typeof value === "string" && value.trim() === "");
}

function quoted(value: unknown): string {
  return typeof value === "object" ? "that" : JSON.stringify(value);
}
