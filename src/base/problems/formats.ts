// What can be wrong with files of other tools.

import type { Wording } from "../problem.ts";

export const formatProblems = {
  "format-unknown": (d: { name: string; what: string; remedy: string }): Wording => ({
    sentence: `${d.name} is ${d.what}.`,
    remedy: d.remedy,
    control: "dataset",
  }),
  "text-not-utf8": (d: {
    name: string;
    line: number;
    readings: { encoding: string; text: string }[];
  }): Wording => ({
    sentence: `${d.name} is not written in UTF-8: line ${d.line.toLocaleString("en")} has bytes that UTF-8 does not have.`,
    remedy: `Say what it is written in (--encoding=NAME on the command line), or save it as UTF-8. In that line stands ${d.readings.map(({ encoding, text }) => `${JSON.stringify(text)} in ${encoding}`).join(", ")}.`,
    control: "dataset",
  }),
  "unpacking-failed": (d: { name: string; packing: string; reason: string }): Wording => ({
    sentence: `${d.name} cannot be unpacked (${d.packing}): ${d.reason}.`,
    remedy: "It was probably cut off or changed while it was copied; get the file again.",
    control: "dataset",
  }),
  "archive-beside-tables": (d: { name: string }): Wording => ({
    sentence: `${d.name} is an archive beside files that are read.`,
    remedy: "Choose the archive alone to read what is in it.",
    control: "dataset",
  }),
  "table-of-others": (d: { name: string; found: number; read: string }): Wording => ({
    sentence: `${d.name} has ${d.found} columns and no header with a label: it is no part of the table of ${d.read}.`,
    remedy: "If it is the table that is meant, choose it alone, and say what its columns are.",
    control: "dataset",
  }),
  "table-missing": (d: { table: string; names: string[] }): Wording => ({
    sentence: `None of the files is called ${d.table}: there ${d.names.length === 1 ? "is" : "are"} ${d.names.slice(0, 8).join(", ")}${d.names.length > 8 ? ` and ${d.names.length - 8} more` : ""}.`,
    remedy: "Give the name of one of them, or of a folder that holds some (--table on the command line).",
    control: "dataset",
  }),
  "tables-of-two-kinds": (d: {
    name: string;
    columns: string;
    other: string;
    otherColumns: string;
  }): Wording => ({
    sentence: `${d.name} has the columns ${d.columns}, ${d.other} has ${d.otherColumns}: they are not one data set.`,
    remedy:
      d.columns !== d.otherColumns && d.columns.toLowerCase() === d.otherColumns.toLowerCase()
        ? "Their names differ by capital letters alone: write them alike, if they mean the same."
        : "Choose the files of one of them (--input or --table on the command line).",
    control: "dataset",
  }),
  "header-of-other-width": (d: { name: string; header: string[]; found: number }): Wording => ({
    sentence: `${d.name} has rows of ${d.found} columns, and ${d.header.length === 1 ? "one name" : `${d.header.length} names`} above them: ${d.header.join(", ").slice(0, 80)}.`,
    remedy: "Write a name for each column, separated as the rows are.",
    control: "dataset",
  }),
  "label-unclear": (d: { name: string; unclear: string }): Wording => ({
    sentence: `${d.name} ${d.unclear}.`,
    remedy: "Say which column is the label (--label=NAME or --columns=FILE on the command line).",
    control: "dataset",
  }),
  "label-empty": (d: { name: string; column: string }): Wording => ({
    sentence: `${d.name} has no label in its first rows: its column ${d.column} is empty.`,
    remedy: "Choose a table with labels; rows without one say nothing about clicks.",
    control: "dataset",
  }),
  "label-values": (d: { name: string; column: string; reason: string; values: number }): Wording => ({
    sentence: `${d.name} cannot be read by its label: its column ${d.column} ${d.reason}.`,
    remedy:
      d.values > 2
        ? "Write a column of two values into the table, for instance 1 where it is greater than 0, or choose another column as the label (--label=NAME on the command line)."
        : "Say which value is a click (--click=VALUE on the command line), or choose another column as the label (--label=NAME).",
    control: "dataset",
  }),
  "no-features": (d: { name: string; columns: string }): Wording => ({
    sentence: `${d.name} has nothing to learn from: of its columns ${d.columns} none is a number or a category besides the label.`,
    remedy:
      "Choose the table that holds the rows' features, or say what its columns are (--columns=FILE on the command line).",
    control: "dataset",
  }),
  "column-missing": (d: { name: string; column: string; columns: string }): Wording => ({
    sentence: `${d.name} has no column "${d.column}": it has ${d.columns}.`,
    remedy: "Correct the column's name, or leave it out.",
    control: "dataset",
  }),
  "column-twice": (d: { name: string; column: string }): Wording => ({
    sentence: `${d.name} has two columns named "${d.column}".`,
    remedy: "Give each column a name of its own, or say that the column is to be left out.",
    control: "dataset",
  }),
  "columns-too-many": (d: { name: string; found: number; most: number }): Wording => ({
    sentence: `${d.name} has ${d.found.toLocaleString("en")} columns of features, and a data set holds ${d.most.toLocaleString("en")} at most.`,
    remedy:
      "Choose the columns to keep (--columns=FILE on the command line), or write several values of one kind as one column.",
    control: "dataset",
  }),
  "columns-file-invalid": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} does not say what the columns are: ${d.reason}.`,
    remedy:
      'Write a list such as [{"name": "click", "role": "label"}, {"name": "site_id", "role": "category"}], or FuxiCTR\'s dataset_config.yaml with one data set.',
    control: "dataset",
  }),
  "options-against-header": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} ${d.reason}.`,
    remedy:
      "Leave the numbers of columns out (--dense_dim, --slot_dim): columns are found by their names; --columns=FILE says what each of them is.",
    control: "dataset",
  }),
  "id-column-missing": (d: { name: string; column: string; hasHeader: boolean }): Wording => ({
    sentence: `${d.name} has no column "${d.column}" that could name its rows.`,
    remedy: d.hasHeader
      ? "Give the column's name as the header spells it."
      : "The file has no header: give the column's place, counted from 1.",
  }),
  "preprocessed-already": (d: { name: string }): Wording => ({
    sentence: `${d.name} belongs to a data set that was preprocessed already.`,
    remedy: "Open it as it is: its whole folder with the manifest.json (--dataset_path on the command line).",
    control: "dataset",
  }),
  "shard-alone": (d: { name: string }): Wording => ({
    sentence: `${d.name} is a part of a data set of this studio, and the manifest.json that describes it is not with it.`,
    remedy: "Choose the data set's whole folder, with its manifest.json.",
    control: "dataset",
  }),
  "formats-mixed": (d: { name: string; format: string; other: string; otherFormat: string }): Wording => ({
    sentence: `${d.name} is ${d.format}, ${d.other} is ${d.otherFormat}: they cannot be one data set.`,
    remedy: "Choose files of one kind.",
    control: "dataset",
  }),
  "names-alike": (d: { name: string }): Wording => ({
    sentence: `Two of the files are named ${d.name}: nothing distinguishes them.`,
    remedy: "Choose a folder that holds them both in folders of their own, or rename one.",
    control: "dataset",
  }),
  "splits-unclear": (d: { name: string; named: string }): Wording => ({
    sentence: `${d.named} is named for its split, ${d.name} is not: its rows would belong to none.`,
    remedy:
      "Name every file train, valid or test, choose only those, or have all rows dealt anew, by hash (--split=hash on the command line).",
    control: "dataset",
  }),
  "format-damaged": (d: { name: string; format: string; reason: string }): Wording => ({
    sentence: `${d.name} is damaged ${d.format}: ${d.reason}.`,
    remedy: "It was probably cut off or changed while it was copied; get the file again.",
    control: "dataset",
  }),
  "format-mismatch": (d: { name: string; format: string; reason: string; expected: string }): Wording => ({
    sentence: `${d.name} is ${d.format}, but not of click data as the studio knows it: ${d.reason}.`,
    remedy: `${d.expected}.`,
    control: "dataset",
  }),
};
