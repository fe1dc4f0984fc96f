// Round numbers along an axis.

/** About `wanted` multiples of 1, 2, 2.5 or 5 times a power of ten between `low` and `high`. */
export function niceTicks([low, high]: readonly [number, number], wanted: number): number[] {
  const rough = (high - low) / wanted;
  if (!(rough > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** As many decimals as neighbouring ticks need to differ. */
export function tickText(ticks: number[]): (value: number) => string {
  const step = ticks.length > 1 ? ticks[1]! - ticks[0]! : 1;
  let decimals = 0;
  while (decimals < 7 && Math.abs(step * 10 ** decimals - Math.round(step * 10 ** decimals)) > 1e-6)
    decimals++;
  return (value) => value.toFixed(decimals);
}
