// What a race varies: settings of a configuration by their paths, each a list of values or a range of numbers.

import { problem } from "../base/problem.ts";
import { err, ok, type Result } from "../base/result.ts";
import { z } from "../base/zod.ts";
import { type Config, parseConfig } from "../model/config.ts";

/** A value that a list offers, and how people read it. */
export interface Choice {
  label: string;
  value: unknown;
}

export interface ListSetting {
  kind: "list";
  /** Names joined by dots, as in `optimizer.learningRate`; `*` stands for each of a list, as in `branches.*.units.*.dropout`. */
  path: string;
  choices: Choice[];
}

export interface RangeSetting {
  kind: "range";
  path: string;
  from: number;
  to: number;
  scale: "linear" | "log";
  /** Whole numbers only, because the configuration refuses others. */
  whole: boolean;
  /** Values of a grid, ends included. */
  steps: number;
}

export type Setting = ListSetting | RangeSetting;

const DEFAULT_STEPS = 3;

const rangeSchema = z.strictObject({
  from: z.number(),
  to: z.number(),
  scale: z.enum(["linear", "log"]).default("linear"),
  steps: z.number().int().min(2).max(64).default(DEFAULT_STEPS),
});
const namedSchema = z.strictObject({ name: z.string().min(1).max(200), value: z.unknown() });

/**
 * The settings that `input` varies: a map from path to a list of values (a value may be `{name, value}`) or to
 * `{from, to, scale, steps}`. The problem names the first that does not fit `base`.
 */
export function parseVary(input: unknown, base: Config): Result<Setting[]> {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    return invalid("", "it is not a map from settings to lists or ranges");
  const entries = Object.entries(input);
  if (entries.length === 0) return invalid("", "it names no setting");
  const settings: Setting[] = [];
  for (const [path, written] of entries) {
    const setting = Array.isArray(written) ? listOf(path, written) : rangeOf(path, written, base);
    if (!setting.ok) return setting;
    if (withSetting(base, path, null) === null) return invalid(path, "the configuration has no such setting");
    settings.push(setting.value);
  }
  return ok(settings);
}

function listOf(path: string, values: unknown[]): Result<Setting> {
  if (values.length < 2) return invalid(path, "a list needs two values or more");
  const choices = values.map((value): Choice => {
    const named = namedSchema.safeParse(value);
    return named.success
      ? { label: named.data.name, value: named.data.value }
      : { label: typeof value === "string" ? value : JSON.stringify(value), value };
  });
  const labels = choices.map(({ label }) => label);
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  return twice === undefined
    ? ok({ kind: "list", path, choices })
    : invalid(path, `${twice} is listed twice`);
}

function rangeOf(path: string, written: unknown, base: Config): Result<Setting> {
  const parsed = rangeSchema.safeParse(written);
  if (!parsed.success)
    return invalid(path, "it is neither a list nor {from: …, to: …, scale: linear or log}");
  const { from, to, scale, steps } = parsed.data;
  if (!(from < to)) return invalid(path, `the range from ${from} to ${to} is empty`);
  if (scale === "log" && from <= 0) return invalid(path, "a log scale begins above 0");
  const fits = (value: number) => parseConfig(withSetting(base, path, value)).ok;
  const whole =
    Number.isInteger(from) && Number.isInteger(to) && fits(from) && !fits(from + 0.5) && fits(from + 1);
  return ok({ kind: "range", path, from, to, scale, whole, steps });
}

function invalid(where: string, reason: string) {
  return err(problem("vary-invalid", { where, reason }));
}

/** The choice at `place` in [0, 1) of a setting. */
export function choiceAt(setting: Setting, place: number): Choice {
  if (setting.kind === "list") return setting.choices[Math.floor(place * setting.choices.length)]!;
  const { from, to, scale, whole } = setting;
  // Each whole number gets an equal share of the range.
  const [low, high] = whole ? [from - 0.5, to + 0.5] : [from, to];
  if (scale === "log" && !whole) return numberChoice(from * (to / from) ** place);
  if (scale === "log") {
    const start = Math.max(low, from / 2);
    return numberChoice(clamp(Math.round(start * (high / start) ** place), from, to));
  }
  const value = low + (high - low) * place;
  return numberChoice(whole ? clamp(Math.round(value), from, to) : value);
}

/** All choices of a setting in a grid. */
export function gridChoices(setting: Setting): Choice[] {
  if (setting.kind === "list") return setting.choices;
  const { from, to, scale, whole, steps } = setting;
  const values = Array.from({ length: steps }, (_, i) => {
    const share = i / (steps - 1);
    const value = scale === "log" ? from * (to / from) ** share : from + (to - from) * share;
    return whole ? Math.round(value) : value;
  });
  return [...new Set(values.map(rounded))].map(numberChoice);
}

function numberChoice(value: number): Choice {
  const short = rounded(value);
  return { label: String(short), value: short };
}

/** Four digits are enough for a setting, and people read them. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

/** `config` with another value at a path, unchecked; null where it has no such place. */
export function withSetting(config: Config, path: string, value: unknown): unknown {
  const copy: unknown = structuredClone(config);
  return put(copy, path.split("."), value) ? copy : null;
}

function put(inside: unknown, [name = "", ...rest]: string[], value: unknown): boolean {
  if (typeof inside !== "object" || inside === null) return false;
  if (name === "*" && Array.isArray(inside))
    return inside.filter((item) => put(item, rest, value)).length > 0;
  const holder = inside as Record<string, unknown>;
  if (!Object.hasOwn(holder, name)) return false;
  if (rest.length > 0) return put(holder[name], rest, value);
  holder[name] = value;
  return true;
}

/** Every setting of a configuration that can be varied by itself, with its first value; the same place of all branches or units is one. */
export function settingsIn(config: Config): Map<string, unknown> {
  const found = new Map<string, unknown>();
  collect(config, [], found);
  return found;
}

const FIXED = new Set(["fields", "vocabSize", "seed", "branches.*.kind", "schedule.type"]);

function collect(inside: unknown, path: string[], found: Map<string, unknown>): void {
  if (Array.isArray(inside)) for (const item of inside) collect(item, [...path, "*"], found);
  else if (typeof inside === "object" && inside !== null)
    for (const [name, value] of Object.entries(inside)) collect(value, [...path, name], found);
  else if (inside !== null && !FIXED.has(path.join(".")) && !found.has(path.join(".")))
    found.set(path.join("."), inside);
}
