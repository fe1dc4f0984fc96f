// A race as a report: its verdict, what choosing was worth, every trial with its fate, which setting mattered.

import {
  escaped,
  reportConfiguration,
  reportLink,
  reportPage,
  reportTable,
  splitsOf,
} from "../runs/reportPage.ts";
import { raceTable } from "./csv.ts";
import { effectsOf } from "./effects.ts";
import { RACE_FORMAT, type ReportedRace, raceToJson } from "./raceFile.ts";
import type { RacePlan, RaceProgress } from "./record.ts";
import { trialName } from "./trials.ts";
import { chanceInWords, percent, winnerInWords } from "./words.ts";

/** The report's text in parts. `charts` are SVG texts; `link` leads to the race as it was set up, null where none fits. */
export function raceReport(race: ReportedRace, charts: readonly string[], link: string | null): string[] {
  const { plan, progress, data, startedAt } = race;
  const { head, rows } = raceTable(plan, progress);
  const when = startedAt === null ? "" : `, ${new Date(startedAt).toISOString().slice(0, 10)}`;
  const paths = plan.settings.map(({ path }) => path).join(", ");
  return reportPage({
    title: `Race over ${paths}`,
    above: [
      `<p>A race of FINAL Studio: ${plan.trials.length} configurations on ${escaped(data?.name ?? "unknown data")}${when}. ` +
        `The log losses and AUCs of trials are of validation rows, by which the race chose. ` +
        `Open this file in the studio, under Compare and Race, to see the race again.</p>`,
      reportLink("Open this race in the studio", link),
      ...splitsOf(data ? [data] : []),
      ...verdictOf(plan, progress),
      "<h2>Trials</h2>",
      reportTable(
        head,
        rows.map((cells) => cells.map(String)),
      ),
      ...effectsIn(plan, progress),
    ],
    charts,
    below: (progress.outcome?.finalists ?? []).map((trial) => {
      const { number, config } = plan.trials[trial]!;
      return reportConfiguration(trialName(number), config);
    }),
    format: RACE_FORMAT,
    data: [raceToJson(race)],
  });
}

function verdictOf(plan: RacePlan, { outcome }: RaceProgress): string[] {
  if (!outcome) return ["<p>The race did not come to its end: there is no verdict.</p>"];
  const { finalists, heldOut, chance } = outcome;
  const sentences = [
    heldOut ? `Verdict on test rows: ${heldOut.overview}` : "There are no test rows, and so no verdict.",
    winnerInWords(plan, finalists),
    ...(heldOut ? [heldOut.scope, ...heldOut.pairs.map(({ verdict }) => verdict.sentence)] : []),
    ...(chance ? [chanceInWords(chance)] : []),
  ];
  return sentences.map((sentence) => `<p>${escaped(sentence)}</p>`);
}

function effectsIn({ settings, trials, rungs }: RacePlan, { results }: RaceProgress): string[] {
  const effects = effectsOf(settings, trials, results);
  if (!effects) return [];
  const whole = (share: number) => `${Math.round(100 * share)} %`;
  const head = ["Setting", "Explains", "90 % interval", "p", "Mean validation log loss by value"];
  const rows = effects.effects.map(({ path, explained, low, high, p, levels }) => [
    path,
    whole(explained),
    `${whole(low)} to ${whole(high)}`,
    p.toFixed(3),
    levels.map(({ label, logLoss }) => `${label}: ${logLoss.toFixed(4)}`).join(", "),
  ]);
  return [
    "<h2>Which setting mattered</h2>",
    `<p class="note">The share of the differences in rank between ${effects.trials} trials that a setting explains by itself, ` +
      `at ${percent(rungs[effects.rung]!)} of the training; p of no effect, by shuffling.</p>`,
    reportTable(head, rows),
  ];
}
