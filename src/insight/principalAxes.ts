// Principal component analysis of few dimensions: the axes along which weighted points spread most.

/** Eigenvalues, the largest first, with their eigenvectors, each of length 1. */
export interface Eigen {
  values: Float64Array;
  vectors: Float64Array[];
}

const MOST_SWEEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, row-major [D, D], by Jacobi's rotations (Golub and Van Loan, Matrix
 * Computations, section 8.5). The largest number of an eigenvector is positive.
 */
export function eigenOf(matrix: Float64Array, D: number): Eigen {
  const a = matrix.slice();
  const v = new Float64Array(D * D);
  for (let i = 0; i < D; i++) v[i * D + i] = 1;
  const scale = Math.sqrt(a.reduce((sum, x) => sum + x * x, 0));
  for (let sweep = 0; sweep < MOST_SWEEPS && offDiagonal(a, D) > 1e-14 * scale; sweep++)
    for (let p = 0; p < D - 1; p++) for (let q = p + 1; q < D; q++) rotate(a, v, D, p, q);
  const order = Array.from({ length: D }, (_, i) => i).toSorted((i, j) => a[j * D + j]! - a[i * D + i]!);
  return {
    values: Float64Array.from(order, (i) => a[i * D + i]!),
    vectors: order.map((i) => positive(Float64Array.from({ length: D }, (_, d) => v[d * D + i]!))),
  };
}

function offDiagonal(a: Float64Array, D: number): number {
  let sum = 0;
  for (let p = 0; p < D; p++) for (let q = p + 1; q < D; q++) sum += 2 * a[p * D + q]! ** 2;
  return Math.sqrt(sum);
}

/** Makes a[p, q] zero, and turns the eigenvectors with it. */
function rotate(a: Float64Array, v: Float64Array, D: number, p: number, q: number): void {
  const apq = a[p * D + q]!;
  if (apq === 0) return;
  const tau = (a[q * D + q]! - a[p * D + p]!) / (2 * apq);
  const t = (tau >= 0 ? 1 : -1) / (Math.abs(tau) + Math.hypot(1, tau));
  const c = 1 / Math.hypot(1, t);
  const s = t * c;
  const turn = (m: Float64Array, i: number, j: number) => {
    const [x, y] = [m[i]!, m[j]!];
    m[i] = c * x - s * y;
    m[j] = s * x + c * y;
  };
  for (let k = 0; k < D; k++) turn(a, k * D + p, k * D + q);
  for (let k = 0; k < D; k++) turn(a, p * D + k, q * D + k);
  for (let k = 0; k < D; k++) turn(v, k * D + p, k * D + q);
}

function positive(vector: Float64Array): Float64Array {
  let largest = 0;
  for (const x of vector) if (Math.abs(x) > Math.abs(largest)) largest = x;
  return largest < 0 ? vector.map((x) => -x) : vector;
}

/** Points on their first principal axes. */
export interface Projection {
  /** One array of n an axis. */
  coordinates: Float64Array[];
  /** Each axis' share of the points' weighted variance. */
  shares: number[];
}

/**
 * The points, row-major [n, D], on the `axes` along which they spread most, from their weighted mean. Along each axis `rising`
 * goes up rather than down, which decides its sign; where it does neither, the axis' largest number is positive.
 */
export function project(
  points: Float32Array,
  D: number,
  weights: ArrayLike<number>,
  rising: ArrayLike<number>,
  axes: number,
): Projection {
  const n = points.length / D;
  let total = 0;
  const mean = new Float64Array(D);
  for (let i = 0; i < n; i++) {
    total += weights[i]!;
    for (let d = 0; d < D; d++) mean[d]! += weights[i]! * points[i * D + d]!;
  }
  for (let d = 0; d < D; d++) mean[d]! /= total;
  const covariance = new Float64Array(D * D);
  for (let i = 0; i < n; i++)
    for (let d = 0; d < D; d++) {
      const off = (weights[i]! / total) * (points[i * D + d]! - mean[d]!);
      for (let e = 0; e < D; e++) covariance[d * D + e]! += off * (points[i * D + e]! - mean[e]!);
    }
  const { values, vectors } = eigenOf(covariance, D);
  const spread = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  const coordinates = vectors.slice(0, axes).map((vector) => {
    const along = Float64Array.from({ length: n }, (_, i) => {
      let sum = 0;
      for (let d = 0; d < D; d++) sum += vector[d]! * (points[i * D + d]! - mean[d]!);
      return sum;
    });
    return goesDown(along, weights, rising) ? along.map((x) => -x) : along;
  });
  return {
    coordinates,
    shares: Array.from(coordinates, (_, i) => (spread > 0 ? Math.max(0, values[i]!) / spread : 0)),
  };
}

/** Whether `rising` falls along an axis, whose weighted mean is 0. */
function goesDown(along: Float64Array, weights: ArrayLike<number>, rising: ArrayLike<number>): boolean {
  let product = 0;
  for (let i = 0; i < along.length; i++) product += weights[i]! * along[i]! * rising[i]!;
  return product < 0;
}
