// What can be wrong with a log, a data set or a place to write one to.

import type { Wording } from "../problem.ts";

const PREPROCESS_AGAIN = "Copy the whole folder again, or make it again with `preprocess`.";

const OTHER_UNIT =
  "Check that they are written in the same unit there; if they are simply new, a model knows little of them.";

function figure(value: number): string {
  return value.toLocaleString("en", { maximumSignificantDigits: 4 });
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

/** Files that were chosen by themselves are in no folder that the browser names. */
function folderText(folder: string): string {
  return folder === "" ? "no folder" : `the folder ${folder}`;
}

export const dataProblems = {
  "file-unreadable": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} could not be read: ${d.reason}.`,
    remedy: "Check that the file exists and that you may read it.",
  }),
  "folder-is-file": (d: { name: string }): Wording => ({
    sentence: `${d.name} is a file, and a data set's folder is wanted.`,
    remedy: "Give the folder that holds manifest.json; preprocess makes one of a log.",
  }),
  "file-missing": (d: { name: string; where: string }): Wording => ({
    sentence: `${d.where} has no file ${d.name}.`,
    remedy: "Choose the data set's whole folder: manifest.json, vocabulary.tsv and every shard beside it.",
    control: "dataset",
  }),
  "datasets-mixed": (d: { folder: string; other: string }): Wording => ({
    sentence: `What you chose holds two data sets: one in ${folderText(d.folder)}, one in ${folderText(d.other)}.`,
    remedy: "Choose the folder of one of them.",
    control: "dataset",
  }),
  "address-incomplete": (d: { address: string }): Wording => ({
    sentence: `${d.address} is not the whole address of a manifest.json.`,
    remedy:
      "It begins with http:// or https://, as in https://example.com/shards/manifest.json; on this page's own server a / is enough.",
    control: "dataset",
  }),
  "address-not-found": (d: { address: string; status: number }): Wording => ({
    sentence: `${d.address} is not there: its server answers ${d.status}.`,
    remedy:
      "Check the address: it is that of a data set's manifest.json, and the vocabulary and every shard lie beside it.",
    control: "dataset",
  }),
  "address-unreachable": (d: { address: string; reason: string }): Wording => ({
    sentence: `${d.address} could not be loaded: ${d.reason}.`,
    remedy:
      "Check the address, and that its server lets other pages read it (CORS: Access-Control-Allow-Origin, and Content-Range among Access-Control-Expose-Headers).",
    control: "dataset",
  }),
  "ranges-ignored": (d: { address: string }): Wording => ({
    sentence: `The server of ${d.address} sends whole files only, and these are too large to hold in memory.`,
    remedy:
      "Put them on a server that answers range requests (most static ones do), or copy the folder and open it here.",
    control: "dataset",
  }),
  "manifest-invalid": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} does not describe a data set of this studio: ${d.reason}.`,
    remedy: /^https?:/.test(d.name)
      ? "Give the address of the manifest.json that `preprocess` wrote, unchanged; a log is downloaded first, then dropped here."
      : "Choose the manifest.json that `preprocess` wrote, unchanged.",
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
    remedy: "Choose a file that holds rows.",
    control: "dataset",
  }),
  "rows-undealt": (d: { name: string; lines: number }): Wording => ({
    sentence: `None of the rows of ${d.name} belongs to a split: MindSpore's way deals whole thousands of lines, and it has ${d.lines}.`,
    remedy: "Take a longer log, or leave --split=mindspore out.",
    control: "dataset",
  }),
  "folder-without-files": (d: { name: string }): Wording => ({
    sentence: `${d.name} holds no file.`,
    remedy: "Choose the folder in which the logs lie, or a log itself.",
    control: "dataset",
  }),
  "log-not-readable": (d: {
    name: string;
    bad: number;
    lines: number;
    where: string;
    reason: string;
  }): Wording => ({
    sentence: `${d.bad} of the first ${d.lines} rows of ${d.name} cannot be read, more than 1 %: ${d.where}, for example, ${d.reason}.`,
    remedy: d.reason.endsWith("which is not UTF-8")
      ? "Say what the text is written in (--encoding=NAME on the command line), or save it as UTF-8."
      : d.reason === "has no label"
        ? "If an empty cell means that there was no click, write 0 there; else leave such rows out, or choose another column as the label (--label=NAME on the command line)."
        : "Look at that row: if the file is right, say what its columns are (--columns=FILE on the command line); if not, mend or leave out the file.",
    control: "dataset",
  }),
  "log-columns": (d: { name: string; found: number; integers: number; categories: number }): Wording => ({
    sentence: `${d.name} has no header and ${d.found} columns a line, not ${1 + d.integers + d.categories}: a label, ${d.integers} integers and ${d.categories} categories.`,
    remedy:
      "Its columns are named column_1, column_2 and so on: say which is the label (--label=column_1, for instance, on the command line) or what each of them is (--columns=FILE), or, where the label is the first, how many are integers and how many categories (--dense_dim, --slot_dim).",
    control: "dataset",
  }),
  "log-unlabelled": (d: { name: string; integers: number; categories: number }): Wording => ({
    sentence: `${d.name} has no label: its lines are ${d.integers} integers and ${d.categories} categories, as in Kaggle's test.txt.`,
    remedy: "Choose a log with labels, such as train.txt; rows without one say nothing about clicks.",
    control: "dataset",
  }),
  "log-truncated": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} cannot be unpacked to its end: ${d.reason}.`,
    remedy: "It was probably cut off while it was copied; get the file again.",
    control: "dataset",
  }),
  "gzip-damaged": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} cannot be unpacked: bytes in it are not what gzip wrote (${d.reason}).`,
    remedy: "It was changed while it was copied or stored; get the file again.",
    control: "dataset",
  }),
  "gzip-followed": (d: { name: string }): Wording => ({
    sentence: `${d.name} is gzip, but other bytes follow its packed data.`,
    remedy:
      "Get the file again; or unpack it (gzip -dc gives what stands before those bytes), look whether its rows are all there, and choose that.",
    control: "dataset",
  }),
  "dataset-changed": (d: { name: string }): Wording => ({
    sentence: `${d.name} is not what it was when it was opened, so the values behind its ids are not known.`,
    remedy: "Open it again.",
  }),
  "log-changed": (d: { name: string }): Wording => ({
    sentence: `${d.name} changed while it was read: its second reading gave other lines than its first.`,
    remedy: "Wait until whatever writes to it is done, then start again.",
  }),
  "output-exists": (d: { name: string }): Wording => ({
    sentence: `${d.name} is there already and is not empty.`,
    remedy: "Name another folder with --output, or remove that one.",
  }),
  "output-file-exists": (d: { name: string }): Wording => ({
    sentence: `${d.name} is there already.`,
    remedy: "Name another file with --output, or remove that one.",
  }),
  "output-in-use": (d: { name: string; process: number; file: string }): Wording => ({
    sentence: `${d.name} is being written by another command, process ${d.process}.`,
    remedy: `Wait until that is done, or name another folder with --output; if that process is something else, remove ${d.file}.`,
  }),
  "output-unwritable": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} could not be written: ${d.reason}.`,
    remedy:
      "Check that there is space and that you may write there; the same command then continues where it stopped.",
  }),
  "device-missing": (d: { reason: string }): Wording => ({
    sentence: `This browser offers no storage for data sets: ${d.reason}.`,
    remedy: "Leave the private window, or make the data set with `preprocess` and open its folder here.",
    control: "dataset",
  }),
  "device-full": (d: { name: string }): Wording => ({
    sentence: `There is no space for ${d.name} in this browser's storage; nothing of it was kept.`,
    remedy: "Free space on the disk, delete data sets or runs here, or take fewer rows.",
    control: "dataset",
  }),
  "device-unwritable": (d: { name: string; reason: string }): Wording => ({
    sentence: `${d.name} could not be written to this browser's storage: ${d.reason}; nothing of it was kept.`,
    remedy: "Check that there is space on the disk, then try again.",
    control: "dataset",
  }),
  "dataset-gone": (_: object): Wording => ({
    sentence: "That data set is no longer on this device.",
    remedy: "Import it again; a browser may clear its storage when the disk runs full.",
    control: "dataset",
  }),
  "dataset-in-use": (d: { name: string }): Wording => ({
    sentence: `${d.name} is open, here or in another tab, so it stays.`,
    remedy: "Open another data set first, then delete it.",
    control: "dataset",
  }),
  "import-cancelled": (d: { name: string }): Wording => ({
    sentence: `The work on ${d.name} was cancelled; nothing of it was kept.`,
    remedy: "Start it again whenever you like.",
  }),
  "vocabulary-of-other-columns": (d: {
    name: string;
    dataset: string;
    columns: string;
    expected: string;
  }): Wording => ({
    sentence: `${d.name} has ${d.columns}, and ${d.dataset} has ${d.expected}: its ids do not fit.`,
    remedy:
      "Choose a log with the same columns (without a header preprocess takes their number, --dense_dim and --slot_dim), or import it with ids of its own.",
    control: "dataset",
  }),
  "vocabulary-of-other-values": (d: {
    name: string;
    dataset: string;
    values: string;
    expected: string;
  }): Wording => ({
    sentence: `${d.name} holds ${d.values}, and ${d.dataset} was made of ${d.expected}: its ids would go to other values.`,
    remedy:
      "Choose files of the kind that it was made of (of FuxiCTR's also feature_vocab.json), or import them with ids of their own.",
    control: "dataset",
  }),
  "values-unseen": (d: {
    name: string;
    dataset: string;
    column: string;
    share: number;
    expected: number;
    columns: number;
  }): Wording => ({
    sentence:
      `${percent(d.share)} of the rows of ${d.name} have a value in ${d.column} that ${d.dataset} has no id for, ` +
      `where ${percent(d.expected)} were expected${d.columns > 1 ? `, and ${d.columns} columns are like this` : ""}.`,
    remedy:
      "Check that values are written there as in the files that it was made of; if they are simply new, a model knows nothing of them.",
    control: "dataset",
  }),
  "numbers-outside": (d: {
    name: string;
    dataset: string;
    column: string;
    share: number;
    least: number;
    most: number;
  }): Wording => ({
    sentence: `${percent(d.share)} of the numbers of ${d.column} in ${d.name} lie outside ${figure(d.least)} to ${figure(d.most)}, where all of those lie that ${d.dataset} was made of.`,
    remedy: OTHER_UNIT,
    control: "dataset",
  }),
  "numbers-aside": (d: {
    name: string;
    dataset: string;
    column: string;
    share: number;
    side: "below" | "above";
    than: number;
  }): Wording => ({
    sentence: `${percent(d.share)} of the numbers of ${d.column} in ${d.name} lie ${d.side} ${figure(d.than)}, and a quarter of those that ${d.dataset} was made of.`,
    remedy: OTHER_UNIT,
    control: "dataset",
  }),
  "numbers-missing": (d: {
    name: string;
    dataset: string;
    column: string;
    share: number;
    expected: number;
  }): Wording => ({
    sentence: `${d.column} has no number in ${percent(d.share)} of the rows of ${d.name}, and in ${percent(d.expected)} of those that ${d.dataset} was made of.`,
    remedy: "See whether the column is still written, and in the same form.",
    control: "dataset",
  }),
  "mode-of-no-column": (d: { column: string; numbers: string[] }): Wording => ({
    sentence: `The configuration says how the column "${d.column}" of numbers enters, and the data set has none of this name.`,
    remedy:
      d.numbers.length > 0
        ? `Its columns of numbers are ${d.numbers.slice(0, 20).join(", ")}${d.numbers.length > 20 ? ", …" : ""}; "*" is all that are not named.`
        : "It has no column of numbers: leave the names out.",
    control: "integers",
  }),
  "statistics-missing": (d: { column: string; mode: string }): Wording => ({
    sentence: `The column ${d.column} cannot enter as ${d.mode}: its data set was made by an earlier version, which did not note what that needs.`,
    remedy: "Make the data set again from its log, or choose max, log, minmax or bucket.",
    control: "integers",
  }),
  "folder-unwritable": (d: { name: string; reason: string }): Wording => ({
    sentence: `The folder ${d.name} could not be written: ${d.reason}.`,
    remedy: "Choose another folder, or export the data set as a zip.",
    control: "dataset",
  }),
  "data-busy": (_: object): Wording => ({
    sentence: "Another data set is being read or written just now.",
    remedy: "Wait until that is done, or cancel it.",
    control: "dataset",
  }),
  "data-worker-died": (d: { reason: string }): Wording => ({
    sentence: `Reading data stopped: ${d.reason.replace(/\.$/, "")}.`,
    remedy: "Try again with fewer rows; what was kept before is still there.",
    control: "dataset",
  }),
  "encoder-died": (d: { reason: string }): Wording => ({
    sentence: `A worker of preprocessing stopped: ${d.reason.replace(/\.$/, "")}.`,
    remedy: "Try again with fewer rows, or with fewer threads: each needs memory of its own.",
    control: "dataset",
  }),
  "reader-died": (d: { reason: string }): Wording => ({
    sentence: `The worker that reads the data set ended: ${d.reason.replace(/\.$/, "")}.`,
    remedy: "Open the data set again, then resume the run; what was saved is still there.",
    control: "dataset",
  }),
};
