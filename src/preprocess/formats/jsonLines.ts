// A JSON object a line, as pandas writes with orient="records", lines=True: its keys are columns, those of an object within
// it too ("ad.price").

import { wholeLines } from "../lines.ts";
import { newlinesIn } from "../newlines.ts";
import { byteString } from "../parse.ts";
import { type ColumnarFile, type ColumnarGroup, MOST_DEPTH, MOST_INNER } from "../tables/columnarFile.ts";
import { isBroken } from "../utf8.ts";
import type { InputFile } from "./input.ts";

type JsonRecord = Record<string, unknown>;

interface JsonKeys {
  names: string[];
  /** Those whose cells are no single values. */
  nested: string[];
  /** The keys of objects within a record are columns. */
  isFlat: boolean;
}

/** The keys of the objects in a text's first lines, in their order; null where these are no objects. */
export function jsonKeys(head: Uint8Array, whole: boolean): (JsonKeys & { records: number }) | null {
  if (head.find((byte) => byte > 32) !== 0x7b) return null;
  const lines = new TextDecoder().decode(head).split("\n");
  if (!whole) lines.pop();
  const records = lines.filter((line) => line.trim() !== "").map(parseRecord);
  const found = records.filter((record) => record !== null);
  if (found.length === 0 || found.length < 0.9 * records.length) return null;
  const own = keysOf(found);
  const flat = keysOf(found.map((record) => flattened(record)));
  const isFlat = flat.names.length <= own.names.length + MOST_INNER;
  return { ...(isFlat ? flat : own), isFlat, records: found.length };
}

function keysOf(records: JsonRecord[]): Pick<JsonKeys, "names" | "nested"> {
  const names = new Set<string>();
  const nested = new Set<string>();
  for (const record of records)
    for (const [key, value] of Object.entries(record)) {
      names.add(key);
      if (typeof value === "object" && value !== null) nested.add(key);
    }
  return { names: [...names], nested: [...nested] };
}

/** The record with the values of objects within it as its own; MongoDB's {"$numberLong": "5"} is 5. */
function flattened(record: JsonRecord, left = MOST_DEPTH): JsonRecord {
  if (left === 0 || !Object.values(record).some(isObject)) return record;
  const flat: JsonRecord = {};
  for (const [key, value] of Object.entries(record)) {
    if (!isObject(value)) {
      flat[key] = value;
      continue;
    }
    const inner = Object.entries(flattened(value, left - 1));
    const [first] = inner;
    if (inner.length === 1 && first![0].startsWith("$")) flat[key] = first![1];
    else for (const [name, one] of inner) flat[`${key}.${name}`] = one;
  }
  return flat;
}

function isObject(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export async function openJsonLines(
  file: InputFile,
  { names, nested, isFlat }: JsonKeys,
  /** Its text was of another encoding before. */
  decoded: boolean,
): Promise<ColumnarFile> {
  return {
    names,
    nested,
    close: async () => {},
    async *groups() {
      let bytesRead = 0;
      const known = new Set(names);
      for await (const { bytes } of wholeLines(file.stream((read) => (bytesRead = read))))
        yield groupOf(bytes, bytesRead, decoded, isFlat, known);
    },
  };
}

function groupOf(
  bytes: Uint8Array,
  bytesRead: number,
  decoded: boolean,
  isFlat: boolean,
  known: Set<string>,
): ColumnarGroup {
  const decoder = new TextDecoder();
  const records: JsonRecord[] = [];
  const bad = new Map<number, string>();
  let unknownKey: string | undefined;
  let at = 0;
  for (const end of [...newlinesIn(bytes), bytes.length]) {
    if (end === bytes.length && at >= end) break;
    const text = decoder.decode(bytes.subarray(at, end));
    const record = parseRecord(text);
    // A file may hold the character for what could not be decoded.
    if (text.includes("\ufffd") && (decoded || isBroken(byteString(bytes.subarray(at, end)), false)))
      bad.set(records.length, "has text that is not UTF-8, or not of its encoding");
    else if (!record) bad.set(records.length, at === end ? "is empty" : "is no JSON object");
    const cells = record ? (isFlat ? flattened(record) : record) : {};
    records.push(cells);
    unknownKey ??= Object.keys(cells).find((key) => !known.has(key));
    at = end + 1;
  }
  return {
    count: records.length,
    bytesRead,
    bad,
    ...(unknownKey !== undefined && { unknownKey }),
    column: async (name) => records.map((record) => (Object.hasOwn(record, name) ? record[name] : null)),
  };
}

/** Numbers with more digits than JavaScript's hold: ids, which must not be rounded. */
const LONG_NUMBERS = /([:[,]\s*)(-?\d{16,}(?:\.0+)?)(?=\s*[,}\]])/g;

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
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
