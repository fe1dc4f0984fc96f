// Files of rows, recognised by what is in them, whatever they are called.

import { problem } from "../../base/problem.ts";
import { ProblemError } from "../../base/result.ts";
import { MANIFEST_FILE } from "../../shards/manifest.ts";
import { CRITEO, type Layout } from "../../shards/rows.ts";
import { isGzip } from "../gzip.ts";
import { unlabelled } from "./columns.ts";
import { FEATURE_MAP_FILE, isParquet, openFuxiCtr } from "./fuxictr.ts";
import { isHdf5, openHdf5 } from "./hdf5.ts";
import { headOf, type InputFile, isNamed } from "./input.ts";
import type { LogSource, OpenedFile, OpenOptions } from "./logSource.ts";
import { isMindRecord, openMindRecord } from "./mindrecord.ts";
import { splitOfName } from "./splitNames.ts";
import { isLog, isUnlabelledLog, openText } from "./text.ts";
import { isTfRecord, openTfRecord } from "./tfrecord.ts";

const HEAD_BYTES = 1 << 17;
/** As `preprocess` names shards. */
const SHARD_NAME = /(^|\/)(train|valid|test)-\d{5}\.(parquet|packed)$/;

interface Format {
  /** As in "x.csv is CSV". */
  name: string;
  recognises(head: Uint8Array): boolean;
  /** `all` are the files that the person chose. */
  open(files: OpenedFile[], options: OpenOptions, all: InputFile[]): Promise<LogSource>;
}

/** In the order in which they are tried: the first ones are certain by their first bytes. */
const FORMATS: Format[] = [
  { name: "TFRecord", recognises: isTfRecord, open: openTfRecord },
  { name: "MindRecord", recognises: isMindRecord, open: openMindRecord },
  { name: "HDF5", recognises: isHdf5, open: openHdf5 },
  { name: "Parquet", recognises: isParquet, open: openFuxiCtr },
  { name: "a log", recognises: isLog, open: openText },
];

/** Known by their first bytes, and of no use here. */
const OTHERS: { what: string; magic: number[] }[] = [
  { what: "a ZIP archive; unpack it first", magic: [0x50, 0x4b, 3, 4] },
  { what: "packed with Zstandard; unpack it first", magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { what: "packed with bzip2; unpack it first", magic: [0x42, 0x5a, 0x68] },
  { what: "packed with xz; unpack it first", magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a] },
  { what: "an Arrow file", magic: [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31] },
  { what: "a pickle, which only Python can read", magic: [0x80, 4, 0x95] },
];

/**
 * Opens files as one source of rows. Files beside them that hold none (a README, checksums) are left out. Throws a
 * ProblemError for files of unknown or of several kinds, and where they are not what their kind should be.
 */
export async function openLogs(files: InputFile[], options: OpenOptions = {}): Promise<LogSource> {
  const manifest = files.find((file) => isNamed(file, MANIFEST_FILE));
  if (manifest) throw new ProblemError(problem("preprocessed-already", { name: manifest.name }));
  const shard = files.find((file) => SHARD_NAME.test(file.name));
  if (shard) throw new ProblemError(problem("shard-alone", { name: shard.name }));
  const names = new Set<string>();
  const alike = files.find(({ name }) => names.size === names.add(name).size);
  if (alike) throw new ProblemError(problem("names-alike", { name: alike.name }));
  const seen = await Promise.all(files.map(async (file) => ({ file, head: await headBytes(file) })));
  const recognised = seen.flatMap((opened) => {
    const format = FORMATS.find(({ recognises }) => recognises(opened.head));
    return format ? [{ ...opened, format }] : [];
  });
  // FuxiCTR may keep its raw data beside what it made of them.
  const made = files.some((file) => isNamed(file, FEATURE_MAP_FILE))
    ? recognised.filter(({ format }) => format.open === openFuxiCtr)
    : [];
  const known = made.length > 0 ? made : recognised;
  const first = known[0];
  if (!first) throw nothingKnown(seen, options.layout);
  refuseUnread(
    seen.filter(({ file }) => !recognised.some((opened) => opened.file === file)),
    known,
    made.length > 0,
  );
  const other = known.find(({ format }) => format !== first.format);
  if (other)
    throw new ProblemError(
      problem("formats-mixed", {
        name: first.file.name,
        format: first.format.name,
        other: other.file.name,
        otherFormat: other.format.name,
      }),
    );
  const { ignoreSplits, inOrder, limit } = options;
  const opened = ignoreSplits ? known : inSplits(known, inOrder ? undefined : limit);
  return first.format.open(opened, options, files);
}

async function headBytes(file: InputFile): Promise<Uint8Array> {
  const source = await file.open();
  try {
    const head = await source.read(0, Math.min(HEAD_BYTES, source.byteLength));
    return isGzip(head) ? await headOf(file, HEAD_BYTES) : head;
  } finally {
    await source.close?.();
  }
}

/**
 * The files, those of the training split first, where their names say more than one split. Of each come rows in proportion
 * to its bytes: the first `limit` rows of all would be training rows alone.
 */
function inSplits(files: OpenedFile[], limit?: number): OpenedFile[] {
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

/**
 * Throws a ProblemError for one of the unknown files that should hold rows: a person named it, or its name says a split
 * and ends as the names of files that are read do. `made`: FuxiCTR's files are named together with what describes them.
 */
function refuseUnread(unknown: OpenedFile[], read: OpenedFile[], made: boolean): void {
  const endings = new Set(read.map(({ file }) => endingOf(file.name)));
  const splits = new Set(read.map(({ file }) => splitOfName(file.name)));
  const missed = unknown.find(({ file, head }) => {
    if (file.chosen && !made) return true;
    const split = splitOfName(file.name);
    if (split === null || !endings.has(endingOf(file.name))) return false;
    // Tools that write many parts leave some empty, and mark a folder as whole by a file whose name begins so.
    return !(head.length === 0 && splits.has(split)) && !/(^|\/)_[^/]*$/.test(file.name);
  });
  if (missed) throw unknownFile(missed);
}

/** The letters that a file's name ends with, left out what says that it is packed. */
function endingOf(name: string): string {
  const ending = /\.([a-z]+)[^./]*$/i.exec(name.replace(/\.(gz|zst|bz2|xz|zip)$/i, ""));
  return (ending?.[1] ?? "").toLowerCase();
}

function nothingKnown(files: OpenedFile[], layout: Layout = CRITEO): ProblemError {
  const largest = files.toSorted((a, b) => b.file.byteLength - a.file.byteLength)[0];
  if (!largest) return new ProblemError(problem("folder-without-files", { name: "The folder" }));
  const { file, head } = largest;
  return isUnlabelledLog(head, layout) ? unlabelled(file.name, layout) : unknownFile(largest);
}

function unknownFile({ file: { name }, head }: OpenedFile): ProblemError {
  if (head.length === 0) return new ProblemError(problem("log-empty", { name }));
  const what =
    OTHERS.find(({ magic }) => magic.every((byte, i) => head[i] === byte))?.what ??
    (head.includes(0)
      ? "a binary file of an unknown kind"
      : "text whose first lines begin neither with a label nor with its name");
  return new ProblemError(problem("format-unknown", { name, what }));
}
