// Text of other encodings and with other line ends → UTF-8 with newlines.

import type { InputFile } from "./input.ts";

const RETURN = 13;
const NEWLINE = 10;

type Encoding = "utf-16le" | "utf-16be";

/** The file as one of plain text: its stream turns UTF-16 into UTF-8, and lone carriage returns into newlines. */
export function asPlainText(file: InputFile, head: Uint8Array): { file: InputFile; head: Uint8Array } {
  const encoding = encodingOf(head);
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
  for (const [i, byte] of text.entries())
    if (byte === NEWLINE) newlines++;
    else if (byte === RETURN && text[i + 1] !== NEWLINE && text[i + 1] !== RETURN) returns++;
  return returns > 0 && (newlines === 0 || returns > 10 * newlines);
}

/** UTF-16 has a mark at its start, or, of Latin letters, a zero in every other byte. */
function encodingOf(head: Uint8Array): Encoding | null {
  // Two zeros more are the mark of UTF-32.
  if (head[0] === 0xff && head[1] === 0xfe && (head[2] !== 0 || head[3] !== 0)) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
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

function transcoded(head: Uint8Array, encoding: Encoding): Uint8Array {
  return new TextEncoder().encode(new TextDecoder(encoding).decode(head.subarray(0, head.length & ~1)));
}

function withoutMark(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}
