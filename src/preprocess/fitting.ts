// How the values of a source get their ids: their own, counted in it, or those of a data set that exists, so that its
// models can be evaluated on other rows.

import { problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import type { Folder } from "../shards/byteSource.ts";
import {
  type CategoryValues,
  integerColumns,
  layoutOf,
  type Manifest,
  type Rules,
} from "../shards/manifest.ts";
import type { Layout } from "../shards/rows.ts";
import { areAlike, toldOf, valuesOfDataset, valuesText } from "./categoryValues.ts";
import type { LogSource } from "./formats/logSource.ts";
import type { LogForm } from "./logForm.ts";
import { readVocabulary } from "./vocabularyFile.ts";

/** A data set whose ids and integer statistics other rows take. */
export interface Fitted {
  manifest: Manifest;
  folder: Folder;
}

/** What preprocessing must be told besides a person's choices. */
export interface IdSource {
  /** What the rows are read in. */
  layout: LogForm;
  /** Implied, where nothing else is chosen. */
  rules: Partial<Rules>;
  categoryValues?: CategoryValues;
  tokens?: string[][];
  fitted?: Fitted;
}

/** The source's values are counted, or keep the numbers that it has for them. */
export function ownIds({ form, rules, values, tokens }: LogSource): IdSource {
  const categoryValues = toldOf(values);
  return { layout: form, rules, ...(categoryValues && { categoryValues }), ...(tokens && { tokens }) };
}

/**
 * The rows of `source`, called `name`, become rows for the models of `fitted`: its ids, its integers' scales, and the
 * rules that its values were chosen by. Throws a ProblemError where they do not fit it.
 */
export async function idsOf(fitted: Fitted, source: LogSource, name: string): Promise<IdSource> {
  const { manifest, folder } = fitted;
  const [columns, expected] = [columnsText(source.form), columnsText(layoutOf(manifest))];
  if (columns !== expected)
    throw new ProblemError(
      problem("vocabulary-of-other-columns", { name, dataset: manifest.name, columns, expected }),
    );
  const expectedValues = valuesOfDataset(manifest, await readVocabulary(folder, manifest));
  if (!areAlike(source.values, expectedValues))
    throw new ProblemError(
      problem("vocabulary-of-other-values", {
        ...{ name, values: valuesText(source.values) },
        ...{ dataset: manifest.name, expected: valuesText(expectedValues) },
      }),
    );
  if (source.tokens)
    throw new ProblemError(
      problem("vocabulary-of-other-columns", {
        ...{ name, dataset: manifest.name, columns: "ids that another tool gave", expected: "values" },
      }),
    );
  const { rule, threshold, idOrder } = manifest.rules;
  return {
    // Its fractions become integers as those of the data set did.
    layout: { ...source.form, scales: integerColumns(manifest).map(({ scale = 1 }) => scale) },
    // Rows for an existing data set's ids are rows to evaluate on.
    rules: { testShare: 1, ...source.rules, rule, threshold, idOrder, fittedOn: "given" },
    fitted,
  };
}

function columnsText({ integers, categories }: Layout): string {
  return `${integers} columns of integers and ${categories} of categories`;
}
