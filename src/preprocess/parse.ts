// Criteo's log, byte by byte → blocks. A line is `label \t integers … \t categories …`, empty where a value is missing.

import { dataViewOf } from "../base/bytes.ts";
import { missingAt } from "../shards/rows.ts";
import { type Block, KIND } from "./block.ts";
import { oneLine } from "./formats/cells.ts";
import { LARGEST, numberFault } from "./formats/fractions.ts";
import { MAX_LINE_BYTES, type Piece, TOO_LONG } from "./lines.ts";
import { type LogForm, namesOf } from "./logForm.ts";
import { newlinesIn } from "./newlines.ts";
import { labelText } from "./tables/labels.ts";
import { isMissingNumber, numberIn } from "./tables/numbers.ts";
import { isMissingValue, parseTable } from "./tables/parseTable.ts";
import { isBroken, utf8 } from "./utf8.ts";

export const TAB = 9;
const RETURN = 13;
const MINUS = 45;
const ZERO = 48;

const QUOTE = 34;

/** Parses a piece into `block`, which must be empty and have room for all its lines. */
export function parsePiece(piece: Piece, block: Block, form: LogForm): Block {
  const { tables, plain } = form;
  if (tables && !(plain && !piece.bytes.includes(QUOTE))) return parseTable(piece, block, form);
  const { firstLine, lineCount } = piece;
  const { bytes } = piece;
  const newlines = newlinesIn(bytes);
  const view = dataViewOf(bytes);
  let at = 0;
  for (let i = 0; i < lineCount; i++) {
    const next = i < newlines.length ? newlines[i]! : bytes.length;
    let end = next;
    while (end > at && bytes[end - 1] === RETURN) end--;
    const reason = parseLine(bytes, view, at, end, block, form);
    if (reason === null) block.lines[block.count++] = firstLine + i;
    else {
      block.badLines.push({ line: firstLine + i, reason });
      // The next line takes its row.
      for (const column of block.kinds) column[block.count] = KIND.number;
    }
    at = next + 1;
  }
  block.lineCount = lineCount;
  return block;
}

/** Writes the line [at, end) into the block's next row; returns what is wrong with it, or null. */
function parseLine(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  end: number,
  block: Block,
  form: LogForm,
): string | null {
  const { count: row, integers, keys, kinds } = block;
  const { separator = TAB, fractions, numbers } = form;
  if (end - at > MAX_LINE_BYTES) return TOO_LONG;
  if (at === end) return "is empty";
  let label = bytes[at]! - ZERO;
  let p = at + 1;
  if ((label !== 0 && label !== 1) || (p < end && bytes[p] !== separator)) {
    // " 1", or "1.0", as pandas writes a column of floats
    p = at;
    while (p < end && bytes[p] !== separator) p++;
    const text = labelText(byteString(bytes.subarray(at, p)));
    label = text === "" ? Number.NaN : Number(text);
    if (label !== 0 && label !== 1) {
      if (text === "" && bytes.subarray(at, end).every((byte) => byte === separator)) return "is empty";
      return (
        columnCountReason(bytes, at, end, form) ??
        (text === "" ? "has no label" : "has a label that is neither 0 nor 1")
      );
    }
  }
  block.labels[row] = label;

  for (let c = 0; c < form.integers; c++) {
    if (p >= end) return columnCountReason(bytes, at, end, form);
    p++; // the separator
    let value = 0;
    const negative = bytes[p] === MINUS && p < end;
    const first = negative ? p + 1 : p;
    let q = first;
    for (; q < end; q++) {
      const digit = bytes[q]! - ZERO;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const isFraction = fractions?.[c] === true;
    if (q < end && bytes[q] !== separator) {
      // More than digits: a fraction, or no number at all.
      while (q < end && bytes[q] !== separator) q++;
      const text = byteString(bytes.subarray(p, q)).trim();
      if (text === "" || isMissingNumber(text)) {
        integers[c]![row] = missingAt(fractions, c);
        p = q;
        continue;
      }
      value = numberIn(text, {});
      if (!Number.isFinite(value) || !(isFraction || Number.isInteger(value)))
        return numberReason(
          bytes,
          at,
          end,
          c,
          form,
          `which is not ${isFraction ? "a number" : "an integer"}`,
        );
    } else if (q === first) {
      // Nothing, or a "-" alone.
      integers[c]![row] = missingAt(fractions, c);
      p = q;
      continue;
    } else if (negative) value = -value;
    if (isFraction || value > LARGEST || value < -LARGEST) {
      const fault = numberFault(value, isFraction);
      if (fault) return numberReason(bytes, at, end, c, form, fault);
    }
    integers[c]![row] = value;
    p = q;
  }

  for (let c = 0; c < form.categories; c++) {
    if (p >= end) return columnCountReason(bytes, at, end, form);
    p++; // the separator
    const stop = p + 8;
    if (!numbers && (stop === end || (stop < end && bytes[stop] === separator))) {
      const first = view.getUint32(p);
      const second = view.getUint32(p + 4);
      const high = nibblesOf(first);
      const low = nibblesOf(second);
      if ((wrongDigits(high, first) | wrongDigits(low, second)) === 0) {
        keys[c]![row] = (sixteenBits(high) << 16) | sixteenBits(low);
        p = stop;
        continue;
      }
    }
    let q = p;
    while (q < end && bytes[q] !== separator) q++;
    const number = numbers ? wholeNumber(bytes, p, q) : -1;
    if (q === p) {
      kinds[c]![row] = KIND.empty;
      keys[c]![row] = 0;
    } else if (number >= 0) {
      keys[c]![row] = number;
    } else {
      const cell = byteString(bytes.subarray(p, q));
      if (isBroken(cell, form.encoding !== undefined))
        return columnCountReason(bytes, at, end, form) ?? brokenReason(cell, c, form);
      // Where tabs separate, no cell holds one.
      const text = separator === TAB ? cell : oneLine(cell);
      const isMissing = !form.keepsWords && isMissingValue(text);
      kinds[c]![row] = isMissing ? KIND.empty : KIND.odd;
      keys[c]![row] = isMissing ? 0 : block.odd.length;
      if (!isMissing) block.odd.push(text);
    }
    p = q;
  }
  return p < end ? columnCountReason(bytes, at, end, form) : null;
}

/** What the eight lower-case hexadecimal digits at `p` write; −1 for anything else. */
export function hexKey(view: DataView, p: number): number {
  const first = view.getUint32(p);
  const second = view.getUint32(p + 4);
  const high = nibblesOf(first);
  const low = nibblesOf(second);
  if ((wrongDigits(high, first) | wrongDigits(low, second)) !== 0) return -1;
  return ((sixteenBits(high) << 16) | sixteenBits(low)) >>> 0;
}

/** The decimal number of 32 bits that is written in [p, q) as `String` would write it; −1 for anything else. */
export function wholeNumber(bytes: Uint8Array, p: number, q: number): number {
  if (q - p > 10 || (bytes[p] === ZERO && q - p > 1)) return -1;
  let value = 0;
  for (let i = p; i < q; i++) {
    const digit = bytes[i]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value > 4294967295 ? -1 : value;
}

/** "has 12 columns instead of 40", or null where their number is right. */
function columnCountReason(bytes: Uint8Array, at: number, end: number, form: LogForm): string | null {
  const { separator = TAB, integers, categories } = form;
  const expected = 1 + integers + categories;
  let columns = 1;
  for (let p = at; p < end; p++) if (bytes[p] === separator) columns++;
  return columns === expected
    ? null
    : `has ${columns} column${columns === 1 ? "" : "s"} instead of ${expected}`;
}

function numberReason(
  bytes: Uint8Array,
  at: number,
  end: number,
  column: number,
  form: LogForm,
  complaint: string,
): string {
  const wrongCount = columnCountReason(bytes, at, end, form);
  if (wrongCount) return wrongCount;
  const separator = String.fromCharCode(form.separator ?? TAB);
  const text = new TextDecoder().decode(bytes.subarray(at, end)).split(separator)[column + 1]!;
  return `has "${text.slice(0, 40)}" in column ${namesOf(form)[column]}, ${complaint}`;
}

/** What is wrong with a value of category `c` that cannot be shown as it is. */
export function brokenReason(value: string, c: number, form: LogForm): string {
  const column = namesOf(form)[form.integers + c];
  return `has "${utf8(value).slice(0, 40)}" in column ${column}, which is not ${form.encoding ?? "UTF-8"}`;
}

/** One character a byte, so that comparing strings compares bytes. */
export function byteString(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

// Four hexadecimal digits at a time, a byte each: the tables of a byte-wise loop would be asked 200 times a line.

/** What four lower-case digits are worth, a byte each; of other characters anything. */
function nibblesOf(digits: number): number {
  // Letters have bit 6, and 1 in their low half is worth 10.
  return (digits & 0x0f0f0f0f) + Math.imul((digits >>> 6) & 0x01010101, 9);
}

/** 0 where `digits`, which are worth these nibbles, are four lower-case digits. */
function wrongDigits(nibbles: number, digits: number): number {
  const letters = ((nibbles + 0x06060606) >>> 4) & 0x01010101;
  return (nibbles & 0xf0f0f0f0) | ((nibbles + 0x30303030 + Math.imul(letters, 0x27)) ^ digits);
}

/** The number that four nibbles write, the first one on top. */
function sixteenBits(nibbles: number): number {
  const pairs = (nibbles | (nibbles >>> 4)) & 0x00ff00ff;
  return (pairs | (pairs >>> 8)) & 0xffff;
}
