// What columns are where it is known how many of each kind there are: Criteo's layout, or counts that a person gave.

import { type Problem, problem } from "../../base/problem.ts";
import type { Layout } from "../../shards/rows.ts";
import { unlabelled } from "../formats/columns.ts";
import type { ColumnChoice } from "../roles.ts";
import type { GuessedColumns } from "./guess.ts";
import { readLabel } from "./labels.ts";
import { decimal, isMissingNumber } from "./numbers.ts";
import type { TableFile } from "./tableFile.ts";

/** The columns, and why the table cannot be read with them; null where it can. */
type Counted = [columns: ColumnChoice[], fault: Problem | null];

/** A table without a header: a label, then as many columns of each kind as are expected. */
export function headless(
  table: TableFile,
  layout: Layout,
  label: string | undefined,
  guess: GuessedColumns,
): Counted {
  const { integers, categories } = layout;
  const { name } = table.file;
  const found = table.names.length;
  const at = label === undefined ? 0 : table.names.indexOf(label);
  if (at === -1) return [guess.columns, labelFault(table, guess.unclear ?? "", layout)];
  if (found === integers + categories && !readLabel(table.samples[0]!.values).ok)
    return [[], unlabelled(name, layout).problem];
  const role = (place: number): ColumnChoice["role"] => {
    if (place === at) return "label";
    return (place < at ? place : place - 1) < integers ? "integer" : "category";
  };
  const choices = table.names.map((column, place): ColumnChoice => ({ name: column, role: role(place) }));
  const stray = table.text?.strayHeader;
  if (stray && found !== 1 + integers + categories)
    return [guess.columns, problem("header-of-other-width", { name, header: stray, found })];
  if (found !== 1 + integers + categories)
    return [
      guess.columns.map((choice, place) => (place === at ? choices[place]! : choice)),
      problem("log-columns", { name, found, integers, categories }),
    ];
  return [choices, null];
}

/** A header, and as many columns of each kind as a person said: by their names I1…, C1…, else in their order. */
export function byCounts(table: TableFile, guess: ColumnChoice[], layout: Layout): Counted {
  const { integers, categories } = layout;
  const features = guess.filter(({ role }) => role !== "label");
  const { name } = table.file;
  if (features.length !== integers + categories)
    return [
      guess,
      problem("options-against-header", {
        name,
        reason: `has ${features.length} columns besides its label, not ${integers} + ${categories}`,
      }),
    ];
  const said = (letter: string) =>
    features.filter((column) => new RegExp(`^${letter}\\d+$`, "i").test(column.name));
  const [numbers, sets] = [said("I"), said("C")];
  if (numbers.length + sets.length === features.length) {
    if (numbers.length === integers) return [guess, null];
    const reason = `names ${numbers.length} columns I… and ${sets.length} columns C…, not ${integers} and ${categories}`;
    return [guess, problem("options-against-header", { name, reason })];
  }
  const choices = guess.map((choice): ColumnChoice => {
    if (choice.role === "label") return choice;
    return { name: choice.name, role: features.indexOf(choice) < integers ? "integer" : "category" };
  });
  const text = choices.find((choice) => choice.role === "integer" && holdsText(table, choice.name));
  if (!text) return [choices, null];
  const example = textsIn(table, text.name)[0]!;
  const reason = `holds "${example}" in ${text.name}, which is one of its first ${integers} columns and so should hold integers`;
  return [choices, problem("options-against-header", { name, reason })];
}

function holdsText(table: TableFile, column: string): boolean {
  const { values } = table.samples[table.names.indexOf(column)]!;
  return textsIn(table, column).length > 0.1 * values.length;
}

/** The values of a column that are no numbers. */
function textsIn(table: TableFile, column: string): string[] {
  const { values, numberOf = decimal } = table.samples[table.names.indexOf(column)]!;
  return values.filter((value) => !isMissingNumber(value) && Number.isNaN(numberOf(value)));
}

/** Why a table whose label is not clear cannot be read. */
export function labelFault(table: TableFile, unclear: string, layout: Layout): Problem {
  // Kaggle's test.txt with a header.
  if (/^I1$/i.test(table.names[0]!)) return unlabelled(table.file.name, layout).problem;
  return problem("label-unclear", { name: table.file.name, unclear });
}
