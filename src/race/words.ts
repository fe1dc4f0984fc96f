// What a race says, on the page and in the terminal.

import type { Fate } from "./halving.ts";
import type { ChanceOfBest, RacePlan } from "./record.ts";
import { trialName } from "./trials.ts";

/** "12 trials …: about 3 minutes": what it will do, before it starts. */
export function planInWords(
  { trials, rungs, halving, seeds, leftOut }: RacePlan,
  cost: { seconds: number; bytes: number[]; limit: number; testRows: number },
): string {
  const most = Math.max(...cost.bytes);
  const all = cost.bytes.reduce((sum, bytes) => sum + bytes, 0);
  const together = all <= cost.limit ? "all fit at once" : "those beyond it wait";
  const shares = rungs.map((share) => percent(share)).join(", ");
  const parts = [
    `${trials.length} configurations`,
    rungs.length === 1
      ? "each trains to its end"
      : `looked at after ${shares} of their training, about 1 of ${halving.eta} is promoted`,
  ];
  const judged =
    cost.testRows > 0
      ? `The last ${halving.finalists} are trained anew with ${seeds.length} seeds and judged on the test rows.`
      : "There are no test rows, so nothing will be said about the winner on rows that took no part in choosing it.";
  const without = leftOut.length > 0 ? ` ${leftOut.length} combinations cannot work and are left out.` : "";
  return (
    `${parts.join(", ")}. ${judged}${without} It takes about ${duration(cost.seconds)}; the largest needs ` +
    `${megabytes(most)} of memory, ${together} in ${megabytes(cost.limit)}.`
  );
}

/** Where a trial stands, and why. */
export function fateInWords(fate: Fate, rungs: readonly number[]): string {
  switch (fate.type) {
    case "waiting":
      return fate.rung === 0 ? "Waits" : `Promoted to ${percent(rungs[fate.rung]!)}`;
    case "dropped":
      return (
        `Dropped at ${percent(rungs[fate.rung]!)}: rank ${fate.rank} of ${fate.of} by validation log loss, ` +
        `the best ${fate.kept} promoted`
      );
    case "failed":
      return `Failed: ${fate.problem}`;
    case "finished":
      return `Trained to its end: rank ${fate.rank} on validation`;
  }
}

/** What choosing the best of so many is worth by chance alone. */
export function chanceInWords({ tried, deviation, degrees, gain }: ChanceOfBest): string {
  return (
    `${tried} configurations were tried. The validation log loss of one configuration varies by ${deviation.toFixed(5)} ` +
    `from seed to seed (standard deviation, ${degrees} degrees of freedom): the best of ${tried} equal ones would look ` +
    `${gain.toFixed(5)} better on validation by chance alone. The verdict is on test rows, which took no part in choosing.`
  );
}

/** What was chosen, in a sentence. */
export function winnerInWords({ trials }: RacePlan, finalists: readonly number[]): string {
  if (finalists.length === 0) return "No trial came to its end.";
  const names = finalists.map((trial) => trialName(trials[trial]!.number));
  return names.length === 1
    ? `${names[0]} alone came to its end.`
    : `Best on validation: ${names[0]}; judged with it: ${names.slice(1).join(", ")}.`;
}

/** 0.3333 → "33 %": two digits. */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(2))} %`;
}

function duration(seconds: number): string {
  if (seconds < 1.5) return "one second";
  if (seconds < 90) return `${Math.round(seconds)} seconds`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} minutes` : `${(seconds / 3600).toFixed(1)} hours`;
}

function megabytes(bytes: number): string {
  return `${Math.max(1, Math.round(bytes / 1e6)).toLocaleString("en-US")} MB`;
}
