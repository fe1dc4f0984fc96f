// How many workers of the browser preprocess beside the one that leads.

/** More workers wait for the one that cuts the log into lines and writes; each keeps counts of its own. */
const MOST_WORKERS = 4;

/** As many workers as the processor has cores besides that of whoever leads. */
export function startPoolWorkers(start: () => Worker): Worker[] {
  const count = Math.min(MOST_WORKERS, Math.max(1, navigator.hardwareConcurrency - 1));
  return Array.from({ length: count }, start);
}
