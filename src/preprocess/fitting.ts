// How the values of a source get their ids: their own, counted in it, or those of a data set that exists, so that its
// models can be evaluated on other rows.

import type { Problem } from "../base/problem.ts";
import { type ProblemError, problemError } from "../base/result.ts";
import type { Folder } from "../shards/byteSource.ts";
import {
  type CategoryValues,
  categoryColumns,
  integerColumns,
  layoutOf,
  type Manifest,
  type Rules,
} from "../shards/manifest.ts";
import type { Layout } from "../shards/rows.ts";
import { areAlike, toldOf, valuesOfDataset, valuesText } from "./categoryValues.ts";
import type { LogSource } from "./formats/logSource.ts";
import { isCriteoLog, type LogForm, namesOf } from "./logForm.ts";
import { type ColumnChoice, isFeature } from "./roles.ts";
import { isMissingValue } from "./tables/parseTable.ts";
import type { ColumnWishes } from "./tables/plan.ts";
import type { CountedValue } from "./vocabulary.ts";
import { readVocabulary } from "./vocabularyFile.ts";

/** A data set whose ids and integer statistics other rows take. */
export interface Fitted {
  manifest: Manifest;
  folder: Folder;
}

/** What preprocessing needs besides a person's choices. */
export interface IdSource {
  /** What the rows are read in. */
  layout: LogForm;
  /** Implied, where nothing else is chosen. */
  rules: Partial<Rules>;
  categoryValues?: CategoryValues;
  tokens?: string[][];
  fitted?: Fitted;
  /** What each column of a table is read as. */
  columns?: ColumnChoice[];
  /** What is odd in the source. */
  noticed?: Problem[];
}

/** The source's values are counted, or keep the numbers that it has for them. */
export function ownIds(source: LogSource): IdSource {
  const { form, rules, values, tokens } = source;
  const categoryValues = toldOf(values);
  return {
    layout: form,
    rules,
    ...(categoryValues && { categoryValues }),
    ...(tokens && { tokens }),
    ...(source.noticed && { noticed: source.noticed }),
    ...choicesOf(source),
  };
}

/** What a table's columns are read as, for the manifest; Criteo's own log needs no words. */
function choicesOf({ columns, form }: LogSource): Pick<IdSource, "columns"> {
  if (!columns || isCriteoLog(form)) return {};
  return { columns: columns.map(({ samples: _, values: __, ...choice }) => choice) };
}

/** The columns of a data set, as a table of new rows is to have them. */
export function columnsLike({ table, columns, name }: Manifest): NonNullable<ColumnWishes["like"]> {
  const own = columns.map(({ name: column, kind }): ColumnChoice => ({ name: column, role: kind }));
  if (!table) return { dataset: name, columns: own };
  const written = withOwnNames(table.columns, own);
  const others = written.filter((choice) => !isFeature(choice));
  const described = own.map((choice) => written.find((column) => column.name === choice.name) ?? choice);
  return { dataset: name, columns: [...others, ...described], table: written };
}

/** A table's columns; where they have no names, I1… and C1… as the data set calls them. */
function withOwnNames(table: ColumnChoice[], own: ColumnChoice[]): ColumnChoice[] {
  const isNameless = table.every(({ name }, c) => name === `column_${c + 1}`);
  const features = table.filter(isFeature);
  if (!isNameless || features.length + 1 !== table.length || features.length !== own.length) return table;
  if (own.some(({ name }) => table.some((column) => column.name === name))) return table;
  return table.map((choice, c) => (c === 0 ? choice : { ...choice, name: own[c - 1]!.name }));
}

/** Words such as null, which a data set of old has ids for. */
function keepsWords(vocabulary: CountedValue[][]): boolean {
  return vocabulary.some((values) => values.some(({ value }) => isMissingValue(value)));
}

/**
 * The rows of `source`, called `name`, become rows for the models of `fitted`: its ids, its numbers kept as it keeps them, and
 * the rules that its values were chosen by. Throws a ProblemError where they do not fit it.
 */
export async function idsOf(fitted: Fitted, source: LogSource, name: string): Promise<IdSource> {
  const { manifest, folder } = fitted;
  const { name: dataset } = manifest;
  const ofOtherColumns = (columns: string, expected: string) =>
    problemError("vocabulary-of-other-columns", { name, dataset, columns, expected });
  const [columns, expected] = [columnsText(source.form), columnsText(layoutOf(manifest))];
  if (columns !== expected) throw ofOtherColumns(columns, expected);
  const places = source.named ? placesByName(source.form, manifest, ofOtherColumns) : undefined;
  const vocabulary = await readVocabulary(folder, manifest);
  const expectedValues = valuesOfDataset(manifest, vocabulary);
  if (!areAlike(source.values, expectedValues))
    throw problemError("vocabulary-of-other-values", {
      name,
      values: valuesText(source.values),
      dataset,
      expected: valuesText(expectedValues),
    });
  const { rule, threshold, idOrder } = manifest.rules;
  const { tokens } = source;
  return {
    layout: {
      ...source.form,
      ...numbersOf(manifest, places?.integers),
      ...(places && { places }),
      ...(keepsWords(vocabulary) && { keepsWords: true }),
    },
    // Rows for an existing data set's ids are rows to evaluate on.
    rules: { testShare: 1, validShare: 0, ...source.rules, rule, threshold, idOrder, fittedOn: "given" },
    ...(tokens && { tokens: places ? places.categories.map((c) => tokens[c]!) : tokens }),
    ...choicesOf(source),
    fitted,
  };
}

/** Where each of the data set's columns is among the source's of its kind, whatever their order. */
function placesByName(
  form: LogForm,
  manifest: Manifest,
  ofOtherColumns: (columns: string, expected: string) => ProblemError,
): NonNullable<LogForm["places"]> {
  const names = namesOf(form);
  const find = (columns: { name: string }[], among: string[], kind: string) => {
    const strange = among.find((name) => columns.every((column) => column.name !== name));
    if (strange !== undefined) throw ofOtherColumns(`${kind} "${strange}"`, "none of this name");
    return columns.map(({ name }) => among.indexOf(name));
  };
  return {
    integers: find(integerColumns(manifest), names.slice(0, form.integers), "an integer column"),
    categories: find(categoryColumns(manifest), names.slice(form.integers), "a column of categories"),
  };
}

/** Numbers are kept as the data set keeps them; fractions are in the order of the source's columns. */
function numbersOf(
  manifest: Manifest,
  places: number[] | undefined,
): Required<Pick<LogForm, "fractions" | "scales">> {
  const columns = integerColumns(manifest);
  const fractions: boolean[] = [];
  for (const [c, column] of columns.entries())
    fractions[places?.[c] ?? c] = column.fractions === true || column.scale !== undefined;
  return { fractions, scales: columns.map(({ scale = 1 }) => scale) };
}

function columnsText({ integers, categories }: Layout): string {
  return `${integers} columns of integers and ${categories} of categories`;
}
