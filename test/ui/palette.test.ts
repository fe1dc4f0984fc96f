// Colours hold against their ground, and stay apart for people who see fewer of them.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RUN_HUES, RUN_LOOKS } from "../../src/runs/record.ts";
import { createRuns } from "../../src/store/library/runs.ts";
import { runLook } from "../../src/ui/charts/runLook.ts";
import { createLibraryTabs } from "../library/tabs.ts";
import { madeRun } from "../runs/madeRun.ts";

const sheet = readFileSync("src/ui/palette.css", "utf8");

/** The custom properties of a scheme. */
function paletteOf(scheme: "light" | "dark"): Map<string, string> {
  const block = sheet.slice(sheet.indexOf(`scheme="${scheme}"] {`)).split("}")[0]!;
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]),
  );
}

type Triple = [number, number, number];

/** sRGB → linear light. */
function linear(hex: string): Triple {
  return [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as Triple;
}

/** WCAG 2.2, relative luminance. */
function contrast(a: string, b: string): number {
  const [x, y] = [a, b].map((hex) => {
    const [red, green, blue] = linear(hex);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  }) as [number, number];
  return Math.max(x, y) / Math.min(x, y);
}

// Machado, Oliveira and Fernandes 2009, severity 1.0, on linear light.
const VISIONS: Record<string, [Triple, Triple, Triple]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function apply(matrix: readonly Triple[], [x, y, z]: Triple): Triple {
  return matrix.map(([a, b, c]) => Math.min(1, Math.max(0, a * x + b * y + c * z))) as Triple;
}

/** Linear sRGB → CIELAB (D65). */
function lab(rgb: Triple): Triple {
  const [x, y, z] = [
    (0.4124 * rgb[0] + 0.3576 * rgb[1] + 0.1805 * rgb[2]) / 0.9505,
    0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2],
    (0.0193 * rgb[0] + 0.1192 * rgb[1] + 0.9505 * rgb[2]) / 1.089,
  ].map((value) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116)) as Triple;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** ΔE (CIE76) of two colours as a vision sees them. */
function difference(vision: string, one: string, other: string): number {
  const [a, b] = [one, other].map((hex) => lab(apply(VISIONS[vision]!, linear(hex)))) as [Triple, Triple];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

/** The least of any two under any vision. */
function leastDifference(colors: readonly string[]): number {
  return Math.min(
    ...Object.keys(VISIONS).flatMap((vision) =>
      colors.flatMap((a, i) => colors.slice(i + 1).map((b) => difference(vision, a, b))),
    ),
  );
}

describe.each(["light", "dark"] as const)("the %s palette", (scheme) => {
  const palette = paletteOf(scheme);
  const lines = (prefix: string) =>
    [...palette].filter(([name]) => name.startsWith(prefix)).map(([, hex]) => hex);

  it("has lines of 3:1 or more against the surface, and text of 4.5:1", () => {
    const surface = palette.get("surface")!;
    const drawn = [
      ...lines("run-"),
      ...lines("branch-"),
      ...lines("rate-"),
      palette.get("fused")!,
      palette.get("reference")!,
    ];
    for (const color of drawn) expect(contrast(color, surface), color).toBeGreaterThanOrEqual(3);
    for (const name of ["good", "mantine-color-dimmed", "mantine-color-error"])
      expect(contrast(palette.get(name)!, surface), name).toBeGreaterThanOrEqual(4.5);
  });

  it("has colours of click rates that are no branch's, with ends that differ under every vision", () => {
    const ends = lines("rate-");
    expect(leastDifference(ends)).toBeGreaterThanOrEqual(35);
    for (const end of ends)
      for (const branch of lines("branch-"))
        expect(difference("normal", end, branch), `${end} and ${branch}`).toBeGreaterThanOrEqual(35);
  });

  it("keeps the hues of runs, and branches and fusion, apart under every vision", () => {
    expect(lines("run-")).toHaveLength(RUN_HUES);
    expect(leastDifference(lines("run-"))).toBeGreaterThanOrEqual(28);
    const [first, second] = lines("branch-");
    expect(leastDifference([first!, second!, palette.get("fused")!])).toBeGreaterThanOrEqual(35);
  });
});

it("gives each of fifty runs a look of its own, for as long as it is kept", async () => {
  const runs = createRuns((await createLibraryTabs()).connect);
  const { record, curves } = madeRun(1);
  const keep = (i: number) =>
    runs.keep({ ...record, runId: `run-${i}`, color: runs.nextColor() }, curves, true);
  const looks = () =>
    new Map(runs.store.getState().records.map(({ runId, color }) => [runId, JSON.stringify(runLook(color))]));
  for (let i = 0; i < 50; i++) keep(i);
  expect(new Set(looks().values()).size).toBe(50);
  const before = looks();
  await runs.remove(["run-3", "run-30"]);
  keep(50);
  expect(looks().get("run-50")).toBe(before.get("run-3"));
  for (const [runId, look] of looks()) if (runId !== "run-50") expect(look).toBe(before.get(runId));
  expect(new Set(Array.from({ length: RUN_LOOKS }, (_, color) => JSON.stringify(runLook(color)))).size).toBe(
    RUN_LOOKS,
  );
});
