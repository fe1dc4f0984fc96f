// Where a function crosses 0.

/**
 * The zero of a continuous function that is positive at `low` and not at `high` (or the other way round), to the last
 * digits, by false position in the Illinois variant (Dowell and Jarratt 1971): about ten calls.
 */
export function root(of: (x: number) => number, low: number, high: number): number {
  let [atLow, atHigh] = [of(low), of(high)];
  if (atLow === 0) return low;
  let last = Number.NaN;
  for (let i = 0; i < 200 && atHigh !== 0; i++) {
    // A bisection now and then, for functions that false position finds hard.
    const next = i % 8 === 7 ? (low + high) / 2 : high - (atHigh * (high - low)) / (atHigh - atLow);
    if (Math.abs(next - last) <= 2e-16 * Math.abs(next) || next === low || next === high) return next;
    const at = of(next);
    if (at > 0 === atHigh > 0) atLow /= 2;
    else [low, atLow] = [high, atHigh];
    [high, atHigh] = [next, at];
    last = next;
  }
  return high;
}
