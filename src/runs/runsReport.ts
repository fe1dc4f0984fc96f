// Runs as a report: a table, the charts as they were drawn, and all points, which the studio reads again.

import { chosenOn, type RunRecord } from "./record.ts";
import { reportConfiguration, reportPage, reportTable } from "./reportPage.ts";
import { type KeptRun, RUNS_FORMAT, runsToJson } from "./runsFile.ts";

const HEAD = ["Run", "Data", "Best log loss", "Last log loss", "Test AUC", "95 % interval", "Rows", "Note"];

/** The report's text in parts; `charts` are SVG texts. */
export function reportHtml(runs: readonly KeptRun[], charts: readonly string[]): string[] {
  return reportPage({
    title: runs.length === 1 ? runs[0]!.record.name : `${runs.length} runs`,
    above: [
      "<p>A report of FINAL Studio. Import this file there to have the runs again, with every point.</p>",
      reportTable(
        HEAD,
        runs.map(({ record }) => row(record)),
      ),
    ],
    charts,
    below: runs.map(({ record }) => reportConfiguration(record.name, record.config)),
    format: RUNS_FORMAT,
    data: runsToJson(runs),
  });
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
