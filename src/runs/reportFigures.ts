// Figures that a report draws itself, from what is kept of a run: SVG with every style written out.

import type { Calibration } from "../metrics/calibration.ts";
import { escaped } from "./reportPage.ts";
import type { RunInspection } from "./runInspection.ts";

/** The page's colours of branches, of the fused output and of click rates, on white (src/ui/palette.css). */
const BRANCHES = ["#0072b2", "#c44e00", "#00795e", "#a2387f"];
const FUSED = "#111111";
const GREY = "#5f6670";
const RATE_LOW = "#8a8f98";
const RATE_HIGH = "#7a0019";
const DASHES = ["6 3", "2 2", "9 3 2 3", "4 2 1 2 1 2"];

const LEFT = 44;
const TOP = 30;
const SIDE = 280;
const WIDTH = LEFT + SIDE + 12;
const LINE = 16;

/** Click rate against predicted probability of each output, with 95 % intervals of the last one, and COPC and ECE beneath. */
export function reliabilityFigure(calibrations: readonly (Calibration | null)[]): string {
  const bins = calibrations.flatMap((head) => head?.bins ?? []);
  const most = Math.max(0.01, ...bins.flatMap(({ predicted, high }) => [predicted, high]));
  const at = (share: number) => share / most;
  const lines = calibrations.map((head, h) => {
    if (!head) return "";
    const { color, dashes } = lookOf(h, calibrations.length);
    const isLast = h === calibrations.length - 1;
    const dots = head.bins.map(
      ({ predicted, clicked }) =>
        `<circle cx="${x(at(predicted))}" cy="${y(at(clicked))}" r="2" fill="${color}"/>`,
    );
    const path = head.bins.map(({ predicted, clicked }) => `${x(at(predicted))},${y(at(clicked))}`).join(" ");
    const bars = head.bins.map(
      ({ predicted, low, high }) => `M${x(at(predicted))} ${y(at(low))}V${y(at(high))}`,
    );
    return (
      `<polyline points="${path}" fill="none" stroke="${color}" stroke-width="1.5" stroke-dasharray="${dashes}"/>${dots.join("")}` +
      (isLast ? `<path d="${bars.join("")}" stroke="${color}" stroke-opacity="0.5"/>` : "")
    );
  });
  const names = calibrations.map((head, h) => {
    const { name, color, dashes } = lookOf(h, calibrations.length);
    const figures = head ? `COPC ${head.copc.toFixed(3)}, ECE ${head.ece.toFixed(4)}` : "not a number";
    return legendLine(h, `${name}: ${figures}`, color, dashes);
  });
  return framed("Reliability", calibrations.length, [
    diagonal(),
    axes(["0", most.toFixed(2)], ["predicted probability", "click rate"]),
    ...lines,
    ...names,
  ]);
}

/** Branch 1's logit against branch 2's: the darker a cell, the more rows; its colour from grey to dark red by their click rate. */
export function densityFigure(density: NonNullable<RunInspection["density"]>): string {
  const { low, high, cells, held, correlation } = density;
  const most = Math.log1p(Math.max(1, ...held.map(([, rows]) => rows)));
  // Cells of a few rows have click rates by chance alone: they do not set the scale.
  const highest = Math.max(0.01, ...held.map(([, rows, clicks]) => (rows >= 20 ? clicks / rows : 0)));
  const size = SIDE / cells;
  const squares = held.map(([cell, rows, clicks]) => {
    const [first, second] = [cell % cells, Math.floor(cell / cells)];
    const color = between(RATE_LOW, RATE_HIGH, Math.min(1, clicks / rows / highest));
    const opacity = (0.15 + (0.85 * Math.log1p(rows)) / most).toFixed(2);
    return `<rect x="${x(first / cells)}" y="${y((second + 1) / cells)}" width="${size}" height="${size}" fill="${color}" fill-opacity="${opacity}"/>`;
  });
  const words = correlation === null ? "none" : correlation.toFixed(3);
  return framed("Logits of branch 1 against branch 2", 3, [
    ...squares,
    diagonal(),
    axes([low.toFixed(1), high.toFixed(1)], ["logit of branch 1", "logit of branch 2"]),
    text(LEFT, below(0), `Correlation ${words}; on the dashed line they agree`),
    text(LEFT, below(1), "Grey: few were clicked, dark red: many"),
    text(LEFT, below(2), "Stronger: more rows"),
  ]);
}

/** Positions of shares of the square's sides. */
function x(share: number): number {
  return round(LEFT + SIDE * share);
}

function y(share: number): number {
  return round(TOP + SIDE * (1 - share));
}

function round(position: number): number {
  return Math.round(10 * position) / 10;
}

/** Of a line of words under the square and its axis. */
function below(line: number): number {
  return TOP + SIDE + 36 + line * LINE;
}

function lookOf(head: number, heads: number): { name: string; color: string; dashes: string } {
  if (head === heads - 1) return { name: heads > 1 ? "Fused" : "Model", color: FUSED, dashes: "none" };
  return { name: `Branch ${head + 1}`, color: BRANCHES[head] ?? GREY, dashes: DASHES[head] ?? "1 3" };
}

function legendLine(line: number, words: string, color: string, dashes: string): string {
  const at = below(line);
  return (
    `<line x1="${LEFT}" x2="${LEFT + 24}" y1="${at - 4}" y2="${at - 4}" stroke="${color}" stroke-width="2" stroke-dasharray="${dashes}"/>` +
    text(LEFT + 32, at, words)
  );
}

function diagonal(): string {
  return `<line x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}" stroke="${GREY}" stroke-dasharray="4 4"/>`;
}

/** The square, the ends of both axes, which are alike, and the axes' names. */
function axes([low, high]: [string, string], [across, up]: [string, string]): string {
  const bottom = TOP + SIDE + 14;
  return [
    `<rect x="${LEFT}" y="${TOP}" width="${SIDE}" height="${SIDE}" fill="none" stroke="#cccccc"/>`,
    text(x(0), bottom, low, "middle"),
    text(x(0.5), bottom, across, "middle"),
    text(x(1), bottom, high, "end"),
    `<g transform="translate(${LEFT - 8} ${TOP + SIDE}) rotate(-90)">`,
    text(0, 0, low),
    text(SIDE / 2, 0, up, "middle"),
    text(SIDE, 0, high, "end"),
    "</g>",
  ].join("");
}

function text(left: number, baseline: number, words: string, anchor = "start"): string {
  return `<text x="${left}" y="${baseline}" font-size="12" text-anchor="${anchor}" fill="${FUSED}">${escaped(words)}</text>`;
}

function framed(title: string, lines: number, parts: readonly string[]): string {
  const height = below(lines);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" ` +
    `font-family="system-ui, sans-serif" role="img"><title>${escaped(title)}</title>` +
    `<text x="${LEFT}" y="18" font-size="13" font-weight="600" fill="${FUSED}">${escaped(title)}</text>${parts.join("")}</svg>`
  );
}

/** A colour between two of the form #rrggbb. */
function between(from: string, to: string, share: number): string {
  const channels = [1, 3, 5].map((at) => {
    const [low, high] = [from, to].map((color) => Number.parseInt(color.slice(at, at + 2), 16)) as [
      number,
      number,
    ];
    return Math.round(low + share * (high - low));
  });
  return `rgb(${channels.join(",")})`;
}
