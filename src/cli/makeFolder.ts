// A folder that is made under another name until it is whole.

import {
  appendFile,
  mkdir,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  truncate,
} from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ProblemError, problemError } from "../base/result.ts";
import type { OutputFolder } from "../shards/byteSink.ts";
import type { Folder } from "../shards/byteSource.ts";
import { attempt, diskFolder, diskOutput, unreadable } from "./files.ts";
import { CLAIM_FILE, claimFolder } from "./folderClaim.ts";

/** Holds what an unfinished folder says of itself; a finished one has none. */
const JOURNAL_FILE = "journal.jsonl";

/** A folder that is being made. */
export interface UnfinishedFolder {
  output: OutputFolder;
  folder: Folder;
  /** Its journal as an interrupted run left it; empty when there is none. */
  journal: string;
  appendJournal(text: string): Promise<void>;
}

/**
 * Runs `make` on `path.partial`, then gives the folder its name; `path` must not exist or be empty, before and after. What
 * an interrupted run left there stays if `isSameWork` says that its journal is of the same work. After a problem with the
 * input nothing is left; one with the output leaves it all, since the same command can continue when there is space.
 */
export async function makeFolder<T>(
  path: string,
  isSameWork: (journal: string) => boolean,
  make: (unfinished: UnfinishedFolder) => Promise<T>,
): Promise<T> {
  await refuseOccupied(path);
  const place = await placeOf(path);
  const partial = partialOf(place);
  const journalFile = join(partial, JOURNAL_FILE);
  const release = await attempt(partial, async () => {
    await mkdir(partial, { recursive: true });
    return claimFolder(partial);
  });
  const appendJournal = (text: string) => attempt(journalFile, () => appendFile(journalFile, text));
  try {
    let journal = await readFile(journalFile, "utf8").catch(() => "");
    if (isSameWork(journal)) {
      // The last line may have been cut off while it was written, and the next one must not continue with it.
      journal = journal.slice(0, journal.lastIndexOf("\n") + 1);
      await attempt(journalFile, () => truncate(journalFile, Buffer.byteLength(journal)));
    } else {
      journal = "";
      await attempt(partial, () => clear(partial));
    }
    const made = await make({
      output: diskOutput(partial),
      folder: diskFolder(partial),
      journal,
      appendJournal,
    });
    await attempt(path, () => removeEmpty(place, path));
    await attempt(path, async () => {
      await rm(journalFile, { force: true });
      await release();
      await rename(partial, place);
    });
    return made;
  } catch (cause) {
    if (cause instanceof ProblemError && !/^output-/.test(cause.problem.code))
      await rm(partial, { recursive: true, force: true });
    await release();
    throw cause;
  }
}

/** Where a folder lies while it is made. */
export function partialOf(place: string): string {
  return `${place}.partial`;
}

/** The folder that `path` means: without a slash at its end, and where a link leads. */
export async function placeOf(path: string): Promise<string> {
  const place = resolve(path);
  return realpath(place).catch(async () => {
    const parent = dirname(place);
    return join(await realpath(parent).catch(() => parent), basename(place));
  });
}

/** Throws a ProblemError when `path` is a file, or a folder that holds something. */
async function refuseOccupied(path: string): Promise<void> {
  const entries = await readdir(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return [];
    if (cause.code === "ENOTDIR") return [path];
    throw unreadable(path, cause);
  });
  if (entries.length > 0) throw occupied(path);
}

/** Removes the empty folder at `place`; throws a ProblemError where something has appeared in it. */
async function removeEmpty(place: string, path: string): Promise<void> {
  await rmdir(place).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === "ENOENT") return;
    // Systems have several words for a folder that is not empty.
    throw /^(ENOTEMPTY|EEXIST|ENOTDIR)$/.test(cause.code ?? "") ? occupied(path) : cause;
  });
}

function occupied(path: string): ProblemError {
  return problemError("output-exists", { name: path });
}

/** Removes what another run left, but for the claim. */
async function clear(partial: string): Promise<void> {
  for (const name of await readdir(partial))
    if (name !== CLAIM_FILE) await rm(join(partial, name), { recursive: true, force: true });
}
