// Quotes around the cells of CSV: RFC 4180, but for cells with a comma or a line's end in them.

export const COMMA = 44;
const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;

/** Whether there are any: a look that costs next to nothing. */
export function hasQuotes(bytes: Uint8Array): boolean {
  return bytes.includes(QUOTE);
}

/** The lines with the quotes around cells left out, doubled ones inside made one; a cell with a comma stays as it is. */
export function unquoted(bytes: Uint8Array): Uint8Array {
  if (!hasQuotes(bytes)) return bytes;
  const plain = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    const close = bytes[at] === QUOTE ? closingQuote(bytes, at) : -1;
    if (close !== -1) {
      for (let i = at + 1; i < close; i++) {
        plain[length++] = bytes[i]!;
        if (bytes[i] === QUOTE) i++;
      }
      at = close + 1;
    }
    // The rest of the cell, and what ends it.
    for (let ended = false; !ended && at < bytes.length; at++) {
      ended = endsCell(bytes[at]!);
      plain[length++] = bytes[at]!;
    }
  }
  return plain.subarray(0, length);
}

/** Where the quoted cell ends that begins at `open`; −1 where it is not one that can stand without its quotes. */
function closingQuote(bytes: Uint8Array, open: number): number {
  for (let i = open + 1; i < bytes.length && !endsCell(bytes[i]!); i++) {
    if (bytes[i] !== QUOTE) continue;
    if (bytes[i + 1] === QUOTE) i++;
    else return i + 1 === bytes.length || bytes[i + 1] === RETURN || endsCell(bytes[i + 1]!) ? i : -1;
  }
  return -1;
}

function endsCell(byte: number): boolean {
  return byte === COMMA || byte === NEWLINE;
}
