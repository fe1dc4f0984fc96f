// A race as CSV: a line for each trial.

import { standing } from "./halving.ts";
import type { RacePlan, RaceProgress } from "./record.ts";
import { trialName } from "./trials.ts";
import { fateInWords, percent } from "./words.ts";

export function raceToCsv(plan: RacePlan, { results }: RaceProgress): string {
  const { trials, settings, rungs, halving } = plan;
  const { fates } = standing(halving, rungs.length, trials.length, results);
  const shares = rungs.map((share) => `at ${percent(share)}`);
  const head = [
    "trial",
    ...settings.map(({ path }) => path),
    ...shares.flatMap((share) => [`validation log loss ${share}`, `validation AUC ${share}`]),
    "fate",
  ];
  const lines = trials.map(({ number, choices }, trial) => {
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
  return `${[head, ...lines].map((cells) => cells.map(cell).join(",")).join("\n")}\n`;
}

function cell(value: string | number): string {
  return typeof value === "number" ? String(value) : `"${value.replaceAll('"', '""')}"`;
}
