// What a schema finds wrong with what came from outside, in a person's words.

/** An issue as zod reports it with `reportInput`, as far as the words need it. */
interface SchemaIssue {
  code: string;
  path: readonly PropertyKey[];
  message: string;
  /** The value at fault. */
  input?: unknown;
  origin?: string;
  minimum?: number | bigint;
  maximum?: number | bigint;
  inclusive?: boolean;
  values?: readonly unknown[];
  keys?: readonly string[];
  expected?: string;
  /** Of a union of objects: the property that says which one is meant, and what it may be. */
  discriminator?: string;
  options?: readonly unknown[];
  /** What each alternative of a union finds wrong. */
  errors?: readonly (readonly SchemaIssue[])[];
}

/** Where a configuration is at fault, why, and what to do. */
export interface Fault {
  /** Path of the field, for example `branches.0.units.1.order`. */
  where: string;
  reason: string;
  remedy: string;
}

/** The first of the faults that a schema found in an input; it is asked with `reportInput`. */
export function firstFault({ issues }: { issues: readonly object[] }): Fault {
  return faultOf(issues[0] as SchemaIssue);
}

/** Where the value lies, why it cannot be, and what to do. */
function faultOf(issue: SchemaIssue): Fault {
  const where = issue.path.join(".");
  const value = issue.input;
  const expected = NAMES[issue.expected ?? ""] ?? issue.expected;
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
        reason: isMissing(value)
          ? `${issue.values?.join(" or ")} is missing`
          : `${quoted(value)} is not one of ${issue.values?.join(", ")}`,
        remedy: "Choose one of them.",
      };
    case "invalid_union": {
      const { discriminator, options, errors } = issue;
      const isObject = typeof value === "object" && value !== null;
      if (discriminator && options && isObject) {
        const said = quoted((value as Record<string, unknown>)[discriminator]);
        return {
          where,
          reason: `${said} is not one of ${options.join(", ")}`,
          remedy: "Choose one of them.",
        };
      }
      // One name for all, or a map of names: whichever it looks like.
      const inner = errors?.[isObject ? 1 : 0]?.[0];
      if (!inner) return unnamed(issue, where);
      const input = inner.path.reduce<unknown>(
        (at, key) => (at as Record<PropertyKey, unknown>)?.[key],
        value,
      );
      return faultOf({ ...inner, input, path: [...issue.path, ...inner.path] });
    }
    case "unrecognized_keys":
      return {
        where,
        reason: `there is no field named ${issue.keys?.map(quoted).join(" or ")}`,
        remedy: "Remove it.",
      };
    case "invalid_type":
      return {
        where,
        reason: isMissing(value) ? `${expected} is missing` : `${quoted(value)} is not ${expected}`,
        remedy: `Enter ${expected}.`,
      };
    default:
      return unnamed(issue, where);
  }
}

/** In the schema's own words. */
function unnamed({ message }: SchemaIssue, where: string): Fault {
  return { where, reason: message.replace(/\.$/, ""), remedy: "Change that value." };
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
