// A stream of bytes → pieces that end where a line ends, so that a parser never sees half a line and pieces can be parsed
// in any order, on any thread.

import { newlinesIn } from "./newlines.ts";
import type { Dialect } from "./tables/dialect.ts";
import { hasLongRecords, recordEnds } from "./tables/records.ts";

const NEWLINE = 10;
const PIECE_BYTES = 1 << 19;

/** Longer lines are cut to one byte more than this, and so found bad: a log has none, a binary file may be one. */
export const MAX_LINE_BYTES = 1 << 20;
/** What is wrong with them. */
export const TOO_LONG = `is longer than ${MAX_LINE_BYTES} bytes`;

/** Whole lines of a log. The last line of the last piece may lack its newline. */
export interface Piece {
  bytes: Uint8Array<ArrayBuffer>;
  /** Number of its first line in the log, from 0. */
  firstLine: number;
  lineCount: number;
  /** The lines' split as its place in SPLITS, where the source says so. */
  split?: number;
  /** Which of the form's tables they are of: 0 where nothing is said. */
  table?: number;
}

/**
 * The lines of `source` up to `limit` of them, a byte-order mark left out. A piece belongs to whoever gets it. In a dialect
 * with quotes a line is a record: it ends where a quoted cell does not continue. With `reuse` the next piece overwrites one.
 */
export async function* wholeLines(
  source: AsyncIterable<Uint8Array>,
  limit = Number.POSITIVE_INFINITY,
  dialect: Dialect | null = null,
  reuse = false,
): AsyncGenerator<Piece> {
  for await (const piece of allLines(source, dialect, reuse)) {
    const left = limit - piece.firstLine;
    yield piece.lineCount <= left ? piece : firstLines(piece, left, dialect);
    if (piece.lineCount >= left) return;
  }
}

/** The first lines of a piece. */
export function firstLines(piece: Piece, lineCount: number, dialect: Dialect | null): Piece {
  const { bytes } = piece;
  const ends =
    dialect && hasLongRecords(bytes, dialect) ? recordEnds(bytes, bytes.length, dialect, true) : null;
  const end = ends ? ends[lineCount - 1]! : newlinesIn(bytes)[lineCount - 1]! + 1;
  return { ...piece, bytes: bytes.slice(0, end), lineCount };
}

async function* allLines(
  source: AsyncIterable<Uint8Array>,
  dialect: Dialect | null,
  reuse: boolean,
): AsyncGenerator<Piece> {
  let buffer = new Uint8Array(2 * PIECE_BYTES);
  let filled = 0;
  let firstLine = 0;
  let atStart = true;
  /** Inside a line that is too long already. */
  let skipping = false;

  function append(bytes: Uint8Array): void {
    if (filled + bytes.length > buffer.length) {
      const larger = new Uint8Array(2 * (filled + bytes.length));
      larger.set(buffer.subarray(0, filled));
      buffer = larger;
    }
    buffer.set(bytes, filled);
    filled += bytes.length;
  }

  /** The lines up to `end`; they leave the buffer once more is asked for. */
  function* cutPiece(end: number, lineCount?: number): Generator<Piece> {
    const bytes = reuse ? buffer.subarray(0, end) : buffer.slice(0, end);
    const piece = { bytes, firstLine, lineCount: lineCount ?? countLines(bytes) };
    firstLine += piece.lineCount;
    yield piece;
    buffer.copyWithin(0, end, filled);
    filled -= end;
  }

  /** Drops what a line has beyond its limit, so that a file without newlines does not fill the memory. */
  function cutLongLine(): void {
    if (filled <= MAX_LINE_BYTES) return;
    filled = MAX_LINE_BYTES + 1;
    skipping = true;
  }

  /** Where records end whose cells may have line ends in them; null where each line is one. */
  function longRecordEnds(last: boolean): number[] | null {
    if (!dialect || !hasLongRecords(buffer.subarray(0, filled), dialect)) return null;
    return recordEnds(buffer, filled, dialect, last);
  }

  for await (let bytes of source) {
    if (skipping) {
      const end = bytes.indexOf(NEWLINE);
      if (end === -1) continue;
      bytes = bytes.subarray(end);
      skipping = false;
    }
    append(bytes);
    if (atStart && filled >= 3) {
      if (buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf) {
        buffer.copyWithin(0, 3, filled);
        filled -= 3;
      }
      atStart = false;
    }
    if (filled < PIECE_BYTES) continue;
    const ends = longRecordEnds(false);
    if (ends && ends.length > 0) {
      yield* cutPiece(ends.at(-1)!, ends.length);
      continue;
    }
    const end = buffer.lastIndexOf(NEWLINE, filled - 1) + 1;
    if (end > 0) yield* cutPiece(end);
    cutLongLine();
  }
  if (filled > 0) yield* cutPiece(filled, longRecordEnds(true)?.length);
}

function countLines(bytes: Uint8Array): number {
  const newlines = newlinesIn(bytes);
  const end = newlines.length > 0 ? newlines.at(-1)! + 1 : 0;
  return end < bytes.length ? newlines.length + 1 : newlines.length;
}
