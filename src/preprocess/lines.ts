// A stream of bytes → pieces that end where a line ends, so that a parser never sees half a line.

const NEWLINE = 10;
const PIECE_BYTES = 1 << 20;

/** Longer lines are cut to one byte more than this, and so found bad: a log has none, a binary file may be one. */
export const MAX_LINE_BYTES = 1 << 16;

/** Whole lines of `source`, a byte-order mark left out. The last line may lack its newline. A piece is valid until the next. */
export async function* wholeLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let buffer = new Uint8Array(2 * PIECE_BYTES);
  let filled = 0;
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

  /** Drops what a line has beyond its limit, so that a file without newlines does not fill the memory. */
  function cutLongLine(): void {
    const start = buffer.lastIndexOf(NEWLINE, filled - 1) + 1;
    if (filled - start <= MAX_LINE_BYTES) return;
    filled = start + MAX_LINE_BYTES + 1;
    skipping = true;
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
    const end = buffer.lastIndexOf(NEWLINE, filled - 1) + 1;
    if (end > 0) {
      yield buffer.subarray(0, end);
      buffer.copyWithin(0, end, filled);
      filled -= end;
    }
    cutLongLine();
  }
  if (filled > 0) yield buffer.subarray(0, filled);
}
