// Where the data set of a run lies, noted beside its checkpoints, so that whoever uses one need not name it again.

import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { UsageError } from "./arguments.ts";
import { writeWhole } from "./checkpoints.ts";

const NOTE_FILE = "final-studio-dataset.json";
/** Before: a name that a file of the person's own may have, which therefore is only read. */
const EARLIER_NOTE_FILE = "dataset.json";

/** Notes the data set in the folder of a run's checkpoints, by its path from there. */
export async function noteDataset(folder: string, dataset: string): Promise<void> {
  const note = { dataset_path: relative(resolve(folder), resolve(dataset)) };
  await writeWhole(folder, NOTE_FILE, [new TextEncoder().encode(`${JSON.stringify(note)}\n`)]);
}

/**
 * The data set that a person named, else the one noted beside the checkpoint; whether its ids are the checkpoint's is for the
 * caller to check. Throws a UsageError where neither is there.
 */
export async function datasetOf(checkpoint: string, named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  const folder = dirname(resolve(checkpoint));
  const path =
    (await notedPath(join(folder, NOTE_FILE))) ?? (await notedPath(join(folder, EARLIER_NOTE_FILE)));
  if (path !== null) return resolve(folder, path);
  throw new UsageError(
    `Name the data set that the checkpoint was trained on with --dataset_path: no ${NOTE_FILE} beside the checkpoint says where it is.`,
  );
}

/** null where the file is not there, or is no note. */
async function notedPath(file: string): Promise<string | null> {
  try {
    const note: { dataset_path?: unknown } = JSON.parse(await readFile(file, "utf8"));
    return typeof note.dataset_path === "string" ? note.dataset_path : null;
  } catch {
    return null;
  }
}
