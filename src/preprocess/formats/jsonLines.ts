// A JSON object a line, as pandas writes with orient="records", lines=True: its keys are columns.

import { wholeLines } from "../lines.ts";
import { newlinesIn } from "../newlines.ts";
import { byteString } from "../parse.ts";
import type { ColumnarFile, ColumnarGroup } from "../tables/columnarFile.ts";
import { isBroken } from "../utf8.ts";
import type { InputFile } from "./input.ts";

type JsonRecord = Record<string, unknown>;

/** The keys of the objects in a text's first lines, in their order; null where these are no objects. */
export function jsonKeys(
  head: Uint8Array,
  whole: boolean,
): { names: string[]; nested: string[]; records: number } | null {
  if (head.find((byte) => byte > 32) !== 0x7b) return null;
  const lines = new TextDecoder().decode(head).split("\n");
  if (!whole) lines.pop();
  const records = lines.filter((line) => line.trim() !== "").map(parseRecord);
  const found = records.filter((record) => record !== null);
  if (found.length === 0 || found.length < 0.9 * records.length) return null;
  const names = new Set<string>();
  const nested = new Set<string>();
  for (const record of found)
    for (const [key, value] of Object.entries(record)) {
      names.add(key);
      if (typeof value === "object" && value !== null) nested.add(key);
    }
  return { names: [...names], nested: [...nested], records: found.length };
}

export async function openJsonLines(
  file: InputFile,
  keys: { names: string[]; nested: string[] },
  /** Its text was of another encoding before. */
  decoded: boolean,
): Promise<ColumnarFile> {
  return {
    ...keys,
    close: async () => {},
    async *groups() {
      let bytesRead = 0;
      for await (const { bytes } of wholeLines(file.stream((read) => (bytesRead = read))))
        yield groupOf(bytes, bytesRead, decoded);
    },
  };
}

function groupOf(bytes: Uint8Array, bytesRead: number, decoded: boolean): ColumnarGroup {
  const decoder = new TextDecoder();
  const records: JsonRecord[] = [];
  const bad = new Map<number, string>();
  let at = 0;
  for (const end of [...newlinesIn(bytes), bytes.length]) {
    if (end === bytes.length && at >= end) break;
    const text = decoder.decode(bytes.subarray(at, end));
    const record = parseRecord(text);
    // A file may hold the character for what could not be decoded.
    if (text.includes("\ufffd") && (decoded || isBroken(byteString(bytes.subarray(at, end)), false)))
      bad.set(records.length, "has text that is not UTF-8, or not of its encoding");
    else if (!record) bad.set(records.length, at === end ? "is empty" : "is no JSON object");
    records.push(record ?? {});
    at = end + 1;
  }
  return {
    count: records.length,
    bytesRead,
    bad,
    column: async (name) => records.map((record) => (Object.hasOwn(record, name) ? record[name] : null)),
  };
}

/** Numbers with more digits than JavaScript's hold: ids, which must not be rounded. */
const LONG_NUMBERS = /([:[,]\s*)(-?\d{16,})(?=\s*[,}\]])/g;

/** What Python's json writes for numbers that JSON has no words for. */
const NO_NUMBERS = /([:[,]\s*)(?:NaN|(-?Infinity))(?=\s*[,}\]])/g;

function parseRecord(line: string): JsonRecord | null {
  const long = LONG_NUMBERS.test(line);
  LONG_NUMBERS.lastIndex = 0;
  return (
    (long && parsedObject(line.replace(LONG_NUMBERS, '$1"$2"'))) ||
    parsedObject(line) ||
    parsedObject(
      line
        .replace(LONG_NUMBERS, '$1"$2"')
        .replace(
          NO_NUMBERS,
          (_, before: string, infinity?: string) => before + (infinity ? `"${infinity}"` : "null"),
        ),
    )
  );
}

function parsedObject(line: string): JsonRecord | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as JsonRecord)
      : null;
  } catch {
    return null;
  }
}
