// Sobol' sequences: points that fill the unit cube evenly (Sobol' 1967, in the order of Antonov and Saleev's Gray code),
// plain or scrambled as Owen does it (1995): each digit is flipped or not, by chance, for all points that share the digits
// before it. Scrambling keeps how evenly the points lie and makes each of them uniform.

import { hash32 } from "../base/random.ts";
import { DIRECTIONS } from "./directions.ts";

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
