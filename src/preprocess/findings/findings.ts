// The list of what is odd in a data set, the worst first.

import { SPLITS } from "../../base/batch.ts";
import { type Problem, problem } from "../../base/problem.ts";
import type { FoundColumn } from "../../base/problems/findings.ts";
import {
  type CategoryColumn,
  categoryColumns,
  countedRows,
  type IntegerColumn,
  type Manifest,
} from "../../shards/manifest.ts";
import { furthestWidths, hasOutliers, recommendedMode } from "../recommendedMode.ts";
import { alikeValues, WRITTEN_IN_WAYS } from "../tables/oddValues.ts";
import { utf8 } from "../utf8.ts";
import type { CountedValue } from "../vocabulary.ts";
import type { RowFacts } from "./rowCensus.ts";

/** What is odd, as a problem that stops nothing. */
export type Finding = Problem;

/** Where columns were filled for the last time. */
export interface FilledRows {
  /** Rows that were looked at, in the log's order, and what they are. */
  rows: number;
  what: "row" | "training row";
  /** Of each field the number of the last row that has a value, from 1; null where that is not known. */
  last: (number | null)[];
}

export interface FoundFacts {
  manifest: Manifest;
  /** Frequent values of each category. */
  vocabulary: CountedValue[][];
  rows: RowFacts | null;
  filled: FilledRows | null;
  /** How many different values of each field `rows` can distinguish. */
  different: number[];
}

const TELLS_LABEL = 0.95;
const RARE = 0.9;
const LIKE_ID = 0.9;
const COPIES = 0.01;
const FEW_ROWS = 100;
const WITHOUT_ID = 0.2;
/** Of all rows: a last day or hours with fewer are hardly what was meant, nor are some rows of a small log. */
const FEW_OF_TIME = 0.001;
const FEW_LAST_ROWS = 30;
/** Of a column's most frequent values so many are compared with each other. */
const MOST_COMPARED = 1 << 16;
/** Two shares this many standard errors apart are not so by chance: 1 in 16,000. */
const MOST_Z = 4;
/** A column's last rows are empty by chance with less than this probability. */
const LEAST_CHANCE = 1e-6;

/** What is odd, the worst first; each kind once, with its columns. */
export function findingsOf(facts: FoundFacts): Finding[] {
  return [
    ...nothingToLearn(facts.manifest),
    ...oddTimes(facts.manifest),
    ...labelTellers(facts),
    ...copiesIn(facts),
    ...noticedAndAlike(facts),
    ...clickRates(facts.manifest),
    ...withoutId(facts),
    ...emptyFrom(facts),
    ...ofColumns(facts),
  ];
}

/** What the source's first rows showed, and values that the vocabulary has in two ways of writing. */
function noticedAndAlike({ manifest, vocabulary }: FoundFacts): Finding[] {
  const noticed = (manifest.noticed ?? []) as Finding[];
  const columns = categoryColumns(manifest).flatMap(({ name }, c) => {
    const values = vocabulary[c]!.slice(0, MOST_COMPARED).map(({ value }) => value);
    // Of hashes, which a log may have many of, there is nothing to compare.
    return values.some((value) => WRITTEN_IN_WAYS.test(value))
      ? alikeValues({ name, values: values.map(utf8) })
      : [];
  });
  if (columns.length === 0) return noticed;
  columns.sort((a, b) => b.figure - a.figure);
  return [...noticed.filter(({ code }) => code !== "values-alike"), problem("values-alike", { columns })];
}

function nothingToLearn({ splits }: Manifest): Finding[] {
  const { rows, positives } = splits.train;
  if (rows === 0) return [problem("training-empty", {})];
  return positives === 0 || positives === rows
    ? [problem("label-one-value", { rows, clicked: positives > 0 })]
    : [];
}

/** Splits by time that a few wrong times made small, and rows that have none. */
function oddTimes({ rules, splits, source }: Manifest): Finding[] {
  const { split, times } = rules;
  if (split !== "time" || !times) return [];
  const all = splits.train.rows + splits.valid.rows + splits.test.rows;
  const small = (["test", "valid"] as const).flatMap((name) => {
    const { rows } = splits[name];
    const from = name === "test" ? times.testFrom : times.validFrom;
    return Number.parseInt(times[name], 10) > 0 &&
      from !== null &&
      rows < Math.max(FEW_OF_TIME * all, Math.min(FEW_LAST_ROWS, 0.02 * all))
      ? [problem("split-by-time-small", { split: name, rows, of: all, from: dateOf(from) })]
      : [];
  });
  const { untimed = 0 } = times;
  return [
    ...small.slice(0, 1),
    ...(untimed > 0 ? [problem("rows-without-time", { rows: untimed, of: source.lines })] : []),
  ];
}

/** As people write it; seconds that no calendar has as they are. */
function dateOf(seconds: number): string {
  const date = new Date(1000 * seconds);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().slice(0, 16).replace("T", " ");
}

function labelTellers({ manifest, rows }: FoundFacts): Finding[] {
  if (!rows?.aucs) return [];
  const columns = worstFirst(
    rows.aucs.byField.map((auc, f) => ({ name: manifest.columns[f]!.name, figure: auc })),
    TELLS_LABEL,
  );
  return columns.length > 0 ? [problem("column-tells-label", { columns, rows: rows.aucs.rows })] : [];
}

function copiesIn({ manifest, rows, different }: FoundFacts): Finding[] {
  // Rows of a few columns with few values each are alike by chance.
  if (!rows || canBeChance(manifest, different)) return [];
  const [train, valid, test] = rows.rows;
  const { weight } = rows;
  const estimated = weight > 1;
  const found: Finding[] = [];
  const shared = (split: "test" | "valid", same: number, of: number) => {
    if (of >= FEW_ROWS && same / of > COPIES)
      found.push(
        problem("test-rows-in-training", { split, share: same / of, rows: same * weight, estimated }),
      );
  };
  shared("test", rows.testInTraining, test);
  shared("valid", rows.validInTraining, valid);
  if (train >= FEW_ROWS && rows.copies / train > COPIES)
    found.push(problem("rows-twice", { share: rows.copies / train, rows: rows.copies * weight, estimated }));
  return found;
}

/** Whether there are hardly more different rows than rows, were all columns independent. */
function canBeChance({ splits }: Manifest, different: number[]): boolean {
  const rows = splits.train.rows + splits.valid.rows + splits.test.rows;
  const kinds = different.reduce((sum, values) => sum + Math.log(Math.max(1, values)), 0);
  return kinds < Math.log(1000 * Math.max(1, rows));
}

function clickRates({ splits, rules }: Manifest): Finding[] {
  const inOrder = rules.split === "time" || rules.split === "given";
  const pairs = SPLITS.flatMap((first, i) => SPLITS.slice(i + 1).map((second) => [first, second] as const));
  const apart = pairs.flatMap(([first, second]) => {
    const [a, b] = [splits[first], splits[second]];
    if (Math.min(a.rows, b.rows) < FEW_ROWS) return [];
    const [firstRate, secondRate] = [a.positives / a.rows, b.positives / b.rows];
    const both = (a.positives + b.positives) / (a.rows + b.rows);
    const error = Math.sqrt(both * (1 - both) * (1 / a.rows + 1 / b.rows));
    const z = error > 0 ? Math.abs(firstRate - secondRate) / error : 0;
    return z > MOST_Z ? [{ first, firstRate, second, secondRate, z, inOrder }] : [];
  });
  const [worst] = apart.sort((a, b) => b.z - a.z);
  return worst ? [problem("splits-click-otherwise", worst)] : [];
}

function withoutId({ manifest, rows }: FoundFacts): Finding[] {
  if (!rows?.oov) return [];
  const { oov } = rows;
  const strange = worstFirst(
    manifest.columns.flatMap(({ name, kind }, f) =>
      kind === "category" && oov.test[f]! > 2 * oov.train[f]! ? [{ name, figure: oov.test[f]! }] : [],
    ),
    WITHOUT_ID,
  );
  if (strange.length === 0) return [];
  const at = manifest.columns.findIndex(({ name }) => name === strange[0]!.name);
  return [problem("values-without-id", { columns: strange, expected: oov.train[at]! })];
}

function emptyFrom({ manifest, filled }: FoundFacts): Finding[] {
  if (!filled) return [];
  const counted = countedRows(manifest);
  const columns = filled.last.flatMap((last, f): FoundColumn[] => {
    const { name, missing } = manifest.columns[f]!;
    if (last === null || last === 0 || counted === null || counted === 0) return [];
    const empty = filled.rows - last;
    if (empty < FEW_ROWS || empty < 0.01 * filled.rows) return [];
    const present = (1 - missing / counted) * filled.rows;
    const chance = present * Math.log(1 - empty / filled.rows);
    return chance < Math.log(LEAST_CHANCE) ? [{ name, figure: last + 1 }] : [];
  });
  columns.sort((a, b) => a.figure - b.figure);
  return columns.length > 0
    ? [problem("column-empty-from", { columns, rows: filled.rows, what: filled.what })]
    : [];
}

/** What the counts of columns show. */
function ofColumns({ manifest, vocabulary }: FoundFacts): Finding[] {
  const { columns, rules } = manifest;
  const rows = countedRows(manifest);
  if (rows === null || rows < FEW_ROWS) return [];
  const numbers = columns.filter((column) => column.kind === "integer");
  const categories = columns.filter((column) => column.kind === "category");
  const likeIds = worstFirst(
    columns.flatMap((column) => {
      const values = differentValues(column);
      const present = rows - column.missing;
      return values === null || present < FEW_ROWS ? [] : [{ name: column.name, figure: values / present }];
    }),
    LIKE_ID,
  ).map(({ name, figure }) => ({ name, figure: Math.min(1, figure) }));
  const constant = columns.filter(isConstant).map(({ name }) => ({ name, figure: 1 }));
  const named = new Set([...likeIds, ...constant].map(({ name }) => name));
  const rare = worstFirst(
    categories.flatMap(({ name }, c) => {
      const frequent = vocabulary[c]!.reduce((sum, { count }) => sum + count, 0);
      return named.has(name) ? [] : [{ name, figure: Math.max(0, 1 - frequent / rows) }];
    }),
    RARE,
  );
  const outliers = numbers
    .flatMap(({ name, statistics, minimum, maximum }) =>
      statistics && hasOutliers(statistics.percentiles, minimum!, maximum!)
        ? [{ name, figure: furthestWidths(statistics.percentiles, minimum!, maximum!) }]
        : [],
    )
    .sort((a, b) => b.figure - a.figure);
  return [
    ...(likeIds.length > 0 ? [problem("column-like-id", { columns: likeIds })] : []),
    ...(constant.length > 0 ? [problem("column-constant", { columns: constant })] : []),
    ...(rare.length > 0 && rules.idOrder !== "given"
      ? [problem("column-rare", { columns: rare, threshold: rules.threshold })]
      : []),
    ...(outliers.length > 0 ? [problem("column-outliers", { columns: outliers })] : []),
  ];
}

/** Different values of a column that could be an id; null for one that could not: numbers with fractions seldom repeat. */
function differentValues(column: Manifest["columns"][number]): number | null {
  if (column.kind === "category") return column.distinct;
  const { statistics, fractions } = column;
  return statistics && !fractions && recommendedMode(column).mode === "bucket" ? statistics.values : null;
}

function isConstant(column: IntegerColumn | CategoryColumn): boolean {
  if (column.kind === "category") return column.distinct <= 1;
  const { minimum, maximum, missing } = column;
  return minimum === null || (minimum === maximum && missing === 0);
}

function worstFirst(columns: FoundColumn[], above: number): FoundColumn[] {
  return columns.filter(({ figure }) => figure > above).sort((a, b) => b.figure - a.figure);
}
