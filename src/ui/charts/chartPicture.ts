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

interface Picture {
  text: string;
  width: number;
  height: number;
}

/** What each chart on the page draws now. */
const drawn = new WeakMap<HTMLElement, { title: string; drawing: Drawing }>();

/** Says what the chart on `card` draws, for a picture of it. */
export function offerPicture(card: HTMLElement, title: string, drawing: Drawing): void {
  drawn.set(card, { title, drawing });
}

/** The chart on `card` as an SVG's text. */
export function chartSvg(card: HTMLElement): string {
  return picture(card).text;
}

/** All charts that are drawn now, as SVGs. */
export function allChartSvgs(): string[] {
  const cards = [...document.querySelectorAll<HTMLElement>("[data-chart]")];
  return cards.filter((card) => drawn.has(card) && card.querySelector("[data-plot]")).map(chartSvg);
}

/** The same as a PNG at twice the page's resolution. */
export function chartPng(card: HTMLElement): Promise<Blob> {
  return pngOf(picture(card));
}

/** A drawing of its own, which no chart made, as a picture with a title. */
export function svgPicture(svg: SVGSVGElement, title: string): Picture {
  const card = svg.parentElement!;
  const { width, height } = svg.getBoundingClientRect();
  const style = getComputedStyle(card);
  const background = style.getPropertyValue("--surface").trim();
  return framed(withStyles(svg), { width, height, title, style, background, below: [] });
}

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

function picture(card: HTMLElement): Picture {
  const { title, drawing } = drawn.get(card)!;
  const svg = card.querySelector<SVGSVGElement>("svg.recharts-surface");
  if (!svg) throw new Error("the chart is not drawn");
  const { width, height } = svg.getBoundingClientRect();
  const style = getComputedStyle(card);
  const resolved = (color: string) =>
    color.startsWith("var(") ? style.getPropertyValue(color.slice(4, -1)).trim() : color;
  const clone = withStyles(svg);
  for (const path of outlinePaths(svg, drawing, resolved))
    clone.querySelector("[data-plot] > g")?.prepend(path);
  const signed = (sign: string | null, y: number, color: string) =>
    sign === null
      ? ""
      : `<path d="M60 ${y}${sign}" fill="${style.backgroundColor}" stroke="${resolved(color)}" stroke-width="1.5"/>`;
  const names = [...rowsOf(drawing.series).values()].map(([first]) => first!);
  const below = names.map(({ name, color, dashes, sign, width: stroke }, i) => {
    const y = TITLE_HEIGHT + height + (i + 0.5) * NAME_HEIGHT;
    return (
      `<line x1="48" x2="72" y1="${y}" y2="${y}" stroke="${resolved(color)}" stroke-width="${stroke}" ` +
      `stroke-dasharray="${dashes ?? "none"}"/>${signed(sign, y, color)}<text x="80" y="${y + 4}" font-size="11">${escaped(name)}</text>`
    );
  });
  return framed(clone, { width, height, title, style, background: style.backgroundColor, below });
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

function outlinePaths(svg: SVGSVGElement, drawing: Drawing, resolved: (color: string) => string): Element[] {
  const plot = svg.querySelector<SVGGElement>("[data-plot]");
  if (!plot) return [];
  const [width, height] = plot.dataset.plot!.split(" ").map(Number) as [number, number];
  const scales = plotScales({ width, height }, drawing);
  return drawing.series.flatMap(({ outline, color }) => {
    if (!outline) return [];
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", pathOf(outline, scales));
    path.setAttribute("fill", "none");
    path.setAttribute("stroke", resolved(color));
    path.setAttribute("stroke-opacity", "0.25");
    return [path];
  });
}
