// The configurations that a race tries: all combinations of a grid, or points drawn at random or by a Sobol' sequence.

import { problem } from "../base/problem.ts";
import { createRandom, hash32 } from "../base/random.ts";
import { err, ok, type Result } from "../base/result.ts";
import { type Config, parseConfig } from "../model/config.ts";
import { type Choice, choiceAt, gridChoices, type Setting, withSetting } from "./settings.ts";
import { MOST_DIMENSIONS, sobolPoints } from "./sobol.ts";

export const METHODS = ["grid", "random", "sobol", "sobol-unscrambled"] as const;
export type Method = (typeof METHODS)[number];

export const LEAST_TRIALS = 2;
export const MOST_TRIALS = 64;

export interface Trial {
  /** From 1. */
  number: number;
  /** What it has at each setting, in the order of the settings. */
  choices: Choice[];
  config: Config;
}

export interface Draw {
  settings: Setting[];
  method: Method;
  /** How many to draw; a grid has all its combinations. */
  count: number;
  seed: number;
}

export interface Trials {
  trials: Trial[];
  /** Combinations that cannot work, with the reason. */
  leftOut: { choices: Choice[]; reason: string }[];
}

/** The trials: each configuration once, and those that can work. */
export function makeTrials(base: Config, draw: Draw): Result<Trials> {
  const { settings, method, count } = draw;
  if (method === "grid") {
    const size = settings.reduce((product, setting) => product * gridChoices(setting).length, 1);
    if (size > MOST_TRIALS) return err(problem("race-too-many", { trials: size, most: MOST_TRIALS }));
    return collect(base, settings, combinations(settings.map(gridChoices)), size);
  }
  if (count < LEAST_TRIALS || count > MOST_TRIALS)
    return err(problem("race-trials", { trials: count, least: LEAST_TRIALS, most: MOST_TRIALS }));
  if (settings.length > MOST_DIMENSIONS)
    return err(
      problem("vary-invalid", { where: "", reason: `more than ${MOST_DIMENSIONS} settings are varied` }),
    );
  const drawn = pointsOf(draw).map((point) => settings.map((setting, i) => choiceAt(setting, point[i]!)));
  return collect(base, settings, drawn, count);
}

/** Lists give some points the same configuration: enough are drawn to make up for these. */
const SPARE = 16;

function pointsOf({ settings, method, count, seed }: Draw): number[][] {
  if (method !== "random")
    return sobolPoints(SPARE * count, settings.length, method === "sobol" ? seed : null);
  const random = createRandom(seed, settings.length);
  return Array.from({ length: SPARE * count }, () => settings.map(() => random.uniform()));
}

function combinations(lists: Choice[][]): Choice[][] {
  return lists.reduce<Choice[][]>(
    (found, list) => found.flatMap((chosen) => list.map((choice) => [...chosen, choice])),
    [[]],
  );
}

function collect(base: Config, settings: Setting[], drawn: Choice[][], count: number): Result<Trials> {
  const trials: Trial[] = [];
  const leftOut: Trials["leftOut"] = [];
  const seen = new Set<string>();
  for (const choices of drawn) {
    if (trials.length + leftOut.length === count) break;
    const config = configOf(base, settings, choices);
    const key = config.ok ? JSON.stringify(config.value) : JSON.stringify(choices);
    if (seen.has(key)) continue;
    seen.add(key);
    if (config.ok) trials.push({ number: trials.length + 1, choices, config: config.value });
    else leftOut.push({ choices, reason: config.problem.reason ?? config.problem.sentence });
  }
  if (trials.length >= LEAST_TRIALS) return ok({ trials, leftOut });
  const [first] = leftOut;
  const reason = first ? ` The first reason: ${first.reason}` : "";
  return err(problem("race-too-few", { trials: trials.length, tried: seen.size, reason }));
}

function configOf(base: Config, settings: Setting[], choices: Choice[]): Result<Config> {
  let config = base;
  for (const [i, { path }] of settings.entries()) {
    const { label, value } = choices[i]!;
    const changed = withSetting(config, path, value);
    if (changed === null)
      return err(problem("vary-invalid", { where: path, reason: `there is no place for ${label}` }));
    // What a value leaves out gets its default before later settings look for it; a fault may be mended by these.
    const parsed = parseConfig(changed);
    config = parsed.ok ? parsed.value : (changed as Config);
  }
  return parseConfig(config);
}

/**
 * The seed of a finalist when it is trained anew: the same for all, so that chance is shared; but where the race varied the
 * seed itself, each one's own draw.
 */
export function finalistSeed(
  { settings, trials }: { settings: Setting[]; trials: Trial[] },
  trial: number,
  seed: number,
): number {
  const variesSeed = settings.some(({ path }) => path === "seed");
  return variesSeed ? hash32(seed, trials[trial]!.config.seed) : seed;
}

/** A trial as people read it. */
export function trialName(number: number): string {
  return `Trial ${number}`;
}
