// Runs as one HTML file that opens anywhere: a table, the charts as they were drawn, and all points, which the studio
// reads again. It runs no script.

import { type KeptRun, REPORT_DATA, runsToJson } from "./runsFile.ts";
import type { RunRecord } from "./runsRecord.ts";

const STYLE =
  "body{font:14px system-ui,sans-serif;margin:24px;max-width:1100px;color:#111;background:#fff}" +
  "table{border-collapse:collapse}th,td{padding:4px 10px;border-bottom:1px solid #ddd;text-align:start}" +
  "figure{display:inline-block;margin:12px 12px 0 0}pre{white-space:pre-wrap;font-size:12px}";

/** The report's text in parts; `charts` are SVG texts. */
export function reportHtml(runs: readonly KeptRun[], charts: readonly string[]): string[] {
  const title = runs.length === 1 ? runs[0]!.record.name : `${runs.length} runs`;
  const rows = runs.map(({ record }) => row(record)).join("\n");
  const head = ["Run", "Data", "Best log loss", "Last log loss", "Test AUC", "95 % interval", "Rows", "Note"];
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)} · FINAL Studio</title>` +
      `<style>${STYLE}</style></head><body><h1>${escaped(title)}</h1>` +
      "<p>A report of FINAL Studio. Import this file there to have the runs again, with every point.</p>" +
      `<table><thead><tr>${head.map((name) => `<th scope="col">${name}</th>`).join("")}</tr></thead>` +
      `<tbody>${rows}</tbody></table>`,
    ...charts.map((svg) => `<figure>${svg}</figure>`),
    ...runs.map(({ record }) => configurationOf(record)),
    REPORT_DATA.open,
    // Inside a script nothing may look like a tag.
    ...runsToJson(runs).map((part) => part.replaceAll("<", "\\u003c")),
    `${REPORT_DATA.close}</body></html>\n`,
  ];
}

function row({ name, data, results: { best, last, testAuc }, rowsSeen, note, tags }: RunRecord): string {
  const interval = testAuc?.low ? `${testAuc.low.toFixed(4)} – ${testAuc.high?.toFixed(4)}` : "–";
  const cells = [
    ...[data.name, best?.logLoss.toFixed(4) ?? "–", last?.logLoss.toFixed(4) ?? "–"],
    ...[testAuc?.value.toFixed(4) ?? "–", interval, String(rowsSeen), [...tags, note].join(" ")],
  ];
  return `<tr><th scope="row">${escaped(name)}</th>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`;
}

function configurationOf({ name, config }: RunRecord): string {
  return `<details><summary>Configuration of ${escaped(name)}</summary><pre>${escaped(JSON.stringify(config, null, 2))}</pre></details>`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
