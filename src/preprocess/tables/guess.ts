// What the columns of a table seem to be, by their names and their first values. A person can change all of it.

import { LARGEST } from "../formats/fractions.ts";
import type { ColumnChoice, ColumnRole } from "../roles.ts";
import { isAnswerName, isLabelName, readLabel } from "./labels.ts";
import { layoutOfHeader } from "./layouts.ts";
import { decimal, isMissingNumber } from "./numbers.ts";
import { isMissingValue } from "./parseTable.ts";
import { timeKindOf } from "./times.ts";

/** What a look at a table shows of a column. */
export interface ColumnSample {
  name: string;
  /** Its first values as texts, missing ones left out. */
  values: string[];
  /** The same as they are written, where blanks stand at the ends of some. */
  untrimmed?: string[];
  /** Rows that were looked at. */
  rows: number;
  /** Where the file says it: its cells hold lists. */
  lists?: boolean;
  /** The number that one of its texts is; left out, as numbers are written elsewhere. */
  numberOf?: (text: string) => number;
}

export interface GuessedColumns {
  columns: ColumnChoice[];
  /** A published data set's name, where the header is that of one. */
  layout: string | null;
  /** Why no column is known to be the label, to follow "x.csv"; null where one is. */
  unclear: string | null;
}

/** The values of a column that are not missing, where it may be of numbers or of texts. */
export function presentValues(cells: string[]): string[] {
  return cells.map((cell) => cell.trim()).filter((cell) => cell !== "" && !isMissingValue(cell));
}

/** A column by its first cells. */
export function columnSample(name: string, cells: string[]): ColumnSample {
  const hasBlanks = cells.some((cell) => cell !== cell.trim());
  return {
    name,
    values: presentValues(cells),
    rows: cells.length,
    ...(hasBlanks && { untrimmed: cells.filter((cell) => presentValues([cell]).length > 0) }),
  };
}

/** Asked for several times, and the texts of a thousand rows take long to read. */
const numbersFound = new WeakMap<ColumnSample, readonly number[]>();

/** The numbers in a column; NaN for what is none. Words that stand for a missing number are left out. */
export function numbersOf(sample: ColumnSample): readonly number[] {
  const { values, numberOf = decimal } = sample;
  const found = numbersFound.get(sample) ?? values.filter((value) => !isMissingNumber(value)).map(numberOf);
  numbersFound.set(sample, found);
  return found;
}

export function guessColumns(samples: ColumnSample[], chosenLabel?: string): GuessedColumns {
  const layout = layoutOfHeader(samples.map(({ name }) => name));
  const { label, unclear } = findLabel(samples, chosenLabel);
  const columns = samples.map((sample, c): ColumnChoice => {
    const { name } = sample;
    if (c === label) return { name, role: "label" };
    const known = layout?.roles[name] ?? layout?.rest;
    if (known !== undefined && known !== "label") return { name, role: known };
    return { name, role: roleOf(sample) };
  });
  return { columns, layout: layout?.name ?? null, unclear };
}

function findLabel(
  samples: ColumnSample[],
  chosen: string | undefined,
): { label: number; unclear: string | null } {
  if (chosen !== undefined) {
    const label = samples.findIndex(({ name }) => name === chosen);
    if (label !== -1) return { label, unclear: null };
    return { label, unclear: `has no column "${chosen}": it has ${namesText(samples)}` };
  }
  const named = samples.flatMap(({ name }, c) => (isLabelName(name) ? [c] : []));
  if (named.length === 1) return { label: named[0]!, unclear: null };
  // Of several, those that hold two values.
  const fitting = named.filter((c) => readLabel(samples[c]!.values).ok);
  if (fitting.length === 1) return { label: fitting[0]!, unclear: null };
  const between = (named.length > 1 ? named : withTwoValues(samples)).map((c) => `"${samples[c]!.name}"`);
  const unclear =
    named.length > 1
      ? `has several columns that may be the label: ${between.join(", ")}`
      : `has no column whose name says that it is the label: it has ${namesText(samples)}${
          between.length > 0
            ? `, of which ${between.slice(0, 5).join(", ")} ${between.length === 1 ? "holds" : "hold"} two values`
            : ""
        }`;
  return { label: -1, unclear };
}

function withTwoValues(samples: ColumnSample[]): number[] {
  return samples.flatMap(({ values }, c) => (new Set(values).size > 1 && readLabel(values).ok ? [c] : []));
}

function namesText(samples: ColumnSample[]): string {
  const names = samples.slice(0, 12).map(({ name }) => name);
  return `${names.join(", ")}${samples.length > 12 ? ` and ${samples.length - 12} more` : ""}`;
}

function roleOf(sample: ColumnSample): ColumnRole {
  const { name, values, lists } = sample;
  if (lists) return "several";
  if (isAnswerName(name)) return "ignore";
  // pandas' index in Parquet and Arrow.
  if (/^__index_level_\d+__$/.test(name)) return "ignore";
  const numbers = numbersOf(sample);
  if (/^I\d+$/i.test(name)) return numbers.some((number) => number % 1 !== 0) ? "number" : "integer";
  if (/^C\d+$/i.test(name)) return "category";
  if (isRowId(sample)) return "id";
  // Row numbers that begin anew, as in tables put one behind the other; or what a separator behind each line makes.
  if (isUnnamed(name) && values.every((value) => /^\d+$/.test(value))) return "ignore";
  if (isTime(sample)) return "time";
  if (values.length === 0) return "category";
  if (holdsSeveral(values)) return "several";
  // 00501 and 501 are different codes.
  const hasLeadingZeros = values.some((value) => /^0\d/.test(value) && !/^0\d*[.,]/.test(value));
  if (numbers.length === 0 || numbers.some(Number.isNaN) || hasLeadingZeros) return "category";
  // Beyond the integers of 64 bits, digits alone are still a name.
  const areDigits = () => values.every((value) => isMissingNumber(value) || /^[+-]?\d+$/.test(value));
  // Version 1.10 is not 1.1.
  if (/version/i.test(name)) return "category";
  if (numbers.some((number) => number % 1 !== 0)) return "number";
  if (numbers.some((number) => Math.abs(number) >= 2 ** 64) && !areDigits()) return "number";
  return isCode(name) ? "category" : numbers.every((n) => Math.abs(n) <= LARGEST) ? "integer" : "category";
}

/** As `headerNames` calls a column that the header has no name for. */
function isUnnamed(name: string): boolean {
  return /^(Unnamed: ?\d+(\.\d+)*|level_\d+)$/.test(name);
}

/** A name for each row, or pandas' numbers of the rows. */
function isRowId({ name, values, rows }: ColumnSample): boolean {
  if (rows < 2 || new Set(values).size < rows) return false;
  if (
    /^(unnamed: ?\d+|level_\d+|index|row_?(id|num(ber)?|index)?|id|(instance|sample|impression|request|session|log|event)_?id|uuid)$/i.test(
      name,
    )
  )
    return true;
  return name === "column_1" && values.every((value, i) => Number(value) === Number(values[0]) + i);
}

function isTime({ name, values }: ColumnSample): boolean {
  const kind = timeKindOf(values);
  if (kind === null) return false;
  return kind === "iso" || isTimeName(name);
}

/** Names of what may be a time; an hour may also be a category. */
export function isTimeName(name: string): boolean {
  return /(^|[_\W])(time|times|date|datetime|day|hour|ts|timestamp|time_?stamp|dt)($|[_\W])|_at$|time$/i.test(
    name,
  );
}

function holdsSeveral(values: string[]): boolean {
  // As pandas writes lists.
  if (values.every((value) => /^\[(?!\d+\/\w+\/\d).*\]$/.test(value))) return true;
  return ["^", "|"].some((sign) => {
    const parts = values.filter((value) => value.includes(sign));
    return parts.length >= 0.2 * values.length && parts.every((value) => !/[\s"]/.test(value));
  });
}

/** Names of what is counted by nobody: numbers that are names of things. */
export function isCode(name: string): boolean {
  // bid, clicks_last_week, num_items_per_user
  if (/(^|_)(bid|paid|unpaid|prepaid)$/i.test(name)) return false;
  if (/(^|_)(n|num|nb|cnt|count|total|sum|avg|mean|clicks|views|impressions|visits|orders)_/i.test(name))
    return false;
  return /(id|code|type|cat|cate|category|class|group|gender|sex|level|segid|city|country|region|zip|brand|tag|user|item|adgroup|campaign|customer|pid|hour|weekday|week|day|month|is_?\w+)$/i.test(
    name.replace(/[^A-Za-z_]+$/, ""),
  );
}
