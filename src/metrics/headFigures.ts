// What evaluated rows say of one output of a model: log loss and AUC with their intervals over rows, and calibration.

import { type Calibration, calibration } from "./calibration.ts";
import { aucComponents, aucInterval } from "./delong.ts";
import { normalQuantile } from "./distributions.ts";
import { rowLogLosses } from "./logLoss.ts";

/** A figure with its 95 % interval over rows like these. */
export interface Figure {
  value: number;
  low: number;
  high: number;
}

export interface HeadFigures {
  /** Nats a row. */
  logLoss: Figure;
  /** DeLong's interval; null with fewer than two rows of a class. */
  auc: Figure | null;
  calibration: Calibration | null;
}

/** The figures of `logits` against `labels` (0 or 1), row by row; null for no rows or a logit that is not a number. */
export function headFigures(logits: Float32Array, labels: Float32Array): HeadFigures | null {
  const logLoss = meanWithInterval(rowLogLosses(logits, labels));
  if (!logLoss) return null;
  const components = aucComponents(logits, labels);
  const { auc: value, low, high } = components ? aucInterval(components) : { auc: 0, low: 0, high: 0 };
  return { logLoss, auc: components && { value, low, high }, calibration: calibration(logits, labels) };
}

/** The mean, and the normal approximation's 95 % interval of it; null where it is not a number. */
function meanWithInterval(values: Float64Array): Figure | null {
  const count = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / count;
  if (!Number.isFinite(mean)) return null;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const radius = count > 1 ? normalQuantile(0.025) * Math.sqrt(squares / (count - 1) / count) : 0;
  return { value: mean, low: Math.max(0, mean - radius), high: mean + radius };
}
