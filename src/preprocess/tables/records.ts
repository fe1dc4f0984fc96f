// Text of any dialect → records and the places of their cells. A quoted cell may hold separators, line ends and quotes; a
// quote that nothing closes soon stands for itself.

import { hasByte } from "../newlines.ts";
import { type Dialect, SPACE, TAB } from "./dialect.ts";

const NEWLINE = 10;
const RETURN = 13;
/** A quoted cell is no longer than this. */
const MAX_QUOTED_BYTES = 1 << 16;

/** Where the cells of one record are: quotes around them are left out. */
export interface CellPlaces {
  count: number;
  starts: Int32Array;
  ends: Int32Array;
  /** 1 where a cell has doubled quotes or escapes in it. */
  escaped: Uint8Array;
}

export function makePlaces(capacity = 64): CellPlaces {
  return {
    count: 0,
    starts: new Int32Array(capacity),
    ends: new Int32Array(capacity),
    escaped: new Uint8Array(capacity),
  };
}

/** Whether a line's end can be part of a cell. */
export function hasLongRecords(bytes: Uint8Array, { quote, escapeByte }: Dialect): boolean {
  return (
    (quote !== undefined && hasByte(bytes, quote)) || (escapeByte !== undefined && hasByte(bytes, escapeByte))
  );
}

/** Finds the cells of the record that begins at `from`; returns where the next one begins. */
export function readRecord(bytes: Uint8Array, from: number, dialect: Dialect, places: CellPlaces): number {
  const { separator, doubled, blanks, quote, escapeByte, trimmed } = dialect;
  const end = bytes.length;
  const skips = blanks || trimmed;
  const simple = !skips && !doubled;
  let p = from;
  let c = 0;
  for (;;) {
    if (c === places.starts.length) grow(places);
    if (skips) while (p < end && (bytes[p] === SPACE || (bytes[p] === TAB && separator !== TAB))) p++;
    let start = p;
    let stop = -1;
    let escaped = 0;
    if (quote !== undefined && p < end && bytes[p] === quote) {
      const plain = simple ? plainQuoteEnd(bytes, p, separator, quote, escapeByte) : -1;
      const close = plain >= 0 ? plain : closingQuote(bytes, p, end, dialect, true);
      if (close >= 0) {
        start = p + 1;
        stop = close;
        p = close + 1;
        if (plain === -1) {
          escaped = needsUnescaping(bytes, start, stop, quote, escapeByte) ? 1 : 0;
          while (p < end && !endsCellAt(bytes, p, dialect)) p++;
        }
      }
    }
    if (stop === -1) {
      while (p < end) {
        const byte = bytes[p]!;
        if (
          (byte === separator && (!doubled || bytes[p + 1] === separator)) ||
          byte === NEWLINE ||
          (blanks && byte === TAB)
        )
          break;
        if (byte === escapeByte) {
          escaped = 1;
          p++;
        }
        p++;
      }
      if (p > end) p = end;
      stop = p;
      if (p === end || bytes[p] === NEWLINE) while (stop > start && bytes[stop - 1] === RETURN) stop--;
      if (skips) while (stop > start && (bytes[stop - 1] === SPACE || bytes[stop - 1] === TAB)) stop--;
    }
    places.starts[c] = start;
    places.ends[c] = stop;
    places.escaped[c] = escaped;
    c++;
    if (p >= end || bytes[p] === NEWLINE) break;
    p += doubled ? 2 : 1;
    // Blanks behind the last cell.
    if (blanks) {
      while (p < end && (bytes[p] === SPACE || bytes[p] === TAB || bytes[p] === RETURN)) p++;
      if (p >= end || bytes[p] === NEWLINE) break;
    }
  }
  const { cells } = dialect;
  const isBlank = c === 1 && places.starts[0] === places.ends[0];
  if (cells !== undefined && !isBlank)
    for (; c < cells; c++) {
      if (c === places.starts.length) grow(places);
      places.starts[c] = places.ends[c] = places.ends[c - 1]!;
      places.escaped[c] = 0;
    }
  places.count = c;
  return p + 1;
}

/**
 * The ends of the whole records in the first `filled` bytes, as far as they are sure; `last`: nothing comes after them, so
 * that what is left is a record too.
 */
export function recordEnds(bytes: Uint8Array, filled: number, dialect: Dialect, last: boolean): number[] {
  const { separator, doubled, quote, escapeByte, trimmed, blanks } = dialect;
  const ends: number[] = [];
  let atCell = true;
  for (let p = 0; p < filled; ) {
    const byte = bytes[p]!;
    if (atCell && byte === quote) {
      const close = closingQuote(bytes, p, filled, dialect, last);
      if (close === UNSURE) return ends;
      p = close === LITERAL ? p + 1 : close + 1;
      atCell = false;
      continue;
    }
    p++;
    if (byte === NEWLINE) {
      ends.push(p);
      atCell = true;
    } else if (byte === separator) atCell = !doubled || bytes[p - 2] === separator;
    else if (byte === escapeByte) {
      p++;
      atCell = false;
    } else if (!((trimmed || blanks) && (byte === SPACE || byte === TAB))) atCell = false;
  }
  if (last && (ends.at(-1) ?? 0) < filled) ends.push(filled);
  return ends;
}

/** A cell's bytes, one character each, escapes resolved. */
export function cellText(bytes: Uint8Array, places: CellPlaces, c: number, dialect: Dialect): string {
  const start = places.starts[c]!;
  const stop = places.ends[c]!;
  let text = "";
  if (places.escaped[c] === 0) {
    for (let p = start; p < stop; p++) text += String.fromCharCode(bytes[p]!);
    return text;
  }
  const { quote, escapeByte } = dialect;
  for (let p = start; p < stop; p++) {
    const byte = bytes[p]!;
    if (p + 1 < stop && (byte === escapeByte || (byte === quote && bytes[p + 1] === quote))) p++;
    text += String.fromCharCode(bytes[p]!);
  }
  return text;
}

/** Whether a separator or a line's end is at `p`. */
function endsCellAt(bytes: Uint8Array, p: number, { separator, doubled }: Dialect): boolean {
  const byte = bytes[p];
  return byte === NEWLINE || (byte === separator && (!doubled || bytes[p + 1] === separator));
}

/**
 * Where the quoted cell ends that begins at `open`, if it has neither quotes nor escapes in it and a separator or a line's
 * end follows, as most have; else −1.
 */
function plainQuoteEnd(
  bytes: Uint8Array,
  open: number,
  separator: number,
  quote: number,
  escapeByte: number | undefined,
): number {
  const most = Math.min(bytes.length - 1, open + MAX_QUOTED_BYTES);
  for (let i = open + 1; i < most; i++) {
    const byte = bytes[i]!;
    if (byte === escapeByte) return -1;
    if (byte !== quote) continue;
    const next = bytes[i + 1];
    return next === separator || next === NEWLINE ? i : -1;
  }
  return -1;
}

const LITERAL = -1;
const UNSURE = -2;

/** Where the quoted cell ends that begins at `open`; LITERAL where it is none; UNSURE where more bytes must decide. */
function closingQuote(bytes: Uint8Array, open: number, end: number, dialect: Dialect, last: boolean): number {
  const { quote, escapeByte, trimmed, blanks } = dialect;
  const most = Math.min(end, open + MAX_QUOTED_BYTES);
  for (let i = open + 1; i < most; i++) {
    const byte = bytes[i]!;
    if (byte === escapeByte) i++;
    else if (byte === quote) {
      if (i + 1 >= end) return last ? i : UNSURE;
      if (bytes[i + 1] === quote) {
        i++;
        continue;
      }
      let next = i + 1;
      if (trimmed || blanks) while (next < end && (bytes[next] === SPACE || bytes[next] === TAB)) next++;
      const closes =
        next >= end || endsCellAt(bytes, next, dialect) || bytes[next] === RETURN || (blanks && next > i + 1);
      return closes ? i : LITERAL;
    }
  }
  return last || most < end || most === open + MAX_QUOTED_BYTES ? LITERAL : UNSURE;
}

function needsUnescaping(
  bytes: Uint8Array,
  start: number,
  stop: number,
  quote: number,
  escapeByte: number | undefined,
): boolean {
  for (let p = start; p < stop; p++) if (bytes[p] === quote || bytes[p] === escapeByte) return true;
  return false;
}

function grow(places: CellPlaces): void {
  const larger = makePlaces(2 * places.starts.length);
  larger.starts.set(places.starts);
  larger.ends.set(places.ends);
  larger.escaped.set(places.escaped);
  Object.assign(places, larger, { count: places.count });
}
