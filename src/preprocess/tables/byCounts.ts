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

/** What is known of a table without a header. */
interface Headless {
  /** As many columns of each kind as are expected behind the label. */
  layout: Layout;
  /** They are expected because a person, or a data set whose ids are taken, says so. */
  isSaid: boolean;
  /** The label's column, where a person says it. */
  label: string | undefined;
  /** Its value that is a click, where a person says it. */
  click: string | undefined;
  guess: GuessedColumns;
  /** All tables without a header that were chosen together. */
  beside: TableFile[];
}

/** A table without a header: a label, then as many columns of each kind as are expected; else what its values show. */
export function headless(
  table: TableFile,
  { layout, isSaid, label, click, guess, beside }: Headless,
): Counted {
  const { integers, categories } = layout;
  const { name } = table.file;
  const found = table.names.length;
  const at = label === undefined ? 0 : table.names.indexOf(label);
  if (at === -1) return [guess.columns, labelFault(table, guess.unclear ?? "", layout)];
  if (found === integers + categories && label === undefined && !readLabel(table.samples[0]!.values).ok)
    return [[], unlabelled(name, layout).problem];
  if (found === 1 + integers + categories) {
    const role = (place: number): ColumnChoice["role"] => {
      if (place === at) return "label";
      return (place < at ? place : place - 1) < integers ? "integer" : "category";
    };
    return [table.names.map((column, place) => ({ name: column, role: role(place) })), null];
  }
  const withLabel = (place: number) =>
    guess.columns.map((choice, c) => (c === place ? { name: choice.name, role: "label" as const } : choice));
  const stray = table.text?.strayHeader;
  if (stray) return [guess.columns, problem("header-of-other-width", { name, header: stray, found })];
  // A log with a column less may be one without its label.
  const isGuessed = found !== integers + categories;
  const only = () =>
    isGuessed
      ? onlyLabel(
          beside.filter(({ names }) => names.length === found),
          click,
        )
      : -1;
  const place = label === undefined ? only() : at;
  if (isSaid || place === -1)
    return [withLabel(at), problem("log-columns", { name, found, integers, categories })];
  return [withLabel(place), null];
}

/** Fewer values make no label. */
const LEAST_LABELLED = 0.99;

/** The only column of these tables that holds two values of a label; −1 where there is none, or several. */
function onlyLabel(tables: TableFile[], click: string | undefined): number {
  const [first] = tables;
  const places = first!.names.flatMap((_, c) => {
    const samples = tables.map((table) => table.samples[c]!);
    const values = samples.flatMap((sample) => sample.values);
    const rows = samples.reduce((sum, sample) => sum + sample.rows, 0);
    const isLabel =
      values.length >= LEAST_LABELLED * rows &&
      new Set(values).size > 1 &&
      (click === undefined || values.includes(click)) &&
      readLabel(values, click).ok;
    return isLabel ? [c] : [];
  });
  return places.length === 1 ? places[0]! : -1;
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
