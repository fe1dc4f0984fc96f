// Long work cut into portions of a few milliseconds, between which others have their turn.

const PORTION_BYTES = 8 * 1024 * 1024;

/** The bytes of `pieces` in their order, as portions of about eight megabytes each: parts of the pieces, not copied. */
export function* portions(pieces: Uint8Array<ArrayBuffer>[]): Generator<Uint8Array<ArrayBuffer>[]> {
  let portion: Uint8Array<ArrayBuffer>[] = [];
  let left = PORTION_BYTES;
  for (const piece of pieces)
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + left);
      portion.push(part);
      at += part.length;
      left -= part.length;
      if (left > 0) continue;
      yield portion;
      portion = [];
      left = PORTION_BYTES;
    }
  if (portion.length > 0) yield portion;
}
