// What is odd in how a table's columns are read, as its first rows show it.

import type { Problem } from "../../base/problem.ts";
import { problem } from "../../base/problem.ts";
import { LARGEST } from "../formats/fractions.ts";
import { partitionsOf } from "../formats/partitions.ts";
import type { ColumnChoice } from "../roles.ts";
import { COMMA, type Dialect } from "./dialect.ts";
import { type ColumnSample, isCode, isTimeName, numbersOf } from "./guess.ts";
import { decimal, isMissingNumber } from "./numbers.ts";
import { alikeValues, encodedTwice, roundedIds, severalInOne, standIns } from "./oddValues.ts";
import type { TableFile } from "./tableFile.ts";

/** Fewer different numbers say nothing. */
const FEW = 10;

/** Values of a column that are looked at, where several files have it. */
const MOST_VALUES = 2000;

/** `read` are the tables that are read together. */
export function noticedIn(read: TableFile[], columns: ColumnChoice[]): Problem[] {
  const { file, columnar, named, text } = read[0]!;
  const samples = mergedSamples(read);
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
  const several = categories.flatMap(severalInOne);
  const twice = categories.flatMap(encodedTwice);
  const standing = samples.filter(({ name }) => isNumberRole(roleOf(name))).flatMap(standIns);
  // What is no code by its name would be a number, had one been seen.
  const empty = categories
    .filter(({ name, values }) => values.length === 0 && !isCode(name) && !/^C\d+$/i.test(name))
    .map(({ name }) => ({ name, figure: 1 }));
  const unseen = samples.length > 0 && samples.every(({ rows }) => rows === 0);
  return [
    ...(empty.length > 0 && !unseen ? [problem("columns-unseen", { columns: empty })] : []),
    ...(unseen && !columns.some(({ role }) => isNumberRole(role))
      ? [problem("rows-unseen", { name: file.name })]
      : []),
    ...(decorated.length > 0 ? [problem("numbers-as-categories", { columns: decorated })] : []),
    ...timesOfSeveral(columns),
    ...(large.length > 0 ? [problem("large-numbers-as-categories", { columns: large })] : []),
    ...(times.length > 0 ? [problem("time-unread", { columns: times })] : []),
    ...(grouped.length > 0 ? [problem("thousands-unclear", { columns: grouped })] : []),
    ...(folders.length > 0 ? [problem("folders-no-columns", { folder: folders[0]! })] : []),
    ...(read.some((table) => table.text?.dialect.cells !== undefined)
      ? [problem("rows-short", { names: read[0]!.names })]
      : []),
    ...(rounded.length > 0 ? [problem("numbers-rounded", { columns: rounded })] : []),
    ...(roundedNames.length > 0 ? [problem("ids-rounded", { columns: roundedNames })] : []),
    ...(standing.length > 0 ? [problem("number-stands-for-none", { columns: standing })] : []),
    ...(alike.length > 0 ? [problem("values-alike", { columns: alike })] : []),
    ...(several.length > 0 ? [problem("cells-of-several", { columns: several })] : []),
    ...(twice.length > 0 ? [problem("text-encoded-twice", { columns: twice })] : []),
  ];
}

/** What the files together show of the first one's columns. */
function mergedSamples(read: TableFile[]): ColumnSample[] {
  const [first, ...rest] = read as [TableFile, ...TableFile[]];
  // In another dialect the same text may be another number.
  const others = rest.filter(({ text }) => text?.dialect.comma === first.text?.dialect.comma);
  if (others.length === 0) return first.samples;
  const most = Math.ceil(MOST_VALUES / (1 + others.length));
  return first.samples.map((sample) => {
    const all = [
      sample,
      ...others.flatMap(({ names, samples }) => samples[names.indexOf(sample.name)] ?? []),
    ];
    return {
      ...sample,
      values: all.flatMap(({ values }) => values.slice(0, most)),
      rows: all.reduce((sum, { rows }) => sum + Math.min(rows, most), 0),
      ...(all.some(({ untrimmed }) => untrimmed) && {
        untrimmed: all.flatMap(({ untrimmed, values }) => (untrimmed ?? values).slice(0, most)),
      }),
    };
  });
}

/** A category of numbers with signs around them, such as $5 or 12%, or with a few words among them. */
function decoratedNumbers({ name, values, numberOf = decimal }: ColumnSample) {
  const texts = new Set(
    [...new Set(values)].filter((value) => !isMissingNumber(value) && Number.isNaN(numberOf(value))),
  );
  if (texts.size === 0) return [];
  const [example] = texts;
  const numbers = values.filter((value) => !texts.has(value));
  const areDecorated =
    new Set(values).size >= FEW &&
    ([...texts].every((text) =>
      /^[-+\u2212(='"]*\s*[$€£¥₹]?\s*[-+]?\p{Nd}[\p{Nd}.,_\s']*\s*[-%$€£¥₹kKM)]*$/u.test(text),
    ) ||
      haveOneUnit([...texts]) ||
      // As Fortran writes them.
      [...texts].every((text) => /^[-+]?\d*\.\d+d[-+]?\d+$/i.test(text)) ||
      // Of base 16, as long as the number needs: ids made of hashes have all digits.
      (!isCode(name) && [...texts].every((text) => /^[-+]?0x(0|[1-9a-f][\da-f]{0,5})$/i.test(text)))) &&
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

/** Whether they are numbers with the same unit behind each: 12ms, 3.5 km. */
function haveOneUnit(texts: string[]): boolean {
  const units = new Set(texts.map((text) => /^[-+]?\d+(?:[.,]\d+)?\s?([a-zµ°]{1,4})$/i.exec(text)?.[1]));
  return units.size === 1 && !units.has(undefined);
}

/** A category whose values look like times, in a form that is not known. */
function unreadTimes({ name, values }: ColumnSample) {
  // Versions and addresses have points too.
  const isDate = (value: string) =>
    /^\d{1,4}([/.-])\d{1,2}\1\d{1,4}(?![\d/.-])/.test(value) &&
    (isTimeName(name) || value.includes("/") || /(^|\D)(19|20)\d\d(\D|$)/.test(value));
  const looksSo = (value: string) =>
    isDate(value) ||
    /^\d{1,2}[-/ ](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-/ ,]+\d{2,4}\b/i.test(value) ||
    (isTimeName(name) && (/^\d{1,2}:\d{2}/.test(value) || /\b(19|20)\d\d\b/.test(value)));
  return values.length > 0 && new Set(values).size >= FEW && values.every(looksSo)
    ? [{ name, figure: 1, example: values[0]! }]
    : [];
}

/** Several columns of times: a split by time goes by one of them. */
function timesOfSeveral(columns: ColumnChoice[]): Problem[] {
  const times = columns.filter(({ role }) => role === "time").map(({ name }) => name);
  return times.length > 1 ? [problem("times-several", { times })] : [];
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
  return largest > LARGEST && numbers.every((number) => number % 1 === 0)
    ? [{ name, figure: largest, example: values.find((value) => Math.abs(decimal(value)) > LARGEST)! }]
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
