// Several tests at once.

/**
 * Holm's step-down adjustment (Holm 1979): comparing the results with α keeps the probability of any false claim below
 * α. null stands for a test that was not made; it stays null and does not count.
 */
export function holm(pValues: (number | null)[]): (number | null)[] {
  const made = pValues.flatMap((p, index) => (p === null ? [] : [{ p, index }])).sort((a, b) => a.p - b.p);
  const adjusted: (number | null)[] = pValues.map(() => null);
  let least = 0;
  for (const [rank, { p, index }] of made.entries()) {
    least = Math.max(least, Math.min(1, (made.length - rank) * p));
    adjusted[index] = least;
  }
  return adjusted;
}
