// Runs as a report: a table, the charts as they were drawn, and all points, which the studio reads again.

import type { Figure } from "../metrics/headFigures.ts";
import { interval } from "../metrics/verdict.ts";
import { chosenOn, type RunRecord } from "./record.ts";
import { densityFigure, reliabilityFigure } from "./reportFigures.ts";
import { escaped, reportConfiguration, reportPage, reportTable, splitsOf } from "./reportPage.ts";
import { fusedOf, isTrainedOn, overlapWords, type RunEvaluation, rowsOf } from "./runEvaluation.ts";
import { partName, type RunInsight } from "./runInsight.ts";
import type { RunInspection } from "./runInspection.ts";
import type { RunSlice, RunSlices } from "./runSlices.ts";
import { type KeptRun, RUNS_FORMAT, runsToJson } from "./runsFile.ts";
import type { SeedMean } from "./seedGroups.ts";
import { seedMeans } from "./seedMeans.ts";

const HEAD = ["Run", "Data", "Best log loss", "Last log loss", "Test AUC", "95 % interval", "Rows", "Note"];

const SEEDS_HEAD = ["Configuration", "Seeds", "Data", "Mean log loss", "Mean test AUC"];

const EVALUATIONS_HEAD = ["Run", "Evaluated on", "Rows", "Weights", "Log loss", "AUC", "COPC", "ECE"];

/** The report's text in parts; `charts` are SVG texts, `links` addresses of the runs' configurations, by run. */
export function reportHtml(
  runs: readonly KeptRun[],
  charts: readonly string[],
  links: Readonly<Record<string, string>> = {},
): string[] {
  return reportPage({
    title: runs.length === 1 ? runs[0]!.record.name : `${runs.length} runs`,
    above: [
      "<p>A report of FINAL Studio. Import this file there to have the runs again, with every point.</p>",
      reportTable(
        HEAD,
        runs.map(({ record }) => row(record)),
      ),
      ...seedsTable(runs.map(({ record }) => record)),
      ...splitsOf(runs.map(({ record }) => record.data)),
      ...evaluationsTable(runs),
      ...runs.flatMap(({ record: { name, insight, inspection, evaluations } }) => [
        ...(inspection ? inspectionFigures(name, inspection) : []),
        ...(insight ? insightTables(name, insight) : []),
        ...evaluations.flatMap((one) => furtherTables(`${name} on ${rowsOf(one)}`, one)),
      ]),
    ],
    charts,
    below: runs.map(({ record }) => reportConfiguration(record.name, record.config, links[record.runId])),
    format: RUNS_FORMAT,
    data: runsToJson(runs),
  });
}

/** Means over the seeds of each configuration; nothing where every run is of another one. */
function seedsTable(records: readonly RunRecord[]): string[] {
  const means = seedMeans(records);
  if (means.length === 0) return [];
  return [
    "<h2>Means over seeds</h2>",
    reportTable(
      SEEDS_HEAD,
      means.map(({ name, seeds, data, splits, logLoss, testAuc }) => [
        name,
        seeds.join(", "),
        data,
        splits.length > 1
          ? "– (evaluated on different splits)"
          : `${meanInWords(logLoss)}${logLoss ? ` (${splits[0]})` : ""}`,
        meanInWords(testAuc),
      ]),
    ),
    '<p class="note">At the last evaluation of each run. ± is half of the 95 % interval of the mean (Student’s t): ' +
      "for new seeds, on these same rows.</p>",
  ];
}

function meanInWords(found: SeedMean | null): string {
  if (!found) return "–";
  const { mean, radius } = found;
  return radius === null ? `${mean.toFixed(4)} (one seed)` : interval(mean, radius);
}

/** What the runs scored on rows of other choice; nothing where no run was evaluated so. */
function evaluationsTable(runs: readonly KeptRun[]): string[] {
  const rows = runs.flatMap(({ record: { name, data, evaluations } }) =>
    evaluations.map((evaluation) => {
      const { logLoss, auc, calibration } = fusedOf(evaluation);
      return [
        name,
        `${rowsOf(evaluation)}${isTrainedOn(evaluation, data) ? ", which it was trained on" : ""}${spaced(overlapWords(evaluation, data))}`,
        String(evaluation.rows),
        `${evaluation.weights}, step ${evaluation.step}`,
        withInterval(logLoss),
        auc ? withInterval(auc) : "–",
        calibration?.copc.toFixed(3) ?? "–",
        calibration?.ece.toFixed(4) ?? "–",
      ];
    }),
  );
  return rows.length === 0 ? [] : ["<h2>Evaluations</h2>", reportTable(EVALUATIONS_HEAD, rows)];
}

/** What else was measured on the rows of an evaluation. */
function furtherTables(name: string, { heads, insight, slices }: RunEvaluation): string[] {
  // A single branch is the model.
  const calibrations = (heads.length === 2 ? heads.slice(1) : heads).map(({ calibration }) => calibration);
  return [
    ...figures(`Calibration: ${name}`, [reliabilityFigure(calibrations)]),
    ...(insight ? insightTables(name, insight) : []),
    ...(slices ? slicesTable(name, slices) : []),
  ];
}

/** Whether a run's probabilities are true, and how its first two branches agree. */
function inspectionFigures(name: string, { step, rows, calibrations, density }: RunInspection): string[] {
  return figures(`Branches: ${name}, after step ${step}, on ${rows} test rows`, [
    reliabilityFigure(calibrations),
    ...(density ? [densityFigure(density)] : []),
  ]);
}

function figures(heading: string, svgs: readonly string[]): string[] {
  return [`<h2>${escaped(heading)}</h2>`, ...svgs.map((svg) => `<figure>${svg}</figure>`)];
}

function spaced(sentence: string | null): string {
  return sentence === null ? "" : `. ${sentence}`;
}

function withInterval({ value, low, high }: Figure): string {
  return `${value.toFixed(4)} (95 %: ${low.toFixed(4)} – ${high.toFixed(4)})`;
}

function row({ name, data, results: { best, last, testAuc }, rowsSeen, note, tags }: RunRecord): string[] {
  const interval = testAuc?.low ? `${testAuc.low.toFixed(4)} – ${testAuc.high?.toFixed(4)}` : "–";
  return [
    name,
    data.name,
    best ? `${best.logLoss.toFixed(4)} (${chosenOn(best)})` : "–",
    last?.logLoss.toFixed(4) ?? "–",
    testAuc?.value.toFixed(4) ?? "–",
    interval,
    String(rowsSeen),
    [...tags, note].join(" "),
  ];
}

type Heads = RunInsight["fields"][number]["logLoss"];

/** Headings, a sentence that says what was measured, and the tables. */
function insightTables(name: string, insight: RunInsight): string[] {
  const { step, split, rows, fields, interactions, gradients } = insight;
  const heads = headNames(fields[0]?.logLoss.length ?? 0);
  const share = ({ mean, radius }: Heads[number]) =>
    `${(100 * mean).toPrecision(3)} ± ${(100 * radius).toPrecision(2)} %`;
  const rise = ({ mean, radius }: Heads[number]) => `${mean.toFixed(5)} ± ${radius.toFixed(5)}`;
  const combined = interactions ? [...interactions.pairs, ...interactions.triples] : [];
  return [
    `<h2>Insight: ${escaped(name)}</h2>`,
    `<p>Rise of log loss, in nats a row, when a column’s values are dealt to the rows anew: ${rows} ${split} rows, after at most ${step} steps, with 95 % intervals over rows.</p>`,
    reportTable(
      ["Column", ...heads, "After step"],
      fields.map(({ column, step: at, logLoss }) => [column, ...logLoss.map(rise), String(at)]),
    ),
    ...(interactions && combined.length > 0
      ? [
          `<p>Share of the logit’s variance in terms that hold all these columns: ${interactions.rows} ${split} rows, after step ${interactions.step}, with 95 % intervals.</p>`,
          reportTable(
            ["Columns", ...heads],
            combined.map(({ columns, heads: own }) => [columns.join(" × "), ...own.map(share)]),
          ),
        ]
      : []),
    ...(gradients
      ? [
          `<p>Norms of the gradients of the click loss and of distillation before step ${gradients.step}, on ${gradients.rows} training rows, and the cosine between the two.</p>`,
          reportTable(
            ["Part", "Clicks", "Distillation", "Cosine"],
            gradients.parts.map(({ part, clicks, distillation, cosine }) => [
              partName(part),
              clicks.toPrecision(4),
              distillation.toPrecision(4),
              cosine?.toFixed(3) ?? "–",
            ]),
          ),
        ]
      : []),
  ];
}

/** How each output did on parts of the rows: a heading, a sentence that says what was measured, and a table. */
function slicesTable(name: string, { by, slices }: RunSlices): string[] {
  const heads = headNames(slices[0]?.heads.length ?? 0);
  const figures = ["log loss", "AUC", "COPC", "p"];
  const within = ({ value, low, high }: RunSlice["heads"][number]["logLoss"]) =>
    `${value.toFixed(4)} (${low.toFixed(4)} – ${high?.toFixed(4) ?? "∞"})`;
  return [
    `<h2>Slices by ${escaped(by)}: ${escaped(name)}</h2>`,
    "<p>Intervals of log loss and AUC hold for all slices together at 95 %; those of COPC are what chance leaves around 1. " +
      "p is that of a prediction that is right on average, after Holm.</p>",
    reportTable(
      ["Slice", "Rows", "Clicks", ...heads.flatMap((head) => figures.map((figure) => `${head}, ${figure}`))],
      slices.map((slice) => [
        slice.name,
        String(slice.rows),
        String(slice.clicks),
        ...slice.heads.flatMap(({ logLoss, auc, copc, p }) => [
          within(logLoss),
          auc ? within(auc) : "–",
          within(copc),
          p?.toPrecision(2) ?? "–",
        ]),
      ]),
    ),
  ];
}

function headNames(heads: number): string[] {
  return Array.from({ length: heads }, (_, h) =>
    h < heads - 1 ? `Branch ${h + 1}` : heads > 2 ? "Fused" : "Model",
  );
}
