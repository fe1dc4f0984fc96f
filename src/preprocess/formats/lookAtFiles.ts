// A look at each file before any is read: what it is, by its content, whatever it is called.

import { type Problem, problem } from "../../base/problem.ts";
import { ProblemError, problemError } from "../../base/result.ts";
import { membersOf, type Unpacked, unpacked } from "../containers/unpacking.ts";
import type { ColumnarFile } from "../tables/columnarFile.ts";
import { COMMA, type Dialect, dialectText } from "../tables/dialect.ts";
import { presentValues } from "../tables/guess.ts";
import { readLabel } from "../tables/labels.ts";
import { lookAtTable } from "../tables/sniff.ts";
import { type TableFile, textTable } from "../tables/tableFile.ts";
import { isArrow, isHdf5, isMindRecord, isParquet, isTfRecord } from "./firstBytes.ts";
import { FEATURE_MAP_FILE, type InputFile, isNamed } from "./input.ts";
import { jsonKeys, openJsonLines } from "./jsonLines.ts";
import type { LogSource, OpenedFile, OpenOptions } from "./logSource.ts";
import { setAside } from "./setAside.ts";
import { type Stranger, strangerOf } from "./strangers.ts";
import { asPlainText, encodingFault } from "./textEncoding.ts";

const A_RECORD_A_LINE = 'Write a record a line (df.to_json(orient="records", lines=True)).';

export interface Format {
  /** As in "x.csv is CSV". */
  name: string;
  recognises(head: Uint8Array): boolean;
  /** `all` are the files that the person chose. */
  open(files: OpenedFile[], options: OpenOptions, all: InputFile[]): Promise<LogSource>;
}

// Each reader is loaded when a file needs it: a log of text, the common case, starts sooner without them.
const openFuxiCtr: Format["open"] = async (...all) => (await import("./fuxictr.ts")).openFuxiCtr(...all);
export const HDF5: Format = {
  name: "HDF5",
  recognises: isHdf5,
  open: async (files, options) => (await import("./hdf5.ts")).openHdf5(files, options),
};
export const PARQUET: Format = { name: "Parquet", recognises: isParquet, open: openFuxiCtr };
/** What FuxiCTR made, where a feature map describes it; no first bytes say so. */
export const FUXICTR: Format = { name: "FuxiCTR's", recognises: () => false, open: openFuxiCtr };

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
export type Seen = { opened: OpenedFile } & (
  | { type: "format"; format: Format }
  | { type: "table"; table: TableFile; whole?: boolean }
  | { type: "other"; fault: Problem }
);

export type Known = Exclude<Seen, { type: "other" }>;
export type Other = Extract<Seen, { type: "other" }>;

/** What all files are; archives are opened where a person named one, or nothing else beside them is a table. */
export async function lookAtAll(files: InputFile[], options: OpenOptions): Promise<Seen[]> {
  const opened: Awaited<ReturnType<typeof unpackedOrFault>>[] = [];
  // One after the other: those of an archive come in one pass.
  for (const file of files) opened.push(await unpackedOrFault(file));
  const seen: Seen[] = [];
  const archives: { file: InputFile; members: InputFile[] }[] = [];
  for (const [i, one] of opened.entries()) {
    if ("code" in one) seen.push(unreadable(files[i]!, one));
    else if (Array.isArray(one.members)) archives.push({ file: one.file, members: one.members });
    else
      seen.push(
        one.members ? unknownFormat(one, one.members) : await lookAt(one, isDescribed(files), options),
      );
  }
  const hasTables = seen.some(({ type }) => type !== "other");
  for (const { file, members } of archives) {
    if (hasTables && !file.chosen)
      seen.push(unreadable(file, problem("archive-beside-tables", { name: file.name })));
    else if (members.length === 0) seen.push(unreadable(file, problem("log-empty", { name: file.name })));
    else {
      const inside = setAside(wanted(members, options));
      seen.push(...(await lookAtAll(inside.files, options)));
    }
  }
  return seen;
}

type Opened = Unpacked & { members: InputFile[] | Stranger | null };

async function unpackedOrFault(file: InputFile): Promise<Opened | Problem> {
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
  if (head.length === 0) return unreadable(file, problem("log-empty", { name: file.name }));
  const { encoding } = options;
  const text = asPlainText(file, head, encoding);
  const wrongText = encoding === undefined ? encodingFault(file.name, text.head) : null;
  const keys = jsonKeys(text.head, whole);
  if (keys && whole && keys.records === 1 && (!options.unlabelled || keys.nested.length > 0))
    return unknownFormat({ file }, { what: "one JSON object, and no table", remedy: A_RECORD_A_LINE });
  if (keys && wrongText) return unreadable(file, wrongText);
  if (keys)
    return lookAtColumns(text, "JSON lines", () => openJsonLines(text.file, keys, encoding !== undefined));
  const found = strangerOf(text.head);
  if (found) return unknownFormat({ file }, found);
  if (isBlank(text.head)) return unreadable(file, problem("log-empty", { name: file.name }));
  const look = lookAtTable(text.head, whole, namesSaid(options));
  if (
    look &&
    whole &&
    !options.unlabelled &&
    look.header === null &&
    look.rows.length === 1 &&
    !readLabel(presentValues([look.rows[0]![0]!])).ok
  )
    return unknownFormat(
      { file },
      {
        what: "one line of text, and no table",
        remedy: "Choose a table with a line for each row: CSV with any separator, or Parquet.",
      },
    );
  if (look && wrongText) return unreadable(file, wrongText);
  if (look)
    return { type: "table", opened: text, table: textTable(text, look, nameOfDialect(look.dialect)), whole };
  return unknownFormat(
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
      return unreadable(opened.file, problem("log-empty", { name: opened.file.name }));
    return { type: "table", opened, table };
  } catch (cause) {
    if (cause instanceof ProblemError) return unreadable(opened.file, cause.problem);
    throw cause;
  }
}

function nameOfDialect({ separator, ...rest }: Dialect): string {
  if (separator === COMMA) return "CSV";
  return `a table separated by ${dialectText({ separator, ...rest })}`;
}

function unknownFormat({ file }: { file: InputFile }, { what, remedy }: Stranger): Seen {
  return unreadable(file, problem("format-unknown", { name: file.name, what, remedy }));
}

function unreadable(file: InputFile, fault: Problem): Seen {
  return { type: "other", opened: { file, head: new Uint8Array(0) }, fault };
}

/** Of the files of a folder or an archive those that may be, or hold, what a person picked; all where that stays open. */
export function wanted<F extends { name: string }>(files: F[], { only }: OpenOptions): F[] {
  const picked = (only ?? []).map((one) => meantBy(one, files));
  if (!only || picked.some(({ length }) => length === 0)) return files;
  return files.filter((file) => picked.some((some) => some.includes(file)));
}

/** What a person picked. Throws a ProblemError where something of it is not there. */
export function onlyPicked(seen: Seen[], { only }: OpenOptions): Seen[] {
  if (!only) return seen;
  const files = seen.map(({ opened }) => opened.file);
  const picked = only.flatMap((one) => {
    const meant = meantBy(one, files);
    if (meant.length === 0)
      throw problemError("table-missing", { table: one, names: files.map(({ name }) => name) });
    return meant;
  });
  return seen.filter(({ opened }) => picked.includes(opened.file));
}

/** The files that are called so, or lie in a folder or an archive that is; else those that end so. */
function meantBy<F extends { name: string }>(one: string, files: F[]): F[] {
  const exact = files.filter(
    ({ name }) => name === one || name.startsWith(`${one}/`) || one.startsWith(`${name}/`),
  );
  return exact.length > 0 ? exact : files.filter(({ name }) => `/${name}/`.includes(`/${one}/`));
}

/** FuxiCTR's files are named together with what describes them. */
export function isDescribed(files: InputFile[]): boolean {
  return files.some((file) => isNamed(file, FEATURE_MAP_FILE));
}
