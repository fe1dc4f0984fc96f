// Sobol' sequences: points that fill the unit cube evenly (Sobol' 1967, in the order of Antonov and Saleev's Gray code),
// plain or scrambled as Owen does it (1995): each digit is flipped or not, by chance, for all points that share the digits
// before it. Scrambling keeps how evenly the points lie and makes each of them uniform.

import { hash32 } from "../base/random.ts";

/** The polynomial x^s + a_1·x^(s−1) + … + a_(s−1)·x + 1 by the bits of `a`; s is the number of `m`. */
interface Direction {
  a: number;
  m: readonly number[];
}

/**
 * Primitive polynomials and initial direction numbers of dimensions 2 to 32, from Joe and Kuo 2008, "Constructing Sobol
 * sequences with better two-dimensional projections" (their table new-joe-kuo-6.21201). The first dimension needs none.
 */
const DIRECTIONS: readonly Direction[] = [
  { a: 0, m: [1] },
  { a: 1, m: [1, 3] },
  { a: 1, m: [1, 3, 1] },
  { a: 2, m: [1, 1, 1] },
  { a: 1, m: [1, 1, 3, 3] },
  { a: 4, m: [1, 3, 5, 13] },
  { a: 2, m: [1, 1, 5, 5, 17] },
  { a: 4, m: [1, 1, 5, 5, 5] },
  { a: 7, m: [1, 1, 7, 11, 19] },
  { a: 11, m: [1, 1, 5, 1, 1] },
  { a: 13, m: [1, 1, 1, 3, 11] },
  { a: 14, m: [1, 3, 5, 5, 31] },
  { a: 1, m: [1, 3, 3, 9, 7, 49] },
  { a: 13, m: [1, 1, 1, 15, 21, 21] },
  { a: 16, m: [1, 3, 1, 13, 27, 49] },
  { a: 19, m: [1, 1, 1, 15, 7, 5] },
  { a: 22, m: [1, 3, 1, 15, 13, 25] },
  { a: 25, m: [1, 1, 5, 5, 19, 61] },
  { a: 1, m: [1, 3, 7, 11, 23, 15, 103] },
  { a: 4, m: [1, 3, 7, 13, 13, 15, 69] },
  { a: 7, m: [1, 1, 3, 13, 7, 35, 63] },
  { a: 8, m: [1, 3, 5, 9, 1, 25, 53] },
  { a: 14, m: [1, 3, 1, 13, 9, 35, 107] },
  { a: 19, m: [1, 3, 1, 5, 27, 61, 31] },
  { a: 21, m: [1, 1, 5, 11, 19, 41, 61] },
  { a: 28, m: [1, 3, 5, 3, 3, 13, 69] },
  { a: 31, m: [1, 1, 7, 13, 1, 19, 1] },
  { a: 32, m: [1, 3, 7, 5, 13, 19, 59] },
  { a: 37, m: [1, 1, 3, 9, 25, 29, 41] },
  { a: 41, m: [1, 3, 5, 13, 23, 1, 55] },
  { a: 42, m: [1, 3, 7, 3, 13, 59, 17] },
];

const BITS = 32;

/** So many dimensions have direction numbers here. */
export const MOST_DIMENSIONS = DIRECTIONS.length + 1;

/** The first `count` points, each of `dimensions` coordinates in [0, 1); `scramble`: the seed of Owen's scrambling. */
export function sobolPoints(count: number, dimensions: number, scramble: number | null): number[][] {
  if (dimensions > MOST_DIMENSIONS) throw new Error(`${dimensions} dimensions, ${MOST_DIMENSIONS} at most`);
  const columns = Array.from({ length: dimensions }, (_, dimension) => {
    const coordinates = coordinatesOf(count, directionsOf(dimension));
    return scramble === null
      ? coordinates
      : coordinates.map((digits) => scrambled(digits, hash32(scramble, dimension)));
  });
  return Array.from({ length: count }, (_, i) => columns.map((column) => column[i]! / 2 ** BITS));
}

/** Each direction number v_k as its 32 digits, the first one highest. */
function directionsOf(dimension: number): number[] {
  if (dimension === 0) return Array.from({ length: BITS }, (_, k) => (2 ** (BITS - 1 - k)) >>> 0);
  const { a, m } = DIRECTIONS[dimension - 1]!;
  const s = m.length;
  const v = m.map((value, k) => (value << (BITS - 1 - k)) >>> 0);
  for (let k = s; k < BITS; k++) {
    let next = v[k - s]! ^ (v[k - s]! >>> s);
    for (let j = 1; j < s; j++) if ((a >> (s - 1 - j)) & 1) next ^= v[k - j]!;
    v.push(next >>> 0);
  }
  return v;
}

function coordinatesOf(count: number, directions: number[]): number[] {
  const found: number[] = [];
  let digits = 0;
  for (let i = 0; i < count; i++) {
    found.push(digits);
    // The Gray code's next number differs in the digit of i's lowest 0.
    digits = (digits ^ directions[31 - Math.clz32(~i & -~i)]!) >>> 0;
  }
  return found;
}

function scrambled(digits: number, seed: number): number {
  let flipped = 0;
  for (let k = 0; k < BITS; k++) {
    const before = k === 0 ? 0 : digits >>> (BITS - k);
    if (hash32(seed, k, before) & 1) flipped |= 1 << (BITS - 1 - k);
  }
  return (digits ^ flipped) >>> 0;
}
