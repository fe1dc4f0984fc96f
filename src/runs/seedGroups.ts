// Runs of one configuration on one data set that differ in their seed: one row of the list, one line of a chart.

import type { Member } from "../arena/questions.ts";
import { studentQuantile } from "../metrics/distributions.ts";
import type { Config } from "../model/config.ts";
import { configurationKey } from "./configDifference.ts";
import type { RunRecord } from "./record.ts";

/** A run by itself, or all runs of a configuration and data set where they have at least two different seeds. */
export interface RunGroup<R extends RunRecord = RunRecord> {
  /** The id of its first run, so that it stays while seeds are added. */
  id: string;
  name: string;
  /** The look of its first run. */
  color: number;
  /** By seed. */
  runs: R[];
  /** The runs that its figures are made of: one a seed, those alone that came to their end, if any did. */
  counted: R[];
}

/** Of the values of several seeds: what a new seed would have on average, with half of its 95 % interval. */
export interface SeedMean {
  mean: number;
  /** Student's t with n − 1 degrees of freedom; null with one seed. */
  radius: number | null;
  seeds: number;
}

/** The groups of `records`, each where its first run in that order stands. */
export function seedGroups<R extends RunRecord>(records: readonly R[]): RunGroup<R>[] {
  const alike = new Map<string, R[]>();
  for (const run of records) {
    const key = `${run.data.identity} ${keyOf(run.config)}`;
    alike.set(key, [...(alike.get(key) ?? []), run]);
  }
  const groups = [...alike.values()].flatMap((runs) =>
    new Set(runs.map(({ config }) => config.seed)).size > 1 ? [groupOf(runs)] : runs.map(aloneOf),
  );
  const places = new Map(records.map(({ runId }, place) => [runId, place]));
  const placeOf = ({ runs }: RunGroup<R>) => Math.min(...runs.map(({ runId }) => places.get(runId)!));
  return groups.sort((a, b) => placeOf(a) - placeOf(b));
}

/** A run as a group of its own. */
export function aloneOf<R extends RunRecord>(run: R): RunGroup<R> {
  return { id: run.runId, name: run.name, color: run.color, runs: [run], counted: [run] };
}

/** The different configurations of `groups` as members of an arena, the one that was trained first first, by its group's name. */
export function membersOf(groups: readonly RunGroup[]): Member[] {
  const startOf = ({ runs }: RunGroup) => Math.min(...runs.map(({ startedAt }) => startedAt));
  const members = new Map<string, Member>();
  for (const { name, runs } of groups.toSorted((a, b) => startOf(a) - startOf(b))) {
    const { config } = runs[0]!;
    if (!members.has(keyOf(config))) members.set(keyOf(config), { name, config });
  }
  return [...members.values()];
}

/** Mean over `values`, one a seed, and half of its 95 % interval; null where one of them is missing, or there is none. */
export function meanOverSeeds(values: readonly (number | null)[]): SeedMean | null {
  const known = values.filter((value) => value !== null);
  const seeds = known.length;
  if (seeds === 0 || seeds < values.length) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / seeds;
  if (seeds === 1) return { mean, radius: null, seeds };
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seeds - 1);
  return { mean, radius: studentQuantile(0.025, seeds - 1) * Math.sqrt(variance / seeds), seeds };
}

/** The different seeds of a group. */
export function seedsOf({ runs }: RunGroup): number[] {
  return [...new Set(runs.map(({ config }) => config.seed))];
}

function groupOf<R extends RunRecord>(runs: readonly R[]): RunGroup<R> {
  const bySeed = runs.toSorted((a, b) => a.config.seed - b.config.seed || a.startedAt - b.startedAt);
  const [first] = runs.toSorted((a, b) => a.startedAt - b.startedAt || a.runId.localeCompare(b.runId));
  return {
    id: first!.runId,
    name: nameOf(bySeed),
    color: first!.color,
    runs: bySeed,
    counted: countedOf(bySeed),
  };
}

/** Of each seed the newest run. One that was cut off has figures of another step, which no mean may mix with the others'. */
function countedOf<R extends RunRecord>(bySeed: readonly R[]): R[] {
  const ended = bySeed.filter(({ status }) => status === "completed" || status === "early-stopped");
  return [...new Map((ended.length > 0 ? ended : bySeed).map((run) => [run.config.seed, run])).values()];
}

/** What the names of all begin with, without " · seed" at its end; else the first one's, without its seed. */
function nameOf(runs: readonly RunRecord[]): string {
  const words = runs.map(({ name }) => name.split(" "));
  const [first] = words as [string[]];
  const differs = first.findIndex((word, i) => words.some((others) => others[i] !== word));
  const common = first.slice(0, differs < 0 ? first.length : differs).join(" ");
  return withoutSeed(common) || withoutSeed(runs[0]!.name) || runs[0]!.name;
}

function withoutSeed(name: string): string {
  return name.replace(/[\s·,:–-]*\b(seed)?[\s·,:–-]*\d*$/, (end) => (/seed|^\D*$/.test(end) ? "" : end));
}

const keys = new WeakMap<Config, string>();

function keyOf(config: Config): string {
  const key = keys.get(config) ?? configurationKey(config);
  keys.set(config, key);
  return key;
}
