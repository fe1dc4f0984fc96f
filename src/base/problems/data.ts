// What can be wrong with a log, a data set or a place to write one to.

import type { Wording } from "../problem.ts";

const PREPROCESS_AGAIN = "Copy the whole folder again, or make it again with `preprocess`.";

export const dataProblems = {
  "file-unreadable": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} could not be read: ${d.reason}.`,
    remedy: "Check that the file exists and that you may read it.",
  }),
  "file-missing": (d: { name: string; where: string }): Wording => ({
    sentence: `${d.where} has no file ${d.name}.`,
    remedy: "Choose the data set's whole folder: manifest.json, vocabulary.tsv and every shard beside it.",
    control: "dataset",
  }),
  "address-unreachable": (d: { address: string; reason: string }): Wording => ({
    sentence: `${d.address} could not be loaded: ${d.reason}.`,
    remedy:
      "Check the address, and that its server lets other pages read it (CORS: Access-Control-Allow-Origin, and Content-Range among Access-Control-Expose-Headers).",
    control: "dataset",
  }),
  "manifest-invalid": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} does not describe a data set of this studio: ${d.reason}.`,
    remedy: "Choose the manifest.json that `preprocess` wrote, unchanged.",
    control: "dataset",
  }),
  "shard-damaged": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} is not the shard that the manifest describes: ${d.reason}.`,
    remedy: PREPROCESS_AGAIN,
    control: "dataset",
  }),
  "vocabulary-damaged": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} is not the vocabulary that the manifest describes: ${d.reason}.`,
    remedy: PREPROCESS_AGAIN,
    control: "dataset",
  }),
  "log-empty": (d: { name: string }): Wording => ({
    sentence: `${d.name} holds no row.`,
    remedy: "Choose a log in Criteo's form: a label, 13 integers and 26 values a line, separated by tabs.",
    control: "dataset",
  }),
  "log-not-readable": (d: {
    name: string;
    bad: number;
    lines: number;
    line: number;
    reason: string;
  }): Wording => ({
    sentence: `${d.bad} of the first ${d.lines} lines of ${d.name} cannot be read as Criteo's log, more than 1 %: line ${d.line}, for example, ${d.reason}.`,
    remedy: "Choose a log in Criteo's form: a label, 13 integers and 26 values a line, separated by tabs.",
    control: "dataset",
  }),
  "log-truncated": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} cannot be unpacked to its end: ${d.reason}.`,
    remedy: "It was probably cut off while it was copied; get the file again.",
    control: "dataset",
  }),
  "log-changed": (d: { name: string }): Wording => ({
    sentence: `${d.name} changed while it was read: its second reading gave other lines than its first.`,
    remedy: "Wait until whatever writes to it is done, then start again.",
  }),
  "output-exists": (d: { name: string }): Wording => ({
    sentence: `${d.name} is there already and is not empty.`,
    remedy: "Name another folder with --output, or remove that one.",
  }),
  "output-unwritable": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} could not be written: ${d.reason}.`,
    remedy:
      "Check that there is room and that you may write there; the same command then goes on where it stopped.",
  }),
};
