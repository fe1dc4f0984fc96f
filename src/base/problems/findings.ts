// What is odd in a data set and no error: each with its figure and what to do.

import type { Wording } from "../problem.ts";

/** Columns with a figure each, the worst first. */
export interface FoundColumn {
  name: string;
  figure: number;
}

function percent(share: number): string {
  if (share > 0 && share < 0.001) return "less than 0.1 %";
  return `${Number((100 * share).toFixed(share < 0.1 ? 1 : 0))} %`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** ", and so have I3, I4 and 5 others", or nothing. */
function others(columns: FoundColumn[], verb: string, verbOfOne = verb): string {
  const names = columns.slice(1, 4).map(({ name }) => name);
  const left = columns.length - 1 - names.length;
  if (left > 0) names.push(`${left} more`);
  if (names.length === 0) return "";
  const last = names.pop()!;
  return `; so ${columns.length === 2 ? verbOfOne : verb} ${names.length > 0 ? `${names.join(", ")} and ${last}` : last}`;
}

type Columns = { columns: FoundColumn[] };
const worst = ({ columns }: Columns) => columns[0]!;

export const findingProblems = {
  "column-flat": (d: { column: string; mode: string; recommended: string }): Wording => ({
    sentence: `As ${d.mode} all numbers of ${d.column} are the same to the model, though it has several.`,
    remedy: `Let it enter in another way, for example --integers=${d.mode},${d.column}=${d.recommended}.`,
    control: "integers",
  }),
  "import-odd": (d: { count: number; worst: string }): Wording => ({
    sentence: d.count === 1 ? d.worst : `${d.count} things are odd in what was imported. ${d.worst}`,
    remedy: "The Data tab lists what was found, the worst first, and what to do.",
  }),
  "training-empty": (_: object): Wording => ({
    sentence: "The training split has no row: nothing can be learned.",
    remedy: "Take more rows, or smaller shares for the other splits.",
  }),
  "label-one-value": (d: { rows: number; clicked: boolean }): Wording => ({
    sentence: `Of the ${count(d.rows)} training rows ${d.clicked ? "every one is" : "none is"} a click: nothing can be learned, and no AUC computed.`,
    remedy:
      "Check which column is the label, and which of its values is a click (--label, --click on the command line).",
  }),
  "label-guessed": (d: { name: string; column: string; columns: number }): Wording => ({
    sentence: `${d.name} has no header: its columns are named column_1 to column_${d.columns}, and ${d.column} is taken for the label, since it alone holds the two values of one.`,
    remedy:
      "If another one is the label, say it (--label=column_2, for instance, on the command line); --columns=FILE says what each of them is.",
  }),
  "numbers-as-categories": (d: { columns: (FoundColumn & { example: string })[] }): Wording => ({
    sentence: `${worst(d).name} holds numbers, but is read as a category, for what stands there is not always one: ${JSON.stringify(d.columns[0]!.example.slice(0, 20))}, for example${others(d.columns, "is it with")}.`,
    remedy:
      "If it is a quantity, write the numbers alone, or say that it is one and which texts stand for none (role and missing of --columns=FILE on the command line).",
  }),
  "large-numbers-as-categories": (d: { columns: (FoundColumn & { example: string })[] }): Wording => ({
    sentence: `${worst(d).name} is read as a category, since its whole numbers, such as ${d.columns[0]!.example}, need more than 32 bits${others(d.columns, "is it with")}.`,
    remedy:
      "If it is a quantity, let it be a number, which is kept to seven digits (role of --columns=FILE on the command line).",
  }),
  "time-unread": (d: { columns: (FoundColumn & { example: string })[] }): Wording => ({
    sentence: `${worst(d).name} is read as a category: ${JSON.stringify(d.columns[0]!.example.slice(0, 40))}, for example, is no time in a form that is known${others(d.columns, "is it with")}.`,
    remedy:
      "If it is a time, write it as 2014-10-21 05:00:00 or in seconds since 1970, so that rows can be split by it; else leave it out.",
  }),
  "columns-unseen": (d: Columns): Wording => ({
    sentence: `${worst(d).name} is empty in the first rows, which are looked at: it is read as a category${others(d.columns, "are", "is")}.`,
    remedy: "If it holds numbers further on, say so (role of --columns=FILE on the command line).",
  }),
  "times-several": (d: { times: string[] }): Wording => ({
    sentence: `${d.times.slice(0, 4).join(", ")} are columns of times: a split by time goes by the first of them, ${d.times[0]}.`,
    remedy:
      "If another one says when the row was shown, let these be left out (role ignore of --columns=FILE on the command line).",
  }),
  "key-unknown": (d: { name: string; key: string }): Wording => ({
    sentence: `Some records of ${d.name} have a key that its first ones do not have, ${JSON.stringify(d.key.slice(0, 40))}, for example: such keys are left out.`,
    remedy:
      "If they matter, write them into the first record, too, with the value null; or write the table as Parquet.",
  }),
  "thousands-unclear": (d: { columns: (FoundColumn & { example: string })[] }): Wording => ({
    sentence: `In ${worst(d).name} every point has three digits behind it, as in ${d.columns[0]!.example}: it is read as a fraction, and may be meant as groups of thousands${others(d.columns, "are they in")}.`,
    remedy: "If the points group thousands, write the numbers without them.",
  }),
  "folders-no-columns": (d: { folder: string }): Wording => ({
    sentence: `The files lie in folders such as ${d.folder}, and of tables without a header a folder's value is no column.`,
    remedy: "If the value matters, write a header above the rows, or write the table as Parquet.",
  }),
  "rows-unseen": (d: { name: string }): Wording => ({
    sentence: `The first row of ${d.name} is longer than what is looked at of a file: no column was taken for numbers, since no value was seen.`,
    remedy:
      "Leave that row out if it is damaged; else say which columns are numbers (--columns=FILE on the command line).",
  }),
  "rows-short": (d: { names: string[] }): Wording => ({
    sentence: `Some rows end before the last of the ${d.names.length} columns, ${d.names.at(-1)}: what is not there is read as missing.`,
    remedy: "Excel leaves empty last cells out; if rows were cut off instead, get the file again.",
  }),
  "numbers-rounded": (d: { columns: (FoundColumn & { different: number; kept: number })[] }): Wording => ({
    sentence: `The numbers of ${worst(d).name} differ by less than a float of 32 bits can hold at their size: ${d.columns[0]!.different} different ones in the first rows become ${d.columns[0]!.kept}${others(d.columns, "is it with")}.`,
    remedy:
      "Subtract a constant from them before the import, or leave the column out; a time is better read as such.",
  }),
  "header-of-another-file": (d: { name: string; others: number; header: string }): Wording => ({
    sentence: `${d.name}${d.others > 0 ? ` and ${d.others} more` : ""} ${d.others > 0 ? "have" : "has"} no header: the columns are read in the order of ${d.header}.`,
    remedy: "If their order is another one, write a header into each file.",
  }),
  "ids-rounded": (d: { columns: (FoundColumn & { example: string })[] }): Wording => ({
    sentence: `${worst(d).name} holds ids such as ${d.columns[0]!.example}, which a program took for numbers and rounded: different ids may have become one${others(d.columns, "is it with")}.`,
    remedy: "Write the table again from where it came, with the ids as texts; or leave the column out.",
  }),
  "number-stands-for-none": (d: { columns: (FoundColumn & { number: number })[] }): Wording => ({
    sentence: `${percent(worst(d).figure)} of the numbers of ${worst(d).name} are ${d.columns[0]!.number}, and no other is like it: it probably stands for no value${others(d.columns, "is it with")}.`,
    remedy: `If so, say it: missing: ["${d.columns[0]!.number}"] of --columns=FILE on the command line.`,
  }),
  "values-alike": (d: {
    columns: (FoundColumn & { pairs: number; one: string; other: string; by: string })[];
  }): Wording => ({
    sentence: `In ${worst(d).name} ${JSON.stringify(d.columns[0]!.one.slice(0, 40))} and ${JSON.stringify(d.columns[0]!.other.slice(0, 40))} are two values, with an id each: they differ only by ${d.columns[0]!.by}${d.columns[0]!.pairs > 1 ? `, one of ${count(d.columns[0]!.pairs)} such pairs` : ""}${others(d.columns, "is it with")}.`,
    remedy: "If they mean the same, write them alike before the import.",
  }),
  "cells-of-several": (d: { columns: (FoundColumn & { example: string })[] }): Wording => ({
    sentence: `${worst(d).name} holds several values in a cell, such as ${JSON.stringify(d.columns[0]!.example.slice(0, 40))}: each combination is one value with an id${others(d.columns, "is it with")}.`,
    remedy: "Write a column for each of them, or the one that matters most.",
  }),
  "text-encoded-twice": (d: { columns: (FoundColumn & { example: string; text: string })[] }): Wording => ({
    sentence: `${worst(d).name} holds text that was written as UTF-8 twice: ${JSON.stringify(d.columns[0]!.example.slice(0, 40))} was ${JSON.stringify(d.columns[0]!.text.slice(0, 40))}${others(d.columns, "is it with")}.`,
    remedy: "Write it once, or one value gets two ids where other logs have it right.",
  }),
  "split-by-time-small": (d: {
    split: "test" | "valid";
    rows: number;
    of: number;
    from: string;
  }): Wording => ({
    sentence: `Split by time, the ${d.split === "test" ? "test" : "validation"} split has ${count(d.rows)} of ${count(d.of)} rows: it begins at ${d.from}, as the latest time in the log has it.`,
    remedy:
      "One wrong time moves the last day: look at the latest times, and leave out rows whose time cannot be. If they are right, take more days or hours (--test_last, --valid_last on the command line).",
  }),
  "rows-without-time": (d: { rows: number; of: number }): Wording => ({
    sentence: `${count(d.rows)} of ${count(d.of)} lines have no time that can be read: split by time, their rows are training rows.`,
    remedy:
      "Leave them out if they may be later than the test rows, or write their times as the others are written.",
  }),
  "column-tells-label": (d: Columns & { rows: number }): Wording => ({
    sentence: `${worst(d).name} alone gives the label away: AUC ${worst(d).figure.toFixed(3)} on ${count(d.rows)} rows that were held out${others(d.columns, "do", "does")}.`,
    remedy:
      "It is probably written after the click, or made of the label. Leave the column out, unless it is known before the ad is shown.",
  }),
  "test-rows-in-training": (d: {
    split: "test" | "valid";
    share: number;
    rows: number;
    estimated: boolean;
  }): Wording => ({
    sentence: `${percent(d.share)} of the ${d.split === "test" ? "test" : "validation"} rows (${d.estimated ? "about " : ""}${count(d.rows)}) stand in the training rows too, the label and every value alike.`,
    remedy:
      "Check that no file was read twice. A model remembers such rows, so its figures on them are too good; split by time, or remove the copies.",
  }),
  "rows-twice": (d: { share: number; rows: number; estimated: boolean }): Wording => ({
    sentence: `${percent(d.share)} of the training rows (${d.estimated ? "about " : ""}${count(d.rows)}) are copies of other rows, the label and every value alike.`,
    remedy:
      "Check that no file was read twice; where the log has them, they weigh several times in training.",
  }),
  "splits-click-otherwise": (d: {
    first: string;
    firstRate: number;
    second: string;
    secondRate: number;
    z: number;
    inOrder: boolean;
  }): Wording => ({
    sentence: `The click rate is ${(100 * d.firstRate).toFixed(2)} % in ${d.first} and ${(100 * d.secondRate).toFixed(2)} % in ${d.second}, ${d.z.toFixed(1)} standard errors apart: more than chance.`,
    remedy: d.inOrder
      ? "Splits by time or by files may differ so: figures of one then hold for the other only roughly. Else check that the files are of one log."
      : "Rows were dealt by chance, so something in the log follows its line numbers: check for copies, or split by time.",
  }),
  "values-without-id": (d: Columns & { expected: number }): Wording => ({
    sentence: `${percent(worst(d).figure)} of the test rows have a value in ${worst(d).name} that has no id of its own, and ${percent(d.expected)} of the training rows${others(d.columns, "it is with")}.`,
    remedy:
      "Values that are new each day say nothing about tomorrow: leave the column out, or use a coarser value.",
  }),
  "column-empty-from": (d: Columns & { rows: number; what: string }): Wording => ({
    sentence: `${worst(d).name} is empty from ${d.what} ${count(worst(d).figure)} of ${count(d.rows)} on${others(d.columns, "are", "is")}.`,
    remedy:
      "Whatever wrote the log stopped filling it. Leave the column out, or the rows from there on, before tomorrow's rows are scored.",
  }),
  "column-like-id": (d: Columns): Wording => ({
    sentence: `${worst(d).name} is nearly different in every row: ${percent(worst(d).figure)} of its values are${others(d.columns, "are", "is")}.`,
    remedy: "It names rows, as an id does, and says nothing about others: leave the column out.",
  }),
  "column-constant": (d: Columns): Wording => ({
    sentence: `${worst(d).name} has the same value in every row${others(d.columns, "have", "has")}.`,
    remedy: "It says nothing: leave the column out.",
  }),
  "column-rare": (d: Columns & { threshold: number }): Wording => ({
    sentence: `${percent(worst(d).figure)} of the rows have a rare value in ${worst(d).name}, which shares one id with the others${others(d.columns, "it is with")}.`,
    remedy: `Lower the threshold (it is ${d.threshold}), or leave the column out.`,
  }),
  "column-outliers": (d: Columns): Wording => ({
    sentence: `A few numbers of ${worst(d).name} lie far from the others: the furthest ${count(worst(d).figure)} times the width of the middle half${others(d.columns, "it is with")}.`,
    remedy:
      "As max, minmax or standard nearly all rows weigh almost the same; bucket, log and quantile keep them apart.",
  }),
};
