// What a person chooses in the import dialog, as it stands in its fields, and what that asks for.

import type { Problem } from "../../base/problem.ts";
import type { DatasetLocation, FilesSaid, ImportOptions, LogReport } from "../../datasets/requests.ts";
import type { TableColumn } from "../../preprocess/formats/columns.ts";
import type { ColumnChoice } from "../../preprocess/roles.ts";
import {
  faultOfColumns,
  faultOfRows,
  faultOfRules,
  NAMED_RULES,
  type RuleChoices,
  type RulesName,
  rulesOf,
} from "../../preprocess/rules.ts";
import type { DatasetSummary } from "../../train/requests.ts";

/** Of larger logs the first rows are offered first. */
const MANY_ROWS = 5_000_000;
const FIRST_ROWS = 1_000_000;
/** MindSpore's threshold is meant for tens of millions of rows. */
const THRESHOLDS = { few: 10, many: 100 };

/** Numbers are as they were typed. */
export interface ImportChoices {
  name: string;
  part: "all" | "first";
  rows: number | string;
  ids: "own" | "open";
  threshold: number | string;
  rule: NonNullable<RuleChoices["rule"]>;
  /** named: as the files are called. */
  split: NonNullable<RuleChoices["split"]> | "named";
  testShare: number | string;
  validShare: number | string;
  seed: number | string;
  /** Of a split by time, as in "1d" or "6h". */
  testLast: string;
  validLast: string;
  fittedOn: NonNullable<RuleChoices["fittedOn"]>;
  idOrder: NonNullable<RuleChoices["idOrder"]>;
  numbers: boolean;
  /** What each column of a table is; null where there are no names to say it of. */
  columns: TableColumn[] | null;
}

/** What is offered first. */
export function firstChoices(report: LogReport): ImportChoices {
  const { name, rows, hasIds, numbers, rules } = report;
  const isLarge = rows > MANY_ROWS;
  const { rule, testShare, validShare, seed } = rules;
  return {
    name,
    part: isLarge ? "first" : "all",
    rows: Math.min(FIRST_ROWS, rows),
    ids: "own",
    threshold: hasIds ? rules.threshold : isLarge ? THRESHOLDS.many : THRESHOLDS.few,
    rule,
    split: hasNamedSplits(report) ? "named" : "hash",
    testShare,
    validShare,
    seed,
    testLast: "1d",
    validLast: "1d",
    fittedOn: "train",
    idOrder: "count",
    numbers,
    columns: report.table,
  };
}

/** The choices with all the rules that go by a name; thresholds stay where values have ids already. */
export function withNamedRules(choices: ImportChoices, report: LogReport, name: RulesName): ImportChoices {
  const { rule, threshold, split, testShare, validShare, fittedOn, idOrder } = NAMED_RULES[name];
  const first = firstChoices(report);
  return {
    ...choices,
    // Rows of some hundred thousand lines have few values that occur a hundred times.
    ...(name === "studio" ? { rule: first.rule, threshold: first.threshold } : { rule, threshold }),
    split: choices.split === "named" ? "named" : split,
    testShare,
    validShare,
    fittedOn,
    idOrder,
  };
}

export function hasNamedSplits({ files }: LogReport): boolean {
  return files.some(({ split }) => split !== null);
}

/** Whether values are counted to give them ids: not where they have ids, or take an open data set's. */
export function countsValues({ ids }: ImportChoices, { hasIds, isText }: LogReport): boolean {
  return ids === "own" && (isText || !hasIds);
}

/** Why the ids of the open data set cannot be taken; null where they can. */
export function misfitOf(
  { columns, table }: LogReport,
  open: Pick<DatasetSummary, "columns">,
): string | null {
  if (table?.some(({ name }) => open.columns.some((column) => column.name === name))) {
    const missing = open.columns.find((column) => table.every(({ name }) => name !== column.name));
    return missing ? `These files have no column "${missing.name}": its ids do not fit.` : null;
  }
  const integers = open.columns.filter(({ kind }) => kind === "integer").length;
  const categories = open.columns.length - integers;
  if (integers === columns.integers && categories === columns.categories) return null;
  return `It has ${integers} columns of integers and ${categories} of categories, these files ${columns.integers} and ${columns.categories}: its ids do not fit.`;
}

/** What the worker is asked for. */
export function optionsOf(
  choices: ImportChoices,
  report: LogReport,
  said: ImportOptions["said"],
  open: DatasetLocation | undefined,
): ImportOptions {
  const { name, part, rows, ids, numbers } = choices;
  return {
    name: name.trim() || null,
    rows: part === "first" ? number(rows) : null,
    said: saidOf(choices, report, said),
    numbers: report.isText && numbers !== report.numbers ? numbers : null,
    rules: ids === "own" ? ownRules(choices, report) : rulesForOpen(report),
    vocabularyOf: ids === "open" && open ? open : null,
  };
}

/** What was said before, or what was changed since. */
function saidOf({ columns, ids }: ImportChoices, { table }: LogReport, said: FilesSaid): FilesSaid {
  const ofFiles = {
    ...(said.encoding !== undefined && { encoding: said.encoding }),
    ...(said.only && { only: said.only }),
  };
  if (ids === "open") return ofFiles;
  return columns && columns !== table ? { ...ofFiles, columns: choicesOf(columns) } : said;
}

/** The choices alone, without what a person looked at to make them. */
export function choicesOf(columns: TableColumn[]): ColumnChoice[] {
  return columns.map(({ samples: _, values: __, ...choice }) => choice);
}

/** The first choice that cannot be, as the command line would refuse it; null where all can. */
export function faultOf(
  { rows, rules, said, vocabularyOf }: ImportOptions,
  report: LogReport,
): Problem | null {
  const base: LogReport["rules"] = { ...report.rules, ...(vocabularyOf && { fittedOn: "given" as const }) };
  return (
    (rows === null ? null : faultOfRows(rows)) ??
    (said.columns ? faultOfColumns(said.columns) : null) ??
    faultOfRules(rulesOf(base, rules))
  );
}

function ownRules(choices: ImportChoices, report: LogReport): RuleChoices {
  const { rule, split, fittedOn, idOrder, numbers } = choices;
  return {
    fittedOn,
    ...(countsValues(choices, report) && { threshold: number(choices.threshold), rule }),
    ...(report.isText && !numbers && { idOrder }),
    ...(split !== "named" && { split }),
    ...(split === "time" && { testLast: choices.testLast, validLast: choices.validLast }),
    ...((split === "hash" || split === "random" || split === "mindspore") && {
      testShare: number(choices.testShare),
      validShare: number(choices.validShare),
      seed: number(choices.seed),
    }),
  };
}

/** All rows are test rows, unless the files are named for their splits. */
function rulesForOpen(report: LogReport): RuleChoices {
  return hasNamedSplits(report) ? {} : { split: "hash" };
}

/** What is no number is refused like a wrong one. */
function number(typed: number | string): number {
  return typeof typed === "number" ? typed : Number.NaN;
}
