// Text of other encodings and with other line ends → UTF-8 with newlines. Of encodings that do not mark their text a person
// must say which it is: nothing in the bytes does.

import { type Problem, problem } from "../../base/problem.ts";
import { byteString } from "../parse.ts";
import { utf8In } from "../utf8.ts";
import { ENCODINGS } from "./encodings.ts";
import type { InputFile } from "./input.ts";

const RETURN = 13;
const NEWLINE = 10;

/** A label of the WHATWG's Encoding Standard as its encoding's name; null where it is none. */
export function encodingNamed(label: string): string | null {
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return null;
  }
}

/**
 * The file as one of plain text: its stream turns another encoding into UTF-8, and lone carriage returns into newlines.
 * `said` is what a person says that it is written in; a mark at its start says more.
 */
export function asPlainText(
  file: InputFile,
  head: Uint8Array,
  said?: string,
): { file: InputFile; head: Uint8Array } {
  const encoding =
    markedEncoding(head) ?? (said === undefined || said === "utf-8" ? unmarkedUtf16(head) : said);
  const decoded = encoding ? transcoded(head, encoding) : head;
  const returns = endsWithReturns(decoded);
  if (!encoding && !returns) return { file, head: withoutMark(head) };
  const change = (bytes: Uint8Array) =>
    returns ? bytes.map((byte) => (byte === RETURN ? NEWLINE : byte)) : bytes;
  return {
    head: withoutMark(change(decoded)),
    file: {
      ...file,
      async *stream(onProgress) {
        if (!encoding) {
          for await (const bytes of file.stream(onProgress)) yield change(bytes);
          return;
        }
        const decoder = new TextDecoder(encoding);
        const encoder = new TextEncoder();
        for await (const bytes of file.stream(onProgress))
          yield change(encoder.encode(decoder.decode(bytes, { stream: true })));
        yield change(encoder.encode(decoder.decode()));
      },
    },
  };
}

/** Whether lines end with a lone carriage return, as on old Macs; the last one may end otherwise. */
function endsWithReturns(text: Uint8Array): boolean {
  let newlines = 0;
  let returns = 0;
  for (let p = text.indexOf(RETURN); p !== -1; p = text.indexOf(RETURN, p + 1))
    if (text[p + 1] !== NEWLINE && text[p + 1] !== RETURN) returns++;
  if (returns === 0) return false;
  for (let p = text.indexOf(NEWLINE); p !== -1; p = text.indexOf(NEWLINE, p + 1)) newlines++;
  return newlines === 0 || returns > 10 * newlines;
}

/**
 * Why a text that nobody said the encoding of cannot be read: it is not UTF-8. Null where it may be UTF-8 of which a line is
 * damaged: such lines are found when they are read.
 */
export function encodingFault(name: string, head: Uint8Array): Problem | null {
  const text = byteString(head);
  const { sequences, strays, first, last } = utf8In(text);
  const isOneLine = !text.slice(first, last).includes("\n");
  if (strays <= sequences || isOneLine) return null;
  const line = text.slice(0, first).split("\n").length;
  return problem("text-not-utf8", { name, line, readings: readingsOf(head, first) });
}

/** How the cell at `at` reads in each of the encodings that the whole text can be read in. */
function readingsOf(head: Uint8Array, at: number): { encoding: string; text: string }[] {
  const end = head.lastIndexOf(NEWLINE) + 1 || head.length;
  const isEdge = (byte: number) => byte < 32 || [0x22, 0x27, 0x2c, 0x3b, 0x7c].includes(byte);
  let from = at;
  while (from > 0 && at - from < 20 && !isEdge(head[from - 1]!)) from--;
  let to = at;
  while (to < end && to - at < 20 && !isEdge(head[to]!)) to++;
  return ENCODINGS.flatMap((encoding) => {
    try {
      new TextDecoder(encoding, { fatal: true }).decode(head.subarray(0, end));
      return [{ encoding, text: new TextDecoder(encoding).decode(head.subarray(from, to)) }];
    } catch {
      return [];
    }
  });
}

/** UTF-16 and UTF-8 may have a mark at their start. */
function markedEncoding(head: Uint8Array): string | null {
  // Two zeros more are the mark of UTF-32.
  if (head[0] === 0xff && head[1] === 0xfe && (head[2] !== 0 || head[3] !== 0)) return "utf-16le";
  return head[0] === 0xfe && head[1] === 0xff ? "utf-16be" : null;
}

/** UTF-16 of Latin letters without a mark has a zero in every other byte. */
function unmarkedUtf16(head: Uint8Array): string | null {
  const bytes = head.subarray(0, 2000);
  if (bytes.length < 8) return null;
  let [even, odd] = [0, 0];
  for (const [i, byte] of bytes.entries())
    if (byte === 0) {
      if (i % 2 === 0) even++;
      else odd++;
    }
  const many = 0.4 * bytes.length;
  if (odd > many && even === 0) return "utf-16le";
  return even > many && odd === 0 ? "utf-16be" : null;
}

function transcoded(head: Uint8Array, encoding: string): Uint8Array {
  // A character that the head cuts off is left out.
  return new TextEncoder().encode(new TextDecoder(encoding).decode(head, { stream: true }));
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
