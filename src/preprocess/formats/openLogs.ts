// Files of rows, recognised by what is in them, whatever they are called. A folder is looked at before it is read: what is
// no table, what is there twice and what has no label is left out and named.

import { type Problem, problem } from "../../base/problem.ts";
import { ProblemError } from "../../base/result.ts";
import { MANIFEST_FILE } from "../../shards/manifest.ts";
import { membersOf, type Unpacked, unpacked } from "../containers/unpacking.ts";
import { TRAIN } from "../splits.ts";
import type { ColumnarFile } from "../tables/columnarFile.ts";
import { COMMA, type Dialect, dialectText } from "../tables/dialect.ts";
import { presentValues } from "../tables/guess.ts";
import { readLabel } from "../tables/labels.ts";
import { noticedIn } from "../tables/noticed.ts";
import { leftOutFor, plannedTable, planTables, tableFault } from "../tables/plan.ts";
import { headersTaken } from "../tables/sharedHeader.ts";
import { lookAtTable } from "../tables/sniff.ts";
import { type TableFile, textTable } from "../tables/tableFile.ts";
import { isArrow, isHdf5, isMindRecord, isParquet, isTfRecord } from "./firstBytes.ts";
import { FEATURE_MAP_FILE, type InputFile, isNamed } from "./input.ts";
import { jsonKeys, openJsonLines } from "./jsonLines.ts";
import type { LogSource, OpenedFile, OpenOptions } from "./logSource.ts";
import { type LeftOut, setAside, withoutCopies } from "./setAside.ts";
import { splitOfName } from "./splitNames.ts";
import { type Stranger, strangerOf } from "./strangers.ts";
import { openText } from "./text.ts";
import { asPlainText, encodingFault } from "./textEncoding.ts";

const A_RECORD_A_LINE = 'Write a record a line (df.to_json(orient="records", lines=True)).';
/** As `preprocess` names shards. */
const SHARD_NAME = /(^|\/)(train|valid|test)-\d{5}\.(parquet|packed)$/;

interface Format {
  /** As in "x.csv is CSV". */
  name: string;
  recognises(head: Uint8Array): boolean;
  /** `all` are the files that the person chose. */
  open(files: OpenedFile[], options: OpenOptions, all: InputFile[]): Promise<LogSource>;
}

// Each reader is loaded when a file needs it: a log of text, the common case, starts sooner without them.
const openFuxiCtr: Format["open"] = async (...all) => (await import("./fuxictr.ts")).openFuxiCtr(...all);
const HDF5: Format = {
  name: "HDF5",
  recognises: isHdf5,
  open: async (files, options) => (await import("./hdf5.ts")).openHdf5(files, options),
};
const PARQUET: Format = { name: "Parquet", recognises: isParquet, open: openFuxiCtr };
const FUXICTR: Format = { name: "FuxiCTR's", recognises: () => false, open: openFuxiCtr };

/** Those that are certain by their first bytes. */
const FORMATS: Format[] = [
  {
    name: "TFRecord",
    recognises: isTfRecord,
    open: async (files, options) => (await import("./tfrecord.ts")).openTfRecord(files, options),
  },
  {
    name: "MindRecord",
    recognises: isMindRecord,
    open: async (files, options) => (await import("./mindrecord.ts")).openMindRecord(files, options),
  },
  HDF5,
  PARQUET,
];

/** What a look at a file shows: a file of a format, a table of text, or why it is neither. */
type Seen = { opened: OpenedFile } & (
  | { type: "format"; format: Format }
  | { type: "table"; table: TableFile; whole?: boolean }
  | { type: "other"; fault: Problem }
);

/**
 * Opens files as one source of rows. Throws a ProblemError where none of them holds rows, a file that a person named does
 * not, or they are of several kinds.
 */
export async function openLogs(files: InputFile[], options: OpenOptions = {}): Promise<LogSource> {
  refuseOurs(files);
  const aside = setAside(wanted(files, options));
  const seen = await lookAtAll(aside.files, options);
  const copies = await withoutCopies(seen, splitOfName);
  const leftOut = [...aside.leftOut, ...copies.leftOut];
  const { known: all, others } = sorted(copies.files, files);
  const known = ofOneKind(all, options, leftOut);
  const first = known[0];
  if (!first) throw nothingKnown(others);
  const chosen = others.find(({ opened }) => opened.file.chosen && !isDescribed(files));
  if (chosen) throw new ProblemError(chosen.fault);
  for (const { opened, fault } of others) leftOut.push(leftOutFor(opened.file.name, fault));
  const source = await openKnown(known, options, files);
  leftOut.push(...source.leftOut);
  refuseWithoutTraining(leftOut, source.files);
  return { ...source, leftOut };
}

function kindOf(one: Known): string {
  if (one.type !== "table") return one.format.name;
  return one.table.columnar ? one.table.format : "text";
}

/** Where there are several kinds of files, those without the tables that cannot be read, which are left out. */
function ofOneKind(known: Known[], options: OpenOptions, leftOut: LeftOut[]): Known[] {
  if (new Set(known.map(kindOf)).size < 2) return known;
  const faults = known.map((one) => (one.type === "table" ? tableFault(one.table, options) : null));
  if (!faults.includes(null)) return known;
  return known.filter(({ opened: { file } }, i) => {
    const fault = faults[i];
    if (!fault || file.chosen) return true;
    leftOut.push(leftOutFor(file.name, fault));
    return false;
  });
}

async function openKnown(known: Known[], options: OpenOptions, files: InputFile[]): Promise<LogSource> {
  const first = known[0]!;
  const nameOf = (one: Known) => (one.type === "table" ? one.table.format : one.format.name);
  const other = known.find((one) => kindOf(one) !== kindOf(first));
  if (other)
    throw new ProblemError(
      problem("formats-mixed", {
        name: first.opened.file.name,
        format: nameOf(first),
        other: other.opened.file.name,
        otherFormat: nameOf(other),
      }),
    );
  if (first.type === "format") {
    const opened = inSplits(
      known.map((one) => one.opened),
      options,
    );
    return first.format.open(opened, options, files);
  }
  const plan = planTables(
    known.flatMap((one) => (one.type === "table" ? [one.table] : [])),
    options,
  );
  const read = inSplits(plan.read, options);
  const open = read[0]!.columnar ? (await import("./columnar.ts")).openColumnar : openText;
  const source = await open({ ...plan, read }, options);
  const noticed = [...headersTaken(read), ...(options.columns ? [] : noticedIn(read[0]!, plan.columns))];
  return { ...source, leftOut: plan.leftOut, columns: plannedTable(read[0]!, plan), noticed };
}

function refuseOurs(files: InputFile[]): void {
  const manifest = files.find((file) => isNamed(file, MANIFEST_FILE));
  if (manifest) throw new ProblemError(problem("preprocessed-already", { name: manifest.name }));
  const shard = files.find((file) => SHARD_NAME.test(file.name));
  if (shard) throw new ProblemError(problem("shard-alone", { name: shard.name }));
  const names = new Set<string>();
  const alike = files.find(({ name }) => names.size === names.add(name).size);
  if (alike) throw new ProblemError(problem("names-alike", { name: alike.name }));
}

/** The files that a person picked among those of a folder or an archive; all where none was. */
function wanted<F extends { name: string }>(files: F[], { only }: OpenOptions): F[] {
  if (!only) return files;
  return files.filter(({ name }) =>
    only.some((one) => name === one || name.startsWith(`${one}/`) || one.startsWith(`${name}/`)),
  );
}

/** What all files are; archives are opened where a person named one, or nothing else beside them is a table. */
async function lookAtAll(files: InputFile[], options: OpenOptions): Promise<Seen[]> {
  const opened: Awaited<ReturnType<typeof openOrTell>>[] = [];
  // One after the other: those of an archive come in one pass.
  for (const file of files) opened.push(await openOrTell(file));
  const seen: Seen[] = [];
  const archives: { file: InputFile; members: InputFile[] }[] = [];
  for (const [i, one] of opened.entries()) {
    if ("code" in one) seen.push(strange(files[i]!, one));
    else if (Array.isArray(one.members)) archives.push({ file: one.file, members: one.members });
    else seen.push(one.members ? stranger(one, one.members) : await lookAt(one, isDescribed(files), options));
  }
  const hasTables = seen.some(({ type }) => type !== "other");
  for (const { file, members } of archives) {
    if (hasTables && !file.chosen)
      seen.push(strange(file, problem("archive-beside-tables", { name: file.name })));
    else if (members.length === 0) seen.push(strange(file, problem("log-empty", { name: file.name })));
    else {
      const inside = setAside(wanted(members, options));
      seen.push(...(await lookAtAll(inside.files, options)));
    }
  }
  return seen;
}

type Opened = Unpacked & { members: InputFile[] | Stranger | null };

async function openOrTell(file: InputFile): Promise<Opened | Problem> {
  try {
    const found = await unpacked(file);
    return { ...found, members: await membersOf(found) };
  } catch (cause) {
    if (cause instanceof ProblemError) return cause.problem;
    throw cause;
  }
}

/** What a file is; one of Parquet is a table where no feature map describes it. */
async function lookAt(
  { file, head, whole }: Unpacked,
  described: boolean,
  options: OpenOptions,
): Promise<Seen> {
  const opened = { file, head };
  const format = FORMATS.find(({ recognises }) => recognises(head));
  if (format === PARQUET && !described)
    return lookAtColumns(opened, "Parquet", async () =>
      (await import("./parquetColumns.ts")).openParquetColumns(file),
    );
  if (format) return { type: "format", format, opened };
  if (isArrow(head))
    return lookAtColumns(opened, "Arrow", async () => (await import("./arrow.ts")).openArrow(file));
  if (head.length === 0) return strange(file, problem("log-empty", { name: file.name }));
  const { encoding } = options;
  const text = asPlainText(file, head, encoding);
  const wrongText = encoding === undefined ? encodingFault(file.name, text.head) : null;
  const keys = jsonKeys(text.head, whole);
  if (keys && whole && keys.records === 1 && (!options.unlabelled || keys.nested.length > 0))
    return stranger({ file }, { what: "one JSON object, and no table", remedy: A_RECORD_A_LINE });
  if (keys && wrongText) return strange(file, wrongText);
  if (keys)
    return lookAtColumns(text, "JSON lines", () => openJsonLines(text.file, keys, encoding !== undefined));
  const found = strangerOf(text.head);
  if (found) return stranger({ file }, found);
  if (isBlank(text.head)) return strange(file, problem("log-empty", { name: file.name }));
  const look = lookAtTable(text.head, whole, namesSaid(options));
  if (
    look &&
    whole &&
    !options.unlabelled &&
    look.header === null &&
    look.rows.length === 1 &&
    !readLabel(presentValues([look.rows[0]![0]!])).ok
  )
    return stranger(
      { file },
      {
        what: "one line of text, and no table",
        remedy: "Choose a table with a line for each row: CSV with any separator, or Parquet.",
      },
    );
  if (look && wrongText) return strange(file, wrongText);
  if (look)
    return { type: "table", opened: text, table: textTable(text, look, nameOfDialect(look.dialect)), whole };
  return stranger(
    { file },
    {
      what: "text, but no table: its lines have no separator that cuts them into the same number of columns",
      remedy: "Choose a table with a line for each row: CSV with any separator, or Parquet.",
    },
  );
}

function isBlank(head: Uint8Array): boolean {
  return head.every((byte) => byte === 32 || (byte >= 9 && byte <= 13));
}

/** Names that a person has for columns: what holds one of them is a header. */
function namesSaid({ columns, label, like, rowName }: OpenOptions): string[] {
  const said = [...(columns ?? []), ...(like?.columns ?? [])].map(({ name }) => name);
  return [...said, ...[label, rowName].filter((name) => name !== undefined)];
}

async function lookAtColumns(
  opened: OpenedFile,
  format: string,
  open: () => Promise<ColumnarFile>,
): Promise<Seen> {
  try {
    const { columnarTable } = await import("./columnar.ts");
    const table = await columnarTable(opened, format, open);
    if (table.samples.every(({ rows }) => rows === 0))
      return strange(opened.file, problem("log-empty", { name: opened.file.name }));
    return { type: "table", opened, table };
  } catch (cause) {
    if (cause instanceof ProblemError) return strange(opened.file, cause.problem);
    throw cause;
  }
}

function nameOfDialect({ separator, ...rest }: Dialect): string {
  if (separator === COMMA) return "CSV";
  return `a table separated by ${dialectText({ separator, ...rest })}`;
}

function stranger({ file }: { file: InputFile }, { what, remedy }: Stranger): Seen {
  return strange(file, problem("format-unknown", { name: file.name, what, remedy }));
}

function strange(file: InputFile, fault: Problem): Seen {
  return { type: "other", opened: { file, head: new Uint8Array(0) }, fault };
}

type Known = Exclude<Seen, { type: "other" }>;
type Other = Extract<Seen, { type: "other" }>;

function sorted(seen: Seen[], files: InputFile[]): { known: Known[]; others: Other[] } {
  const known = seen.filter((one) => one.type !== "other");
  const others = seen.filter((one) => one.type === "other");
  if (!isDescribed(files)) return { known, others };
  // FuxiCTR may keep its raw data beside what it made of them.
  const made = known.flatMap((one) =>
    one.type === "format" && isMade(one) ? [{ ...one, format: FUXICTR }] : [],
  );
  return {
    known: made.length > 0 ? made : known,
    others: others.filter(({ opened }) => !opened.file.name.endsWith(".json")),
  };
}

/** Whether a file beside a feature map is one that FuxiCTR made: Parquet, or HDF5 that is not DeepFM's. */
function isMade({ format, opened }: Extract<Seen, { type: "format" }>): boolean {
  return format === PARQUET || (format === HDF5 && !/(in|out)put[^/]*$/.test(opened.file.name));
}

/** FuxiCTR's files are named together with what describes them. */
function isDescribed(files: InputFile[]): boolean {
  return files.some((file) => isNamed(file, FEATURE_MAP_FILE));
}

function nothingKnown(others: Other[]): ProblemError {
  const largest = others.toSorted((a, b) => b.opened.file.byteLength - a.opened.file.byteLength)[0];
  return new ProblemError(largest?.fault ?? problem("folder-without-files", { name: "The folder" }));
}

/** The other splits alone are no data set to train on. */
function refuseWithoutTraining(leftOut: LeftOut[], read: string[]): void {
  const isTraining = (name: string) => splitOfName(name) === TRAIN;
  const missed = leftOut.find(({ name, fault }) => fault && fault.code !== "log-empty" && isTraining(name));
  const named = read.some((name) => splitOfName(name) !== null);
  if (missed && named && !read.some(isTraining)) throw new ProblemError(missed.fault!);
}

/**
 * The files, those of the training split first, where their names say more than one split. Of each come rows in proportion
 * to its bytes: the first `limit` rows of all would be training rows alone.
 */
function inSplits<F extends OpenedFile>(
  files: F[],
  { ignoreSplits, inOrder, limit: most }: OpenOptions,
): F[] {
  const limit = inOrder ? undefined : most;
  if (ignoreSplits) return files;
  const splits = files.map(({ file }) => splitOfName(file.name));
  const named = splits.filter((split) => split !== null);
  if (new Set(named).size < 2) return files;
  const unnamed = files[splits.indexOf(null)]?.file.name;
  if (unnamed !== undefined) {
    const named = files.find((_, i) => splits[i] !== null)!.file.name;
    throw new ProblemError(problem("splits-unclear", { name: unnamed, named }));
  }
  const ordered = files
    .map((opened, i) => ({ ...opened, split: splits[i]! }))
    .toSorted((a, b) => a.split - b.split);
  if (limit === undefined) return ordered;
  const total = files.reduce((sum, { file }) => sum + file.byteLength, 0);
  let bytes = 0;
  return ordered.map((opened) => {
    const before = Math.round((limit * bytes) / total);
    bytes += opened.file.byteLength;
    // What was rounded adds up to the limit.
    return { ...opened, limit: Math.max(1, Math.round((limit * bytes) / total) - before) };
  });
}
