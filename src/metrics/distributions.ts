// Normal and Student's t distribution, as far as intervals and p-values need them: P(X > x), and its inverse.

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

/** P(T > t) for Student's t with a whole number of degrees of freedom (Abramowitz and Stegun 26.7.3 and 26.7.4). */
export function studentTail(t: number, degrees: number): number {
  if (!Number.isInteger(degrees) || degrees < 1) throw new Error(`degrees of freedom: ${degrees}`);
  const angle = Math.atan(t / Math.sqrt(degrees));
  const cosine2 = 1 / (1 + (t * t) / degrees);
  const odd = degrees % 2 === 1;
  // cos θ + ⅔ cos³θ + … for odd degrees, 1 + ½ cos²θ + (1·3)/(2·4) cos⁴θ + … for even ones.
  let term = odd ? Math.sqrt(cosine2) : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= ((k - 1) / k) * cosine2;
    sum += term;
  }
  const within = odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  return (1 - within) / 2;
}

/** The x with P(Z > x) = `tail`, for 0 < tail < 1. */
export function normalQuantile(tail: number): number {
  return inverse(normalTail, tail);
}

/** The t with P(T > t) = `tail`, for 0 < tail < 1. */
export function studentQuantile(tail: number, degrees: number): number {
  return inverse((t) => studentTail(t, degrees), tail);
}

/** Inverts a falling function of x that is ½ at 0, by bisection down to neighbouring numbers. */
function inverse(tailOf: (x: number) => number, tail: number): number {
  if (!(tail > 0 && tail < 1)) throw new Error(`a tail of probability ${tail}`);
  if (tail > 0.5) return -inverse(tailOf, 1 - tail);
  let low = 0;
  let high = 1;
  while (tailOf(high) > tail) high *= 2;
  for (let middle = high / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (tailOf(middle) > tail) low = middle;
    else high = middle;
  }
  return high;
}
