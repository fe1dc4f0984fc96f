// Which of the varied settings mattered: the share of the variance of the trials' ranks by validation log loss that a setting
// explains by itself. Ranks, because one trial that went astray would hide all others (Conover and Iman 1981). A list's share is that of the means of its values (one-way analysis of variance), a range's that of a
// parabola over its scale, so that a best place in the middle counts too. Both are adjusted for what as many free
// parameters explain by chance (ε², Kelley 1935), and the p-value is that of a permutation test (Fisher 1935): how often
// shuffled ranks are explained as well. The interval is the bootstrap's (Efron 1979) over trials.
// Interactions of settings are in none of the shares.

import { createRandom, type Random, shuffle } from "../base/random.ts";
import type { RungResult } from "./halving.ts";
import type { Setting } from "./settings.ts";
import type { Trial } from "./trials.ts";

/** With fewer trials nothing can be said. */
export const LEAST_FOR_EFFECTS = 6;

export interface Effect {
  path: string;
  /** Share of the variance, from 0 to 1, and its 90 % interval. */
  explained: number;
  low: number;
  high: number;
  /** Of no effect. */
  p: number;
  /** A list's values, or three equal parts of a range, each with the trials that had it and their mean log loss. */
  levels: { label: string; trials: number; logLoss: number }[];
}

export interface Effects {
  /** The rung at which all trials are compared, the last one that all came to. */
  rung: number;
  trials: number;
  /** The setting that explains most first. */
  effects: Effect[];
}

const SHUFFLES = 999;
const RESAMPLES = 400;

/** The effects at the first rung, where all trials have a figure; null with fewer than six. */
export function effectsOf(
  settings: readonly Setting[],
  trials: readonly Trial[],
  results: readonly RungResult[],
): Effects | null {
  const came = results
    .filter(({ rung, logLoss }) => rung === 0 && logLoss !== null)
    .toSorted((a, b) => a.trial - b.trial);
  if (came.length < LEAST_FOR_EFFECTS) return null;
  const losses = came.map(({ logLoss }) => logLoss!);
  const chosen = came.map(({ trial }) => trials[trial]!.choices);
  const effects = settings.map((setting, index) => {
    const places = chosen.map((choices) => placeOf(setting, choices[index]!));
    const effect = effectOf(setting, places, ranksOf(losses), createRandom(came.length, index));
    return { ...effect, levels: levelsOf(setting, places, losses) };
  });
  return { rung: 0, trials: came.length, effects: effects.toSorted((a, b) => b.explained - a.explained) };
}

/** A list's value by its index; a range's from −1 to 1 on its scale. */
function placeOf(setting: Setting, choice: Trial["choices"][number]): number {
  if (setting.kind === "list") return setting.choices.findIndex(({ label }) => label === choice.label);
  const { from, to, scale } = setting;
  const value = choice.value as number;
  const share = scale === "log" ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
  return 2 * share - 1;
}

/** 1 for the lowest; equal ones share the mean of their ranks. */
function ranksOf(losses: number[]): number[] {
  return losses.map(
    (loss) =>
      1 +
      losses.filter((other) => other < loss).length +
      (losses.filter((other) => other === loss).length - 1) / 2,
  );
}

function effectOf(
  setting: Setting,
  places: number[],
  ranks: number[],
  random: Random,
): Omit<Effect, "levels"> {
  const explain = setting.kind === "list" ? byMeans : byParabola;
  const { raw, share } = explain(places, ranks);
  let asWell = 0;
  const shuffled = [...ranks];
  for (let i = 0; i < SHUFFLES; i++)
    if (explain(places, shuffle(shuffled, random)).raw >= raw - 1e-12) asWell++;
  const resampled = Array.from({ length: RESAMPLES }, () => {
    const rows = ranks.map(() => Math.floor(random.uniform() * ranks.length));
    return explain(
      rows.map((row) => places[row]!),
      rows.map((row) => ranks[row]!),
    ).share;
  }).toSorted((a, b) => a - b);
  return {
    path: setting.path,
    explained: share,
    low: Math.min(share, resampled[Math.floor(0.05 * RESAMPLES)]!),
    high: Math.max(share, resampled[Math.ceil(0.95 * RESAMPLES) - 1]!),
    p: (1 + asWell) / (1 + SHUFFLES),
  };
}

interface Explained {
  /** R², and the same adjusted for chance, at least 0. */
  raw: number;
  share: number;
}

function adjusted(raw: number, count: number, free: number): Explained {
  const left = count - 1 - free;
  return { raw, share: left > 0 ? Math.max(0, 1 - ((1 - raw) * (count - 1)) / left) : 0 };
}

function byMeans(places: number[], losses: number[]): Explained {
  const groups = new Map<number, number[]>();
  for (const [i, place] of places.entries()) groups.set(place, [...(groups.get(place) ?? []), losses[i]!]);
  const within = [...groups.values()].reduce((sum, group) => sum + squares(group), 0);
  const total = squares(losses);
  return adjusted(total > 0 ? 1 - within / total : 0, losses.length, groups.size - 1);
}

/** Least squares of 1, x and x², by Gram and Schmidt. */
function byParabola(places: number[], losses: number[]): Explained {
  const total = squares(losses);
  const mean = meanOf(losses);
  let left = losses.map((loss) => loss - mean);
  const base: number[][] = [places.map(() => 1 / Math.sqrt(places.length))];
  let free = 0;
  for (const power of [1, 2]) {
    let column = places.map((x) => x ** power);
    const before = dot(column, column);
    for (const other of base) column = minus(column, other, dot(column, other));
    const length = Math.sqrt(dot(column, column));
    // Two values have no parabola of their own.
    if (length < 1e-6 * Math.sqrt(before) || length === 0) continue;
    column = column.map((x) => x / length);
    left = minus(left, column, dot(left, column));
    base.push(column);
    free++;
  }
  return adjusted(total > 0 ? 1 - dot(left, left) / total : 0, losses.length, free);
}

const PARTS = ["low", "middle", "high"];

function levelsOf(setting: Setting, places: number[], losses: number[]): Effect["levels"] {
  const level = (place: number) =>
    setting.kind === "list" ? place : Math.min(2, Math.floor(((place + 1) / 2) * 3));
  const labels = setting.kind === "list" ? setting.choices.map(({ label }) => label) : PARTS;
  return labels.flatMap((label, index) => {
    const having = losses.filter((_, i) => level(places[i]!) === index);
    return having.length > 0 ? [{ label, trials: having.length, logLoss: meanOf(having) }] : [];
  });
}

function meanOf(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function squares(values: number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

function dot(a: number[], b: number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i]!, 0);
}

function minus(a: number[], b: number[], factor: number): number[] {
  return a.map((x, i) => x - factor * b[i]!);
}
