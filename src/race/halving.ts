// Successive halving (Jamieson and Talwalkar 2016; Li et al. 2018, "Hyperband"): all trials train for a share of their
// training, the best of them by validation log loss are promoted to a larger share, and so on. Such a share is a rung.
// Synchronous: a rung is decided when all its trials have come to it. Asynchronous (Li et al. 2020, "A system for massively
// parallel hyperparameter tuning"): the best 1/η of those that came to a rung so far may be promoted at once.
//
// Everything here follows from the results alone, so that a race that was cut off is decided as if it had not been.

export const HALVINGS = ["none", "synchronous", "asynchronous"] as const;

export interface Halving {
  kind: (typeof HALVINGS)[number];
  /** η: one of so many is promoted. */
  eta: number;
  /** How many are promoted from the last rung but one, and are judged in the end. */
  finalists: number;
}

/** A trial that has come to a rung. */
export interface RungResult {
  /** Its index. */
  trial: number;
  rung: number;
  step: number;
  /** Of the fused output on the validation rows; null where the trial met a problem. */
  logLoss: number | null;
  auc: number | null;
  /** Early stopping ended it: its figure stands for the rungs to come. */
  ended: boolean;
  /** What it met, in words. */
  problem: string | null;
}

/** Where a trial stands. */
export type Fate =
  /** It has still to come to a rung. */
  | { type: "waiting"; rung: number }
  | { type: "dropped"; rung: number; rank: number; of: number; kept: number; logLoss: number }
  | { type: "failed"; rung: number; problem: string }
  /** It trained to its end; rank 1 is the best of those. */
  | { type: "finished"; rank: number; logLoss: number };

export interface Standing {
  fates: Fate[];
  /** The trials that can train next, and to which rung; empty when the race is over. */
  next: { rung: number; trials: number[] };
  /** The best of those that trained to their end, the best first, once the race is over. */
  finalists: number[];
}

// Below 1/27 of the training (η = 3) a validation figure says little about the end.
const MOST_HALVINGS = 3;

/** The rungs as shares of a trial's training, the last one 1. `leastSteps`: of the shortest training. */
export function rungsOf(
  { kind, eta, finalists }: Halving,
  { trials, leastSteps }: { trials: number; leastSteps: number },
): number[] {
  if (kind === "none") return [1];
  const shares = [1];
  for (let left = trials, k = 1; k <= MOST_HALVINGS; k++) {
    left = Math.floor(left / eta);
    const share = eta ** -k;
    if (left < finalists || leastSteps * share < 1) break;
    shares.unshift(share);
  }
  return shares;
}

/** The step at which a trial of `steps` steps comes to a rung. */
export function rungStep(share: number, steps: number): number {
  return Math.max(1, Math.round(share * steps));
}

interface Rung {
  /** Trials that train to this rung. */
  entrants: number[];
  /** Results of those that have come to it, the best first. */
  came: RungResult[];
  /** No further trial will come to it. */
  isComplete: boolean;
  survivors: Set<number>;
}

/** What follows from the results so far. */
export function standing(
  halving: Halving,
  rungs: number,
  trials: number,
  results: readonly RungResult[],
): Standing {
  const found: Rung[] = [];
  for (let rung = 0; rung < rungs; rung++) {
    const before = found[rung - 1];
    found.push(lookAt(halving, rung, before, trials, results));
  }
  const last = found[rungs - 1]!;
  const isOver = last.isComplete;
  const fates = Array.from({ length: trials }, (_, trial) => fateOf(trial, found));
  const ranked = last.came.filter(({ logLoss }) => logLoss !== null).map(({ trial }) => trial);
  return { fates, next: nextOf(found), finalists: isOver ? ranked.slice(0, halving.finalists) : [] };
}

function lookAt(
  { kind, eta, finalists }: Halving,
  rung: number,
  before: Rung | undefined,
  trials: number,
  results: readonly RungResult[],
): Rung {
  const entrants = before ? [...before.survivors] : Array.from({ length: trials }, (_, i) => i);
  const came = entrants.flatMap((trial) => resultAt(results, trial, rung) ?? []).toSorted(byLogLoss);
  const isComplete = (before?.isComplete ?? true) && came.length === entrants.length;
  const share = Math.floor(came.length / eta);
  const quota = isComplete ? Math.max(finalists, share) : kind === "asynchronous" ? share : 0;
  const best = came.slice(0, quota).filter(({ logLoss }) => logLoss !== null);
  // Who was promoted stays in, even where later ones have overtaken it.
  const went = came.filter(({ trial }) => results.some((r) => r.trial === trial && r.rung > rung));
  return { entrants, came, isComplete, survivors: new Set([...best, ...went].map(({ trial }) => trial)) };
}

/** A trial's own result at a rung, or that of the rung before which it ended. */
function resultAt(results: readonly RungResult[], trial: number, rung: number): RungResult | undefined {
  return results.find(
    (result) => result.trial === trial && (result.rung === rung || (result.ended && result.rung < rung)),
  );
}

/** Ties go to the lower number, so that the outcome does not hang on the order of the results. */
function byLogLoss(a: RungResult, b: RungResult): number {
  const [x, y] = [a.logLoss ?? Number.POSITIVE_INFINITY, b.logLoss ?? Number.POSITIVE_INFINITY];
  return x === y ? a.trial - b.trial : x - y;
}

/** The highest rung that trials may train to, and these trials. */
function nextOf(rungs: Rung[]): Standing["next"] {
  for (let rung = rungs.length - 1; rung >= 0; rung--) {
    const { entrants, came } = rungs[rung]!;
    const waiting = entrants.filter((trial) => !came.some((result) => result.trial === trial));
    if (waiting.length > 0) return { rung, trials: waiting.toSorted((a, b) => a - b) };
  }
  return { rung: rungs.length - 1, trials: [] };
}

function fateOf(trial: number, rungs: Rung[]): Fate {
  for (const [rung, { came, entrants, isComplete, survivors }] of rungs.entries()) {
    const place = came.findIndex((result) => result.trial === trial);
    if (place < 0) return { type: "waiting", rung };
    const { logLoss, problem } = came[place]!;
    if (logLoss === null) return { type: "failed", rung, problem: problem ?? "" };
    if (rung === rungs.length - 1) return { type: "finished", rank: place + 1, logLoss };
    if (survivors.has(trial)) continue;
    if (!isComplete) return { type: "waiting", rung: rung + 1 };
    return { type: "dropped", rung, rank: place + 1, of: entrants.length, kept: survivors.size, logLoss };
  }
  throw new Error("a race has a rung");
}

/** How much of a race is done, 0 to 1, counting a trial's whole training as one; the judging of its finalists too. */
export function shareDone(
  {
    halving,
    rungs,
    trials,
    seeds,
  }: { halving: Halving; rungs: readonly number[]; trials: number; seeds: number },
  results: readonly RungResult[],
  judged: number,
  /** Work under way, in trainings. */
  underWay: number,
): number {
  let [all, left, before] = [0, trials, 0];
  const done = results.reduce((sum, { rung }) => sum + rungs[rung]! - (rungs[rung - 1] ?? 0), 0);
  for (const share of rungs) {
    all += left * (share - before);
    before = share;
    left = Math.max(Math.min(left, halving.finalists), Math.floor(left / halving.eta));
  }
  const finalists = Math.min(trials, halving.finalists);
  return Math.min(1, (done + judged * finalists + underWay) / (all + seeds * finalists));
}
