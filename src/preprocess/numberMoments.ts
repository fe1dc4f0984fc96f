// Sums of numbers and of their squares, exact: so they are the same in whatever order, and on however many threads, the
// numbers are added.

/** Of integers. */
export interface IntegerMoments {
  sum: bigint;
  squares: bigint;
}

/**
 * Of float32: a whole number of 24 bits times a power of two each. For each of the 256 exponents the sum of the whole
 * numbers, and of their squares the high and low halves: all stay below 2⁵³ for 2²⁹ rows.
 */
export interface FractionMoments {
  sums: Float64Array;
  high: Float64Array;
  low: Float64Array;
}

const EXPONENTS = 256;
const HALF = 2 ** 24;

export function emptyIntegerMoments(): IntegerMoments {
  return { sum: 0n, squares: 0n };
}

export function emptyFractionMoments(): FractionMoments {
  const [sums, high, low] = [0, 0, 0].map(() => new Float64Array(EXPONENTS)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  return { sums, high, low };
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

export function addFraction({ sums, high, low }: FractionMoments, value: number): void {
  float[0] = value;
  const pattern = bits[0]!;
  const exponent = (pattern >>> 23) & 255;
  const mantissa = (pattern & 0x7fffff) | (exponent > 0 ? 0x800000 : 0);
  sums[exponent]! += pattern < 0 ? -mantissa : mantissa;
  const square = mantissa * mantissa;
  const top = Math.floor(square / HALF);
  high[exponent]! += top;
  low[exponent]! += square - top * HALF;
}

export function mergeIntegerMoments(into: IntegerMoments, from: IntegerMoments): void {
  into.sum += from.sum;
  into.squares += from.squares;
}

export function mergeFractionMoments(into: FractionMoments, from: FractionMoments): void {
  for (const part of ["sums", "high", "low"] as const)
    for (let e = 0; e < EXPONENTS; e++) into[part][e]! += from[part][e]!;
}

/** Sum and squares over a common divisor: the numbers are whole multiples of 1 / `unit`. */
export function exactly({ sums, high, low }: FractionMoments): IntegerMoments & { unit: bigint } {
  let sum = 0n;
  let squares = 0n;
  for (let e = 0; e < EXPONENTS; e++) {
    if (sums[e] === 0 && high[e] === 0 && low[e] === 0) continue;
    // A float32 of exponent 0 is as small as one of exponent 1: m · 2⁻¹⁴⁹.
    const shift = BigInt(Math.max(1, e) - 1);
    sum += BigInt(sums[e]!) << shift;
    squares += ((BigInt(high[e]!) << 24n) + BigInt(low[e]!)) << (2n * shift);
  }
  return { sum, squares, unit: 1n << 149n };
}

/** Mean and deviation (divided by `count`, as scikit-learn's StandardScaler does) of `count` numbers, at least one. */
export function meanAndDeviation(
  { sum, squares }: IntegerMoments,
  count: number,
  unit = 1n,
): { mean: number; deviation: number } {
  const rows = BigInt(count);
  const mean = ratio(sum, rows * unit);
  const variance = ratio(rows * squares - sum * sum, rows * rows * unit * unit);
  return { mean, deviation: Math.sqrt(variance) };
}

/** a / b with some more digits than a double has; b > 0. */
function ratio(a: bigint, b: bigint): number {
  if (a === 0n) return 0;
  // 64 bits of the quotient, whatever the sizes of the two.
  const shift = bitLength(b) - bitLength(a) + 64;
  const quotient = shift >= 0 ? (a << BigInt(shift)) / b : a / (b << BigInt(-shift));
  return scaled(Number(quotient), -shift);
}

function bitLength(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const digits = magnitude.toString(16);
  return 4 * (digits.length - 1) + (32 - Math.clz32(Number.parseInt(digits[0]!, 16)));
}

/** x · 2^power, in steps that neither overflow nor vanish before the result does. */
function scaled(x: number, power: number): number {
  let left = power;
  while (left > 1000) {
    x *= 2 ** 1000;
    left -= 1000;
  }
  while (left < -1000) {
    x *= 2 ** -1000;
    left += 1000;
  }
  return x * 2 ** left;
}
