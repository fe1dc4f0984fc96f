// What a person can choose of how a data set is made of a log, and which choices contradict each other: the same rules for
// the page and the command line.

import { type Problem, problem } from "../base/problem.ts";
import type { Rules } from "../shards/manifest.ts";
import type { Layout } from "../shards/rows.ts";
import { type ColumnChoice, isFeature } from "./roles.ts";

const MOST_COLUMNS = 4096;

/**
 * Rules by name. studio: what holds where nothing is chosen. mindspore: the thresholds of MindSpore's script, all rows
 * counted, no validation rows. fuxictr: as FuxiCTR's Criteo configurations have it.
 */
export const NAMED_RULES = {
  studio: {
    rule: "over",
    threshold: 100,
    split: "hash",
    seed: 2020,
    validShare: 0.1,
    testShare: 0.1,
    fittedOn: "train",
    idOrder: "count",
  },
  mindspore: {
    rule: "over",
    threshold: 100,
    split: "hash",
    seed: 2020,
    validShare: 0,
    testShare: 0.1,
    fittedOn: "all",
    idOrder: "count",
  },
  fuxictr: {
    rule: "at-least",
    threshold: 10,
    split: "random",
    seed: 2020,
    validShare: 0.1,
    testShare: 0.1,
    fittedOn: "train",
    idOrder: "count",
  },
} as const satisfies Record<string, Rules>;

export type RulesName = keyof typeof NAMED_RULES;
export const DEFAULT_RULES: Rules = NAMED_RULES.studio;

/** What is left out is as the files imply, else as the defaults say. */
export interface RuleChoices {
  threshold?: number | undefined;
  rule?: Rules["rule"] | undefined;
  /** Deals all rows anew, whatever the files are named. */
  split?: Exclude<Rules["split"], "given"> | undefined;
  seed?: number | undefined;
  validShare?: number | undefined;
  testShare?: number | undefined;
  fittedOn?: Exclude<Rules["fittedOn"], "given"> | undefined;
  idOrder?: Exclude<Rules["idOrder"], "given"> | undefined;
  /** Of a split by time: the last days or hours, as in "1d" or "6h". */
  validLast?: string | undefined;
  testLast?: string | undefined;
}

/** `base` with what a person chose; the ids of a data set that exists are fitted on nothing else. */
export function rulesOf(base: Rules, { validLast, testLast, ...choices }: RuleChoices): Rules {
  const chosen = Object.entries(choices).filter(([, choice]) => choice !== undefined);
  const rules: Rules = { ...base, ...Object.fromEntries(chosen) };
  // What is not chosen makes room for what is.
  if (choices.validShare === undefined) {
    if (rules.split === "mindspore") rules.validShare = 0;
    else rules.validShare = Math.min(rules.validShare, Math.max(0, round(1 - rules.testShare)));
  }
  if (choices.fittedOn === undefined && rules.split === "mindspore") rules.fittedOn = "all";
  if (base.fittedOn === "given") rules.fittedOn = base.fittedOn;
  if (rules.split !== "time") return rules;
  const times = { valid: validLast ?? "1d", test: testLast ?? "1d", validFrom: null, testFrom: null };
  return { ...rules, validShare: 0, testShare: 0, times };
}

/** Ten digits: 1 − 0.9 is 0.1. */
function round(share: number): number {
  return Math.round(share * 1e10) / 1e10;
}

/** The first thing that is wrong with the rules, with the choice at fault as its control; null where they can be. */
export function faultOfRules(rules: Rules): Problem | null {
  const { threshold, seed, split, testShare, validShare, fittedOn } = rules;
  if (!isWhole(threshold, 0, Number.MAX_SAFE_INTEGER)) return problem("threshold-invalid", {});
  if (!isWhole(seed, 0, 4294967295)) return problem("seed-invalid", {});
  if (!(testShare >= 0 && testShare <= 1)) return problem("test-share-invalid", {});
  if (!(validShare >= 0 && validShare <= 1)) return problem("valid-share-invalid", {});
  if (testShare + validShare > 1) return problem("shares-over-one", {});
  if (split === "time" && ![rules.times!.valid, rules.times!.test].every(isSpan))
    return problem("time-span-invalid", {});
  if (split === "given" && testShare + validShare > 0) return problem("shares-of-named-splits", {});
  if (split === "mindspore" && validShare > 0) return problem("mindspore-without-validation", {});
  if (split === "mindspore" && fittedOn !== "all") return problem("mindspore-counts-all", {});
  return null;
}

/** The same of how many of the first rows are taken. */
export function faultOfRows(rows: number): Problem | null {
  return isWhole(rows, 1, Number.MAX_SAFE_INTEGER) ? null : problem("rows-invalid", {});
}

/** The same of the columns that a log is said to have. */
export function faultOfLayout({ integers, categories }: Layout): Problem | null {
  if (!isWhole(integers, 0, MOST_COLUMNS)) return problem("integer-columns-invalid", {});
  if (!isWhole(categories, 0, MOST_COLUMNS)) return problem("category-columns-invalid", {});
  const columns = integers + categories;
  return isWhole(columns, 1, MOST_COLUMNS) ? null : problem("integer-columns-invalid", {});
}

function isSpan(text: string): boolean {
  return /^\d{1,6}[dh]$/.test(text);
}

/** The same of what each column of a table is said to be. */
export function faultOfColumns(columns: ColumnChoice[]): Problem | null {
  const labels = columns.filter(({ role }) => role === "label");
  if (labels.length === 0) return problem("columns-without-label", {});
  if (labels.length > 1) return problem("columns-with-labels", { names: labels.map(({ name }) => name) });
  return columns.some(isFeature) ? null : problem("columns-without-features", {});
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
