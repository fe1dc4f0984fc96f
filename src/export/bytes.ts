// Pieces of a file that follow each other.

/** Bytes of all pieces together. */
export function lengthOf(pieces: Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

/** A number as protobuf writes it: seven bits a byte, the lowest first, the top bit where more follow. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
  return bytes;
}

/** What stands before a protobuf field of `length` bytes: its number with wire type 2, then the length. */
export function fieldHead(field: number, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([...varint(field * 8 + 2), ...varint(length)]);
}
