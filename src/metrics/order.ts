// Rows in the order of their scores, fast: a native sort of integers.

/** Row indices by rising score, equal scores by rising index; null where a score is not a number. */
export function risingOrder(scores: Float32Array): Uint32Array | null {
  const count = scores.length;
  const keys = new BigUint64Array(count);
  // On the little-endian machines that run this, the low word lies first.
  const words = new Uint32Array(keys.buffer);
  // + 0 makes −0 and 0 equal, as they are for every comparison of scores.
  const bits = new Int32Array(scores.map((score) => score + 0).buffer);
  for (let r = 0; r < count; r++) {
    if (Number.isNaN(scores[r]!)) return null;
    const b = bits[r]!;
    // A float's bits order as an unsigned integer once negative ones are inverted and positive ones get the top bit.
    words[2 * r + 1] = (b < 0 ? ~b : b ^ 0x80000000) >>> 0;
    words[2 * r] = r;
  }
  keys.sort();
  const order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = words[2 * i]!;
  return order;
}
