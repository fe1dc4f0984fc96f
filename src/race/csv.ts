// A race as CSV: a line for each trial.

import { csvLines } from "../runs/csv.ts";
import { standing } from "./halving.ts";
import type { RacePlan, RaceProgress } from "./record.ts";
import { trialName } from "./trials.ts";
import { fateInWords, percent } from "./words.ts";

/** A row for each trial: its settings, its validation figures at each rung, what became of it. */
export function raceTable(
  plan: RacePlan,
  { results }: RaceProgress,
): { head: string[]; rows: (string | number)[][] } {
  const { trials, settings, rungs, halving } = plan;
  const { fates } = standing(halving, rungs.length, trials.length, results);
  const shares = rungs.map((share) => `at ${percent(share)}`);
  const head = [
    "trial",
    ...settings.map(({ path }) => path),
    ...shares.flatMap((share) => [`validation log loss ${share}`, `validation AUC ${share}`]),
    "fate",
  ];
  const rows = trials.map(({ number, choices }, trial) => {
    const figures = rungs.flatMap((_, rung) => {
      const found = results.find((result) => result.trial === trial && result.rung === rung);
      return [found?.logLoss ?? "", found?.auc ?? ""];
    });
    return [
      trialName(number),
      ...choices.map(({ label }) => label),
      ...figures,
      fateInWords(fates[trial]!, rungs),
    ];
  });
  return { head, rows };
}

/** The table of a race as CSV. */
export function raceToCsv(plan: RacePlan, progress: RaceProgress): string {
  const { head, rows } = raceTable(plan, progress);
  return csvLines([head, ...rows]);
}
