// Ways in which bytes and texts are damaged, as fast-check draws and shrinks them.

import fc from "fast-check";

/** A place as a share of the file's length, so that it means something in files of any length. */
export const position = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

type Damage =
  | { type: "flip"; at: number; bit: number }
  | { type: "cut"; at: number }
  | { type: "remove" | "double" | "zero"; at: number; length: number }
  | { type: "splice"; at: number; bytes: Uint8Array }
  | { type: "length"; at: number; value: bigint };

const length = fc.integer({ min: 1, max: 5000 });

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ type: fc.constant("flip" as const), at: position, bit: fc.nat(7) }),
  fc.record({ type: fc.constant("cut" as const), at: position }),
  fc.record({
    type: fc.constantFrom("remove" as const, "double" as const, "zero" as const),
    at: position,
    length,
  }),
  fc.record({ type: fc.constant("splice" as const), at: position, bytes: fc.uint8Array({ maxLength: 64 }) }),
  // Eight bytes that may be a length: most formats put theirs at the beginning.
  fc.record({
    type: fc.constant("length" as const),
    at: fc.oneof(fc.constant(0), position),
    value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  }),
);

export const damages = fc.array(damage, { minLength: 1, maxLength: 3 });

export function damaged(bytes: Uint8Array<ArrayBuffer>, all: Damage[]): Uint8Array<ArrayBuffer> {
  return all.reduce(damagedOnce, bytes);
}

function damagedOnce(bytes: Uint8Array<ArrayBuffer>, what: Damage): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  const from = Math.floor(what.at * bytes.length);
  switch (what.type) {
    case "flip":
      if (copy.length > 0) copy[from]! ^= 1 << what.bit;
      return copy;
    case "cut":
      return copy.slice(0, from);
    case "remove":
      return joined([copy.slice(0, from), copy.slice(from + what.length)]);
    case "double":
      return joined([copy.slice(0, from + what.length), copy.slice(from)]);
    case "zero":
      return copy.fill(0, from, from + what.length);
    case "splice":
      return joined([copy.slice(0, from), what.bytes, copy.slice(from)]);
    case "length":
      if (from + 8 <= copy.length) new DataView(copy.buffer).setBigUint64(from, what.value, true);
      return copy;
  }
}

function joined(pieces: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** A change of a text: some characters taken out, words put in that mean something to a parser. */
export interface Change {
  at: number;
  removed: number;
  words: string;
}

const words = fc.oneof(
  fc.constantFrom("__proto__", "constructor", "NaN", "-1", "1e999", "0.5", "null", "true", "[]", "{}", '"'),
  fc.constantFrom("F32", "F64", "BF16", "[0,0]", "9007199254740993", "\\u0000", '"x"', ",", "}", ""),
  fc.string({ maxLength: 12 }),
);

export const changes = fc.array(fc.record({ at: position, removed: fc.nat(12), words }), {
  minLength: 1,
  maxLength: 3,
});

export function changed(text: string, all: Change[]): string {
  return all.reduce((before, { at, removed, words: put }) => {
    const from = Math.floor(at * before.length);
    return before.slice(0, from) + put + before.slice(from + removed);
  }, text);
}
