// Branch 1's logit against branch 2's: how many rows lie where, and how many of them were clicked.

export interface LogitDensity {
  /** Both axes go from `low` to `high`, so that the diagonal is where the branches agree. */
  low: number;
  high: number;
  /** Cells along an axis. */
  cells: number;
  /** Rows in each cell, row-major [second, first], the second logit rising. */
  rows: Uint32Array;
  /** Clicked ones among them. */
  clicks: Uint32Array;
}

// Axes reach this many standard deviations from the mean; rows farther out count in the cells at the edge.
const REACH = 4;

/** The density over a grid of `cells` × `cells`; the axes are chosen from the logits unless `range` gives them. */
export function logitDensity(
  first: Float32Array,
  second: Float32Array,
  labels: Float32Array,
  cells = 40,
  range = rangeOf(first, second),
): LogitDensity {
  const { low, high } = range;
  const rows = new Uint32Array(cells * cells);
  const clicks = new Uint32Array(cells * cells);
  const cellOf = (z: number) =>
    Math.min(cells - 1, Math.max(0, Math.floor(((z - low) / (high - low)) * cells)));
  for (let r = 0; r < labels.length; r++) {
    const cell = cellOf(second[r]!) * cells + cellOf(first[r]!);
    rows[cell]!++;
    if (labels[r]! > 0) clicks[cell]!++;
  }
  return { low, high, cells, rows, clicks };
}

/** Mean ± 4 standard deviations of both logits together, no farther than they reach, and never empty. */
function rangeOf(first: Float32Array, second: Float32Array): { low: number; high: number } {
  let [count, sum, squares, least, most] = [0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of [first, second]) {
    for (const z of values) {
      count++;
      sum += z;
      squares += z * z;
      least = Math.min(least, z);
      most = Math.max(most, z);
    }
  }
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
  const low = Math.max(least, mean - REACH * deviation);
  const high = Math.min(most, mean + REACH * deviation);
  return high > low ? { low, high } : { low: mean - 0.5, high: mean + 0.5 };
}
