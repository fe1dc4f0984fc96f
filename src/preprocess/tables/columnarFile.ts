// Files that hold a table column by column, or record by record with names: Parquet, Arrow, JSON lines. Their cells are
// values, not texts.

import { byteString } from "../parse.ts";
import { isBroken } from "../utf8.ts";
import { byteText } from "../vocabularyFile.ts";
import { type TimeKind, timeKindOf, timeOf } from "./times.ts";

/** Of more columns within records, their keys are values: such records stay cells. */
export const MOST_INNER = 256;
/** Records within records. */
export const MOST_DEPTH = 8;

/** Some rows of a table. */
export interface ColumnarGroup {
  count: number;
  /** Of the file, when these rows are read. */
  bytesRead: number;
  /** The cells of a column: one for each row; null and undefined where there is none. */
  column(name: string): Promise<ArrayLike<unknown>>;
  /** Of records with keys: one that no column has, as the first records did not have it. */
  unknownKey?: string;
  /** What is wrong with rows as a whole, by their place in the group. */
  bad?: Map<number, string>;
}

/** An open file. */
export interface ColumnarFile {
  names: string[];
  /** Columns whose cells hold lists or maps; fields of a record are columns: ad.price. */
  nested: string[];
  groups(): AsyncGenerator<ColumnarGroup>;
  close(): Promise<void>;
}

/** A decimal as a number; whole ones beyond those that a number keeps apart, as ids are, stay what they are. */
export function decimalValue(unscaled: bigint, scale: number): number | bigint {
  const number = Number(unscaled);
  return scale > 0 ? number / 10 ** scale : Number.isSafeInteger(number) ? number : unscaled;
}

/** A cell as text: "" where there is no value. */
export function valueText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return Number.isNaN(value) ? "" : String(value);
    case "bigint":
    case "boolean":
      return String(value);
    default:
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
      if (value instanceof Uint8Array) return bytesText(value);
      return "";
  }
}

const UTF8 = new TextDecoder();

/** The text that bytes are in UTF-8, else their hexadecimal digits: different bytes stay different. */
export function bytesText(bytes: Uint8Array): string {
  const text = UTF8.decode(bytes);
  if (!text.includes("\ufffd") || !isBroken(byteString(bytes), false)) return text;
  return `0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** The same, each character one byte of its UTF-8. */
export function valueBytes(value: unknown): string {
  const text = valueText(value);
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return byteText(text);
  return text;
}

/** The number that a cell holds; NaN where it holds none, and null where it holds something else. */
export function valueNumber(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  if (value instanceof Date) return value.getTime() / 1000;
  return null;
}

/** How a column's cells say a time; null where they do not. */
export function valueTimeKind(values: ArrayLike<unknown>): TimeKind | "date" | null {
  const filled = Array.from(values).filter((value) => value !== null && value !== undefined);
  if (filled.length > 0 && filled.every((value) => value instanceof Date)) return "date";
  return timeKindOf(filled.map(valueText));
}

/** A cell's time in seconds since 1970; NaN where it has none. */
export function valueTime(value: unknown, kind: TimeKind | "date"): number {
  if (kind === "date") return value instanceof Date ? value.getTime() / 1000 : Number.NaN;
  return timeOf(valueText(value), kind);
}
