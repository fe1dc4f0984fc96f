// Files of rows, recognised by what is in them, whatever they are called. A folder is looked at before it is read: what is
// no table, what is there twice and what has no label is left out and named.

import { problem } from "../../base/problem.ts";
import { ProblemError, problemError } from "../../base/result.ts";
import { MANIFEST_FILE } from "../../shards/manifest.ts";
import { TRAIN } from "../splits.ts";
import { noticedIn } from "../tables/noticed.ts";
import { labelsGuessed, leftOutFor, plannedTable, planTables, tableFault } from "../tables/plan.ts";
import { headersTaken } from "../tables/sharedHeader.ts";
import { TablesError } from "./columns.ts";
import { type InputFile, isNamed } from "./input.ts";
import { countedFiles } from "./lakes.ts";
import type { LogSource, OpenedFile, OpenOptions } from "./logSource.ts";
import {
  FUXICTR,
  HDF5,
  isDescribed,
  type Known,
  lookAtAll,
  type Other,
  onlyPicked,
  PARQUET,
  type Seen,
  wanted,
} from "./lookAtFiles.ts";
import { type LeftOut, setAside, withoutCopies } from "./setAside.ts";
import { splitOfName } from "./splitNames.ts";
import { openText } from "./text.ts";

/** As `preprocess` names shards. */
const SHARD_NAME = /(^|\/)(train|valid|test)-\d{5}\.(parquet|packed)$/;

/**
 * Opens files as one source of rows. Throws a ProblemError where none of them holds rows, a file that a person named does
 * not, or they are of several kinds.
 */
export async function openLogs(files: InputFile[], options: OpenOptions = {}): Promise<LogSource> {
  refuseOurs(files);
  const counted = await countedFiles(files);
  const aside = setAside(wanted(counted.files, options));
  const seen = onlyPicked(await lookAtAll(aside.files, options), options);
  const copies = await withoutCopies(seen, splitOfName);
  const leftOut = [...counted.leftOut, ...aside.leftOut, ...copies.leftOut];
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
    throw new TablesError(
      problem("formats-mixed", {
        name: first.opened.file.name,
        format: nameOf(first),
        other: other.opened.file.name,
        otherFormat: nameOf(other),
      }),
      known.map((one) => ({
        name: one.opened.file.name,
        about: nameOf(one),
        fits: kindOf(one) === kindOf(first),
      })),
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
  // What the source finds while it is read comes here, too.
  const { noticed = [] } = source;
  noticed.push(
    ...labelsGuessed(plan, options.label),
    ...headersTaken(read),
    ...(options.columns ? [] : noticedIn(read, plan.columns)),
  );
  return { ...source, leftOut: plan.leftOut, columns: plannedTable(read[0]!, plan), noticed };
}

function refuseOurs(files: InputFile[]): void {
  const manifest = files.find((file) => isNamed(file, MANIFEST_FILE));
  if (manifest) throw problemError("preprocessed-already", { name: manifest.name });
  const shard = files.find((file) => SHARD_NAME.test(file.name));
  if (shard) throw problemError("shard-alone", { name: shard.name });
  const names = new Set<string>();
  const alike = files.find(({ name }) => names.size === names.add(name).size);
  if (alike) throw problemError("names-alike", { name: alike.name });
}

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
    throw problemError("splits-unclear", { name: unnamed, named });
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
