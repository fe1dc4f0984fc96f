import type { Column } from "../../runs/table.ts";

/**
 * The exponential moving average of `values`, rid of its bias towards the start (each mean is divided by the weights it
 * has): 0 leaves them as they are. Missing values stay missing and move nothing.
 */
export function smooth(values: Column, weight: number): Column {
  if (weight === 0) return values;
  const smoothed = new Float64Array(values.length);
  let mean = 0;
  let weights = 0;
  // An iterator would make an array for each of a million values.
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) {
      smoothed[i] = Number.NaN;
      continue;
    }
    mean = weight * mean + (1 - weight) * value;
    weights = weight * weights + (1 - weight);
    smoothed[i] = mean / weights;
  }
  return smoothed;
}
