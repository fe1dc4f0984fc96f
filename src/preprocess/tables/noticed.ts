// What is odd in how a table's columns are read, as its first rows show it.

import type { Problem } from "../../base/problem.ts";
import { problem } from "../../base/problem.ts";
import { partitionsOf } from "../formats/partitions.ts";
import type { ColumnChoice } from "../roles.ts";
import { COMMA, type Dialect } from "./dialect.ts";
import { type ColumnSample, isCode, isTimeName, numbersOf } from "./guess.ts";
import { isAnswerName, isLabelName } from "./labels.ts";
import { decimal, isMissingNumber } from "./numbers.ts";
import type { TableFile } from "./tableFile.ts";

/** Fewer different numbers say nothing. */
const FEW = 10;

export function noticedIn(
  { samples, file, columnar, named, text }: TableFile,
  columns: ColumnChoice[],
): Problem[] {
  // Whose columns have names, the folders' values are columns.
  const folders = columnar || named ? [] : [...partitionsOf(file.name)].map((folder) => folder.join("="));
  const roleOf = (name: string) => columns.find((column) => column.name === name)?.role;
  const categories = samples.filter(({ name }) => roleOf(name) === "category");
  const decorated = categories.flatMap(decoratedNumbers);
  const times = categories.flatMap(unreadTimes);
  const large = categories.flatMap(largeNumbers);
  const grouped =
    !text || saysWhatPointsAre(text.dialect)
      ? []
      : samples.filter(({ name }) => isNumberRole(roleOf(name))).flatMap(thousandsUnclear);
  const rounded = samples.filter(({ name }) => roleOf(name) === "number").flatMap(roundedNumbers);
  const alike = categories.flatMap(alikeValues);
  const roundedNames = categories.flatMap(roundedIds);
  const standing = samples.filter(({ name }) => isNumberRole(roleOf(name))).flatMap(standIns);
  return [
    ...(decorated.length > 0 ? [problem("numbers-as-categories", { columns: decorated })] : []),
    ...(large.length > 0 ? [problem("large-numbers-as-categories", { columns: large })] : []),
    ...(times.length > 0 ? [problem("time-unread", { columns: times })] : []),
    ...(grouped.length > 0 ? [problem("thousands-unclear", { columns: grouped })] : []),
    ...(folders.length > 0 ? [problem("folders-no-columns", { folder: folders[0]! })] : []),
    ...(rounded.length > 0 ? [problem("numbers-rounded", { columns: rounded })] : []),
    ...(roundedNames.length > 0 ? [problem("ids-rounded", { columns: roundedNames })] : []),
    ...(standing.length > 0 ? [problem("number-stands-for-none", { columns: standing })] : []),
    ...(alike.length > 0 ? [problem("values-alike", { columns: alike })] : []),
  ];
}

/** A category of numbers with signs around them, such as $5 or 12%, or with a few words among them. */
function decoratedNumbers({ name, values, numberOf = decimal }: ColumnSample) {
  const isNumber = (value: string) => isMissingNumber(value) || !Number.isNaN(numberOf(value));
  const numbers = values.filter(isNumber);
  const texts = new Set(values.filter((value) => !isNumber(value)));
  if (texts.size === 0) return [];
  const [example] = texts;
  const areDecorated =
    new Set(values).size >= FEW &&
    [...texts].every((text) =>
      /^[-+\u2212(='"]*\s*[$€£¥₹]?\s*[-+]?\p{Nd}[\p{Nd}.,_\s']*\s*[-%$€£¥₹kKM)]*$/u.test(text),
    ) &&
    // Versions and addresses have several points.
    ![...texts].some((text) => /\d\.\d+\.\d+/.test(text));
  // Leading zeros are those of codes, as in 0000000b among 00000001 and 00000002.
  const areCodes = isCode(name) || numbers.some((value) => /^0\d+$/.test(value));
  const areMixed =
    texts.size <= 3 && new Set(numbers).size >= FEW && numbers.length >= 0.5 * values.length && !areCodes;
  return areDecorated || areMixed
    ? [{ name, figure: areDecorated ? 1 : numbers.length / values.length, example: example! }]
    : [];
}

/** A category whose values look like times, in a form that is not known. */
function unreadTimes({ name, values }: ColumnSample) {
  const looksSo = (value: string) =>
    /^\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4}\b/.test(value) ||
    (isTimeName(name) && (/^\d{1,2}:\d{2}/.test(value) || /\b(19|20)\d\d\b/.test(value)));
  return values.length > 0 && new Set(values).size >= FEW && values.every(looksSo)
    ? [{ name, figure: 1, example: values[0]! }]
    : [];
}

/** Numbers of which every one with a point has three digits behind it, as groups of thousands have. */
function thousandsUnclear({ name, values }: ColumnSample) {
  const pointed = values.filter((value) => value.includes("."));
  const areGroups =
    pointed.length > 0 &&
    pointed.every((value) => /^[+-]?[1-9]\d{0,2}\.\d{3}$/.test(value)) &&
    values.every((value) => value.includes(".") || isMissingNumber(value) || /^[+-]?\d{1,3}$/.test(value));
  return areGroups ? [{ name, figure: pointed.length / values.length, example: pointed[0]! }] : [];
}

/** Whether other numbers of the table show it; where commas separate cells, nothing else is expected. */
function saysWhatPointsAre({ separator, comma }: Dialect): boolean {
  return comma === "decimal" || (comma === "thousands" && separator !== COMMA);
}

function isNumberRole(role: ColumnChoice["role"] | undefined): boolean {
  return role === "number" || role === "integer";
}

/** A category of whole numbers that are too large for a column of integers, and whose name says nothing of an id. */
function largeNumbers(sample: ColumnSample) {
  const { name, values } = sample;
  const numbers = numbersOf(sample);
  if (isCode(name) || numbers.length === 0) return [];
  const largest = Math.max(...numbers.map(Math.abs));
  return largest > 2 ** 31 && numbers.every((number) => number % 1 === 0)
    ? [{ name, figure: largest, example: values.find((value) => Math.abs(decimal(value)) > 2 ** 31)! }]
    : [];
}

/** Numbers of which a float of 32 bits makes the same. */
function roundedNumbers(sample: ColumnSample) {
  const different = new Set(numbersOf(sample).filter(Number.isFinite));
  const kept = new Set([...different].map(Math.fround));
  return different.size >= FEW && kept.size < 0.9 * different.size
    ? [
        {
          name: sample.name,
          figure: 1 - kept.size / different.size,
          different: different.size,
          kept: kept.size,
        },
      ]
    : [];
}

/** Fewer of a column's values are no reason to ask. */
const LEAST_SHARE = 0.01;

/** Ways of writing the same, each with what it makes of a text. */
const WAYS: { by: string; plain(text: string): string }[] = [
  { by: "blanks at their ends", plain: (text) => text.trim() },
  { by: "how Unicode writes their letters", plain: (text) => text.normalize("NFC") },
  { by: "capital letters", plain: (text) => text.toLowerCase() },
  {
    by: "how they write a number",
    plain: (text) => (/^[+-]?\d+(\.0*)?$/.test(text) ? text.replace(/^\+|\.0*$/g, "") : text),
  },
];

/** A category of which two values differ only in how they are written. */
function alikeValues({ name, values, untrimmed }: ColumnSample) {
  const texts = new Set(untrimmed ?? values);
  for (const { by, plain } of WAYS) {
    const met = new Map<string, string>();
    const pairs: [string, string][] = [];
    for (const text of texts) {
      const other = met.get(plain(text));
      if (other === undefined) met.set(plain(text), text);
      else pairs.push([other, text]);
    }
    const [first] = pairs;
    if (first) return [{ name, figure: pairs.length / texts.size, one: first[0], other: first[1], by }];
  }
  return [];
}

/** A category of ids that a program took for numbers and rounded: 1.23457E+11. */
function roundedIds({ name, values }: ColumnSample) {
  const rounded = values.filter((value) => /^\d(\.\d+)?e\+?\d+$/i.test(value) && Number(value) >= 1e9);
  return isCode(name) && rounded.length >= 0.1 * values.length && rounded.length > 0
    ? [{ name, figure: rounded.length / values.length, example: rounded[0]! }]
    : [];
}

/** A number such as -999 among others that are nothing like it: it stands for none. */
function standIns(sample: ColumnSample) {
  const { name } = sample;
  if (isLabelName(name) || isAnswerName(name)) return [];
  const numbers = numbersOf(sample);
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  for (const [number, count] of counts) {
    if (!/^-?9{2,}$/.test(String(number)) || count < LEAST_SHARE * numbers.length) continue;
    const others = [...counts.keys()].filter((other) => other !== number);
    const isApart =
      number < 0
        ? others.every((other) => other >= 0)
        : number > 99 && others.every((other) => Math.abs(other) < number / 4);
    if (isApart && others.length > 1) return [{ name, figure: count / numbers.length, number }];
  }
  return [];
}
