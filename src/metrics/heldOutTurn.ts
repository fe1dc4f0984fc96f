// When a model keeps learning its training rows and gets worse on others: overfitting, as evaluations show it.

/** A log loss on held-out rows after so many steps. */
export interface HeldOutPoint {
  step: number;
  logLoss: number;
}

export interface HeldOutTurn {
  best: HeldOutPoint;
  last: HeldOutPoint;
  /** Evaluations since the best, all of them worse. */
  worse: number;
}

/** One worse evaluation is chance, and two may be; plateau schedules commonly wait as long. */
const PATIENCE = 3;

/**
 * The turn of a held-out curve, nats a row: at least three evaluations since its lowest point, each above it. null where
 * it has not turned. On few rows a curve may turn by chance; the caller says how many there are.
 */
export function heldOutTurn(points: readonly HeldOutPoint[]): HeldOutTurn | null {
  const last = points.at(-1);
  if (!last) return null;
  let best = 0;
  for (let i = 1; i < points.length; i++) if (points[i]!.logLoss <= points[best]!.logLoss) best = i;
  const worse = points.length - 1 - best;
  return worse >= PATIENCE ? { best: points[best]!, last, worse } : null;
}

/**
 * What a model scores that says the training rows' click rate p to everyone, on rows with the rate q, nats a row:
 * −q·ln p − (1 − q)·ln(1 − p).
 */
export function clickRateLogLoss(trainRate: number, rate: number): number {
  return -rate * Math.log(trainRate) - (1 - rate) * Math.log(1 - trainRate);
}
