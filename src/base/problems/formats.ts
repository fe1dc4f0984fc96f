// What can be wrong with files of other tools.

import type { Wording } from "../problem.ts";

const KNOWN =
  "Choose Criteo's log, a CSV with the columns label, I1…, C1…, a folder with FuxiCTR's feature_map.json and Parquet files, TFRecord, pandas' HDF5 or MindRecord files.";

export const formatProblems = {
  "format-unknown": (d: { name: string; what: string }): Wording => ({
    sentence: `${d.name} cannot be opened: it is ${d.what}.`,
    remedy: KNOWN,
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
    sentence: `Two of the files are named ${d.name}: they cannot be told apart.`,
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
