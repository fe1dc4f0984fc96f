// A report: one HTML file that opens anywhere, without the studio and without running a script.

import { embedded } from "./dataFile.ts";
import { type RunData, splitsInWords } from "./record.ts";

const STYLE =
  "body{font:14px system-ui,sans-serif;margin:24px;max-width:1100px;color:#111;background:#fff}" +
  "table{border-collapse:collapse;margin-top:12px}th,td{padding:4px 10px;border-bottom:1px solid #ddd;text-align:start}" +
  "figure{display:inline-block;vertical-align:top;margin:12px 12px 0 0}pre{white-space:pre-wrap;font-size:12px}" +
  ".note{font-size:12px;color:#555;margin:2px 0 0}";

interface ReportPage {
  title: string;
  /** HTML of what stands above the charts, and below them. */
  above: readonly string[];
  below: readonly string[];
  /** SVG texts. */
  charts: readonly string[];
  /** What the studio reads again, as JSON in parts. */
  format: string;
  data: readonly string[];
}

/** The page's text in parts. */
export function reportPage({ title, above, below, charts, format, data }: ReportPage): string[] {
  return [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escaped(title)} · FINAL Studio</title>` +
      `<style>${STYLE}</style></head><body><h1>${escaped(title)}</h1>`,
    ...above,
    ...charts.map((svg) => `<figure>${svg}</figure>`),
    ...below,
    ...embedded(format, data),
    "</body></html>\n",
  ];
}

/** A table; the first cell of each row names it. */
export function reportTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const body = rows.map(
    ([name = "", ...cells]) =>
      `<tr><th scope="row">${escaped(name)}</th>${cells.map((cell) => `<td>${escaped(cell)}</td>`).join("")}</tr>`,
  );
  return (
    `<table><thead><tr>${head.map((name) => `<th scope="col">${escaped(name)}</th>`).join("")}</tr></thead>` +
    `<tbody>${body.join("\n")}</tbody></table>`
  );
}

/** The data sets of a report with their splits, each once; nothing where none was kept. */
export function splitsOf(data: readonly RunData[]): string[] {
  const lines = data.flatMap((one) => {
    const words = splitsInWords(one);
    return words === null ? [] : [`<p class="note">Rows of ${escaped(one.name)}: ${escaped(words)}.</p>`];
  });
  return [...new Set(lines)];
}

/** A link to the studio; nothing where there is none. */
export function reportLink(words: string, link: string | null | undefined): string {
  return link ? `<p><a href="${escaped(link)}">${escaped(words)}</a></p>` : "";
}

/** A configuration, folded away; `link` opens it in the studio. */
export function reportConfiguration(name: string, config: unknown, link?: string): string {
  return `<details><summary>Configuration of ${escaped(name)}</summary><pre>${escaped(JSON.stringify(config, null, 2))}</pre>${reportLink("Open it in the studio", link)}</details>`;
}

/** Text as it stands in HTML and in attributes between double quotes. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
