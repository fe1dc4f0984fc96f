// A share of a variance with its interval, in words.

import type { Measured } from "../../insight/fieldImportance.ts";

/** "0.12 ± 0.03 %". */
export function shareText({ mean, radius }: Measured): string {
  return `${digits(mean)} ± ${digits(radius)} %`;
}

/** Two digits that count: most shares are far below 1 %. */
function digits(share: number): string {
  const percent = 100 * share;
  return percent >= 1 ? percent.toFixed(1) : percent === 0 ? "0" : percent.toFixed(percent >= 0.1 ? 2 : 3);
}
