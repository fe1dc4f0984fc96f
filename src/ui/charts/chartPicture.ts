// A chart as a picture of its own: every style written out, the whole curves as paths, the lines' names beneath.

import { escaped } from "../../runs/reportPage.ts";
import type { Drawing } from "./Plot.tsx";
import { pathOf, plotScales } from "./scales.ts";
import { rowsOf } from "./series.ts";

const NAME_HEIGHT = 16;
const TITLE_HEIGHT = 24;
/** Pixels of a PNG for each of the page's. */
const PNG_SCALE = 2;
const STYLES = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-opacity",
  "stroke-width",
  "stroke-dasharray",
  "paint-order",
  "font-size",
  "font-family",
  "text-anchor",
];

export interface Picture {
  text: string;
  width: number;
  height: number;
}

/** A line of a picture's legend. */
export interface NamedLine {
  name: string;
  color: string;
  dashes?: string | undefined;
  sign?: string | null;
  width?: number;
}

/** What each chart on the page draws now. */
const drawn = new WeakMap<HTMLElement, { title: string; drawing: Drawing }>();

/** Says what the chart on `card` draws, for a picture of it. */
export function offerPicture(card: HTMLElement, title: string, drawing: Drawing): void {
  drawn.set(card, { title, drawing });
}

/** All charts that are drawn now, as SVGs. */
export function allChartSvgs(): string[] {
  const cards = [...document.querySelectorAll<HTMLElement>("[data-chart]")];
  return cards
    .filter((card) => drawn.has(card) && card.querySelector("[data-plot]"))
    .map((card) => chartPicture(card).text);
}

/** A drawing of its own, which no chart made, as a picture with a title, and its lines' names beneath. */
export function svgPicture(svg: SVGSVGElement, title: string, names: readonly NamedLine[] = []): Picture {
  const { width, height } = svg.getBoundingClientRect();
  const style = getComputedStyle(svg.parentElement!);
  const background = style.getPropertyValue("--surface").trim();
  const below = nameLines(names, height, { style, background });
  return framed(withStyles(svg), { width, height, title, style, background, below });
}

/** The picture as a PNG at twice the page's resolution. */
export async function pngOf({ text, width, height }: Picture): Promise<Blob> {
  const image = new Image(width, height);
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {
    width: width * PNG_SCALE,
    height: height * PNG_SCALE,
  });
  canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is empty")))),
  );
}

/** The chart on `card` as a picture. */
export function chartPicture(card: HTMLElement): Picture {
  const { title, drawing } = drawn.get(card)!;
  const svg = card.querySelector<SVGSVGElement>("svg.recharts-surface");
  if (!svg) throw new Error("the chart is not drawn");
  const { width, height } = svg.getBoundingClientRect();
  const style = getComputedStyle(card);
  const clone = withStyles(svg);
  for (const path of outlinePaths(svg, drawing, style)) clone.querySelector("[data-plot] > g")?.prepend(path);
  const names = [...rowsOf(drawing.series).values()].map(([first]) => first!);
  const background = style.backgroundColor;
  const below = nameLines(names, height, { style, background });
  return framed(clone, { width, height, title, style, background, below });
}

/** A colour that is the name of a CSS variable, as the page has it. */
function resolved(color: string, style: CSSStyleDeclaration): string {
  return color.startsWith("var(") ? style.getPropertyValue(color.slice(4, -1)).trim() : color;
}

/** A line of SVG for each name, below a drawing of `height`. */
function nameLines(
  names: readonly NamedLine[],
  height: number,
  { style, background }: { style: CSSStyleDeclaration; background: string },
): string[] {
  return names.map(({ name, color, dashes, sign = null, width = 2 }, i) => {
    const y = TITLE_HEIGHT + height + (i + 0.5) * NAME_HEIGHT;
    const stroke = resolved(color, style);
    const signed =
      sign === null
        ? ""
        : `<path d="M60 ${y}${sign}" fill="${background}" stroke="${stroke}" stroke-width="1.5"/>`;
    return (
      `<line x1="48" x2="72" y1="${y}" y2="${y}" stroke="${stroke}" stroke-width="${width}" ` +
      `stroke-dasharray="${dashes ?? "none"}"/>${signed}<text x="80" y="${y + 4}" font-size="11">${escaped(name)}</text>`
    );
  });
}

/** A drawing under its title, with a line of SVG for each name below it. */
function framed(
  drawing: SVGSVGElement,
  {
    width,
    height,
    title,
    style,
    background,
    below,
  }: {
    width: number;
    height: number;
    title: string;
    style: CSSStyleDeclaration;
    background: string;
    below: string[];
  },
): Picture {
  const total = TITLE_HEIGHT + height + below.length * NAME_HEIGHT + 8;
  for (const [name, value] of Object.entries({ y: TITLE_HEIGHT, width, height }))
    drawing.setAttribute(name, String(value));
  const text =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}" ` +
    `font-family="${escaped(style.fontFamily)}" fill="${style.color}">` +
    `<rect width="100%" height="100%" fill="${background}"/>` +
    `<text x="12" y="17" font-size="13" font-weight="600">${escaped(title)}</text>` +
    `${new XMLSerializer().serializeToString(drawing)}${below.join("")}</svg>`;
  return { text, width, height: total };
}

/** A copy that looks the same without the page's styles. */
function withStyles(svg: SVGSVGElement): SVGSVGElement {
  const clone = svg.cloneNode(true) as SVGSVGElement;
  const copies = [...clone.querySelectorAll("*")];
  for (const [i, element] of [...svg.querySelectorAll("*")].entries()) {
    const style = getComputedStyle(element);
    for (const name of STYLES) copies[i]!.setAttribute(name, style.getPropertyValue(name));
    copies[i]!.removeAttribute("class");
  }
  clone.removeAttribute("class");
  clone.removeAttribute("style");
  return clone;
}

function outlinePaths(svg: SVGSVGElement, drawing: Drawing, style: CSSStyleDeclaration): Element[] {
  const plot = svg.querySelector<SVGGElement>("[data-plot]");
  if (!plot) return [];
  const [width, height] = plot.dataset.plot!.split(" ").map(Number) as [number, number];
  const scales = plotScales({ width, height }, drawing);
  return drawing.series.flatMap(({ outline, color }) => {
    if (!outline) return [];
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", pathOf(outline, scales));
    path.setAttribute("fill", "none");
    path.setAttribute("stroke", resolved(color, style));
    path.setAttribute("stroke-opacity", "0.25");
    return [path];
  });
}
