// Files of the studio: plain JSON, or a report, an HTML page that carries the JSON in a script element and runs none.

import { notJson } from "../base/notJson.ts";
import { firstFault } from "../base/problems/schemaIssues.ts";
import type { z } from "../base/zod.ts";

/** Surrounds the data in a report, so that the studio finds them there. */
function script(format: string): { open: string; close: string } {
  return { open: `<script type="application/json" id="${format}">`, close: "</script>" };
}

/** The data as they stand in a report: inside a script nothing may look like a tag. */
export function embedded(format: string, parts: readonly string[]): string[] {
  const { open, close } = script(format);
  return [open, ...parts.map((part) => part.replaceAll("<", "\\u003c")), close];
}

/** Which of `formats` a report or a JSON file of the studio has, as far as its text says; null where it has none. */
export function formatOf<F extends string>(text: string, formats: readonly F[]): F | null {
  const json = /^\s*\{\s*"format":\s*"([\w-]+)"/.exec(text)?.[1];
  return formats.find((format) => format === json || text.includes(script(format).open)) ?? null;
}

/** The data of a JSON file or of a report; where it is wrong and why, when it is not of `schema`. */
export function parseDataFile<T>(
  format: string,
  schema: z.ZodType<T>,
  text: string,
): { data: T } | { where: string; reason: string } {
  const { open, close } = script(format);
  const start = text.indexOf(open);
  const from = start + open.length;
  const json = start < 0 ? text : text.slice(from, text.indexOf(close, from));
  let input: unknown;
  try {
    input = JSON.parse(json);
  } catch (cause) {
    return { where: "", reason: notJson(json, cause) };
  }
  const parsed = schema.safeParse(input, { reportInput: true });
  if (parsed.success) return { data: parsed.data };
  const { where, reason } = firstFault(parsed.error);
  return { where, reason };
}
