// Log loss, in nats, on logits.

/** Log loss of one row: max(z, 0) − z·y + ln(1 + e^−|z|), which neither overflows nor loses small probabilities. */
export function rowLogLoss(logit: number, label: number): number {
  return Math.max(logit, 0) - logit * label + Math.log1p(Math.exp(-Math.abs(logit)));
}

/** Mean log loss over rows, summed in float64; NaN for no rows. */
export function logLoss(logits: Float32Array, labels: Float32Array): number {
  let sum = 0;
  for (let r = 0; r < logits.length; r++) sum += rowLogLoss(logits[r]!, labels[r]!);
  return sum / logits.length;
}

/** Every row's log loss, in float64. */
export function rowLogLosses(logits: Float32Array | Float64Array, labels: Float32Array): Float64Array {
  const losses = new Float64Array(logits.length);
  for (let r = 0; r < losses.length; r++) losses[r] = rowLogLoss(logits[r]!, labels[r]!);
  return losses;
}
