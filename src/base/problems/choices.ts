// What can be wrong with the choices for a data set that is to be made of a log. Each names its choice as the control.

import type { Wording } from "../problem.ts";

const COLUMNS =
  "There are 1 to 4,096 columns besides the label, for example 13 of integers and 26 of categories.";

export const choiceProblems = {
  "rows-invalid": (_: object): Wording => ({
    sentence: "The number of rows to take must be a whole number, at least 1.",
    remedy: "Take 1000000, for example, or all rows.",
    control: "import.rows",
  }),
  "integer-columns-invalid": (_: object): Wording => ({
    sentence: "The number of integer columns must be a whole number, and with the categories at least 1.",
    remedy: COLUMNS,
    control: "import.integers",
  }),
  "category-columns-invalid": (_: object): Wording => ({
    sentence: "The number of category columns must be a whole number, at least 0.",
    remedy: COLUMNS,
    control: "import.categories",
  }),
  "columns-without-label": (_: object): Wording => ({
    sentence: "No column is the label.",
    remedy: "Choose the column that says whether a row was clicked.",
    control: "import.columns",
  }),
  "columns-with-labels": (d: { names: string[] }): Wording => ({
    sentence: `Several columns are the label: ${d.names.join(", ")}.`,
    remedy: "Leave one of them the label.",
    control: "import.columns",
  }),
  "columns-without-features": (_: object): Wording => ({
    sentence: "No column is a number or a category, so there is nothing to learn from.",
    remedy: "Choose what the columns are that say something of a row.",
    control: "import.columns",
  }),
  "threshold-invalid": (_: object): Wording => ({
    sentence: "The threshold must be a whole number, at least 0.",
    remedy: "Take 10 for some hundred thousand rows, 100 for tens of millions.",
    control: "import.threshold",
  }),
  "seed-invalid": (_: object): Wording => ({
    sentence: "The seed must be a whole number from 0 to 4294967295.",
    remedy: "Take 2020, for example.",
    control: "import.seed",
  }),
  "test-share-invalid": (_: object): Wording => ({
    sentence: "The share of test rows must be a number from 0 to 1.",
    remedy: "Take 0.1, for example.",
    control: "import.testShare",
  }),
  "valid-share-invalid": (_: object): Wording => ({
    sentence: "The share of validation rows must be a number from 0 to 1.",
    remedy: "Take 0.1, for example, or 0 for none.",
    control: "import.validShare",
  }),
  "shares-over-one": (_: object): Wording => ({
    sentence: "The shares of test and validation rows are more than 1 together.",
    remedy: "Make one of them smaller.",
    control: "import.validShare",
  }),
  "shares-of-named-splits": (_: object): Wording => ({
    sentence: "The files are splits already, so no share of rows is left to deal.",
    remedy: "Leave the shares of test and validation rows out, or have all rows dealt anew, by hash.",
    control: "import.testShare",
  }),
  "time-span-invalid": (_: object): Wording => ({
    sentence: "The last rows of a split by time are a whole number of days or hours.",
    remedy: "Write 1d for the last day, 6h for the last six hours, 0d for none.",
    control: "import.testLast",
  }),
  "split-without-time": (d: { name: string }): Wording => ({
    sentence: `${d.name} has no column of times, so its rows cannot be split by time.`,
    remedy:
      "Say which column is the time (in the import, or with --columns on the command line), or split by hash.",
    control: "import.split",
  }),
  "split-time-unread": (d: { name: string; column: string; example: string }): Wording => ({
    sentence: `${d.name} cannot be split by time: not all that its column ${d.column} holds, ${JSON.stringify(d.example.slice(0, 40))} for example, is a time in one form that is known.`,
    remedy:
      "Write all times as 2014-10-21 05:00:00 or in seconds since 1970; or say that another column is the time (in the import, or with --columns on the command line), or split by hash.",
    control: "import.split",
  }),
  "split-time-too-short": (d: { name: string; hours: number; asked: string }): Wording => ({
    sentence: `The rows of ${d.name} are of ${d.hours < 48 ? `${d.hours} ${d.hours === 1 ? "hour" : "hours"}` : `${Math.round(d.hours / 24)} days`}; the last ${d.asked} of them leave no row to train on.`,
    remedy: "Take fewer days for validation and test, or hours: 1h is the last hour.",
    control: "import.testLast",
  }),
  "mindspore-without-validation": (_: object): Wording => ({
    sentence: "MindSpore's split knows no validation rows.",
    remedy: "Leave their share out, or split by hash.",
    control: "import.validShare",
  }),
  "mindspore-counts-all": (_: object): Wording => ({
    sentence: "MindSpore's split goes with ids that are fitted on all rows.",
    remedy: "Fit them on all rows, or split by hash.",
    control: "import.fittedOn",
  }),
};
