// Normal and Student's t distribution, as far as intervals and p-values need them: P(X > x), and its inverse.

import { root } from "./root.ts";

const INVERSE_ROOT_TAU = 1 / Math.sqrt(2 * Math.PI);

/** P(Z > x) for a standard normal Z. Relative error about 1e-13 up to x = 37. */
export function normalTail(x: number): number {
  if (x < 0) return 1 - normalTail(-x);
  const density = INVERSE_ROOT_TAU * Math.exp((-x * x) / 2);
  return x < 2.5 ? 0.5 - density * oddSeries(x) : density / continuedFraction(x);
}

/** x + x³/3 + x⁵/(3·5) + …, which is (Φ(x) − ½)/φ(x) (Marsaglia 2004, "Evaluating the Normal Distribution"). */
function oddSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 3; term > sum * 1e-17; k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return sum;
}

/** x + 1/(x + 2/(x + 3/(x + …))), which is φ(x)/P(Z > x) (Abramowitz and Stegun 26.2.14). */
function continuedFraction(x: number): number {
  let value = x;
  for (let k = 200; k >= 1; k--) value = x + k / value;
  return value;
}

/**
 * P(T > t) for Student's t; `degrees` need not be whole, and infinite ones mean the normal distribution. It is half the
 * regularised incomplete beta function I_x(ν/2, ½) at x = ν/(ν + t²) (Abramowitz and Stegun 26.7.1 and 26.5.27).
 * Relative error below 1e-12 up to 100,000 degrees of freedom, below 1e-9 beyond for t up to 9.
 */
export function studentTail(t: number, degrees: number): number {
  if (!(degrees >= 1)) throw new Error(`degrees of freedom: ${degrees}`);
  if (t < 0) return 1 - studentTail(-t, degrees);
  if (t === 0) return 0.5;
  if (degrees > FEW_DEGREES) return nearlyNormalTail(t, degrees);
  const half = degrees / 2;
  const x = degrees / (degrees + t * t);
  const rest = (t * t) / (degrees + t * t);
  // x^(ν/2) · (1 − x)^½ / B(ν/2, ½), whose first factor is (1 + t²/ν)^(−ν/2).
  const front =
    (Math.exp(-half * Math.log1p((t * t) / degrees)) * Math.sqrt(rest) * gammaRatio(half)) /
    Math.sqrt(Math.PI);
  // The fraction converges fast on this side of the mean of the beta distribution.
  return x < (half + 1) / (half + 2.5)
    ? (front * betaFraction(half, 0.5, x)) / half / 2
    : 0.5 - front * betaFraction(0.5, half, rest);
}

// Beyond so many degrees of freedom the expansion about the normal distribution takes over.
const FEW_DEGREES = 1e6;

/** Fisher's expansion of Student's t about the normal distribution, to the second order in 1/ν. */
function nearlyNormalTail(t: number, degrees: number): number {
  const tail = normalTail(t);
  if (degrees === Number.POSITIVE_INFINITY) return tail;
  const density = INVERSE_ROOT_TAU * Math.exp((-t * t) / 2);
  const [t2, t4, t6] = [t * t, t ** 4, t ** 6];
  const first = (t * (t2 + 1)) / (4 * degrees);
  const second = (t * (3 * t6 - 7 * t4 - 5 * t2 - 3)) / (96 * degrees * degrees);
  return tail + density * (first + second);
}

/** Γ(a + ½) / Γ(a), by its asymptotic series once a is large; smaller a are led there by Γ(a + 1) = a·Γ(a). */
function gammaRatio(a: number): number {
  let factor = 1;
  for (; a < 30; a++) factor *= a / (a + 0.5);
  const i = 1 / a;
  const log = i * (-1 / 8 + i * i * (1 / 192 + i * i * (-1 / 640 + (i * i * 17) / 14336)));
  return factor * Math.sqrt(a) * Math.exp(log);
}

/** The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), by Lentz's method. */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; ; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const term of [even, odd]) {
      d = 1 / (1 + term * d);
      c = 1 + term / c;
      change = d * c;
      value *= change;
    }
    if (Math.abs(change - 1) < 1e-16) return value;
    if (m > 100_000) throw new Error(`no convergence at ${a}, ${b}, ${x}`);
  }
}

/** The x with P(Z > x) = `tail`, for 0 < tail < 1. */
export function normalQuantile(tail: number): number {
  return inverse(normalTail, tail);
}

/** The t with P(T > t) = `tail`, for 0 < tail < 1 and `degrees` as above. */
export function studentQuantile(tail: number, degrees: number): number {
  return inverse((t) => studentTail(t, degrees), tail);
}

/** Inverts a falling function of x that is ½ at 0. */
function inverse(tailOf: (x: number) => number, tail: number): number {
  if (!(tail > 0 && tail < 1)) throw new Error(`a tail of probability ${tail}`);
  if (tail > 0.5) return -inverse(tailOf, 1 - tail);
  if (tail === 0.5) return 0;
  let high = 1;
  while (tailOf(high) > tail) high *= 2;
  // Logarithms of tails are nearly straight.
  return root((x) => Math.log(tailOf(x) / tail), high > 1 ? high / 2 : 0, high);
}
