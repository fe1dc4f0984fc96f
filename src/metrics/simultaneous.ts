// Several pairs of models compared at once: which differences are clear, with the intervals that say so.

import { type Estimate, pOf, radiusOf } from "./crossed.ts";
import { holm } from "./holm.ts";

/** A difference among several. */
export interface Finding extends Estimate {
  /** Half the width of its interval. */
  radius: number;
  /** Two-sided, of no difference, adjusted for the number of pairs; null where nothing varies. */
  p: number | null;
  /** Its interval excludes 0. */
  isClear: boolean;
}

/**
 * Which of several differences are clear. Holm's procedure decides (1979): the probability of any false claim is at most
 * `alpha`. The intervals are simultaneous, each at `alpha` over the number of pairs (Bonferroni), except where Holm's
 * later steps claim more than these show: there the interval is at the level of the step that made the claim, as in
 * Serlin 1993, "Confidence intervals and the scientific method: a case for Holm on the range". So an interval excludes 0
 * where its difference is claimed, and nowhere else. null stands for a pair without an estimate and does not count.
 */
export function findTogether(estimates: readonly (Estimate | null)[], alpha: number): (Finding | null)[] {
  const ps = estimates.map((estimate) => estimate && pOf(estimate));
  const adjusted = holm(ps);
  const made = ps.filter((p) => p !== null).toSorted((a, b) => a - b);
  return estimates.map((estimate, index) => {
    if (!estimate) return null;
    const [p, raw] = [adjusted[index]!, ps[index]!];
    const isClaimed = p !== null && p < alpha;
    const rank = isClaimed ? made.indexOf(raw!) : 0;
    const bonferroni = alpha / Math.max(1, made.length);
    const level = isClaimed && raw! >= bonferroni ? alpha / (made.length - rank) : bonferroni;
    return { ...estimate, radius: radiusOf(estimate, level), p, isClear: isClaimed };
  });
}
