/**
 * `work`, but what is called within `ms` milliseconds after a call that it had is left out. The first call has its turn at
 * once; `since` as the present time lets it wait as well.
 */
export function throttled<Arguments extends unknown[]>(
  ms: number,
  work: (...args: Arguments) => void,
  since = Number.NEGATIVE_INFINITY,
): (...args: Arguments) => void {
  let last = since;
  return (...args) => {
    if (performance.now() - last < ms) return;
    last = performance.now();
    work(...args);
  };
}
