// A job as a folder on disk.

import { createReadStream } from "node:fs";
import { cp, readdir } from "node:fs/promises";
import { basename, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { JobFile, JobFolder, JobName } from "../export/jobFolder.ts";
import { attempt } from "./files.ts";
import { makeFolder, partialOf, placeOf } from "./makeFolder.ts";
import { writeFileWhole } from "./outputFile.ts";
import { fromSource } from "./place.ts";

/**
 * Makes the folder `output`. Returns its files, sorted, with a slash between folders and names. Throws a ProblemError where
 * something lies there already.
 */
export async function writeJobFolder(output: string, { job, own }: JobFolder): Promise<string[]> {
  const place = await placeOf(output);
  const partial = partialOf(place);
  await makeFolder(
    output,
    () => false,
    () =>
      attempt(partial, async () => {
        await cp(shippedFolder(job), partial, { recursive: true, filter: isShipped });
        for await (const { name, content } of own)
          await writeFileWhole(join(partial, name), piecesOf(content));
      }),
  );
  return filesBelow(place);
}

/** A file of the disk as a job's; it is opened when it is written. */
export async function* fileContent(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path);
}

function piecesOf(content: JobFile["content"]): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === "string") return [new TextEncoder().encode(content)];
  return content instanceof Blob ? content.stream() : content;
}

/** Where a job's files lie: beside the sources, or in the bundle (src/cli/bundle.mjs). */
function shippedFolder(job: JobName): string {
  return fileURLToPath(new URL(fromSource ? `../export/${job}/job` : `./${job}`, import.meta.url));
}

/** What tools leave in a clone's folder is no part of a job. */
function isShipped(path: string): boolean {
  return !/^(\.|__pycache__)/.test(basename(path));
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}
