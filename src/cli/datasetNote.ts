// Where the data set of a run lies, noted beside its checkpoints, so that whoever uses one need not name it again.

import { readFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { UsageError } from "./arguments.ts";
import { writeWhole } from "./checkpoints.ts";

const NOTE_FILE = "dataset.json";

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
  try {
    const { dataset_path } = JSON.parse(await readFile(join(folder, NOTE_FILE), "utf8")) as {
      dataset_path: string;
    };
    return resolve(folder, dataset_path);
  } catch {
    throw new UsageError(
      `Name the data set that the checkpoint was trained on with --dataset_path: no ${NOTE_FILE} beside the checkpoint says where it is.`,
    );
  }
}
