// A folder with a Python job: files of this repository as they are, and what says what this job is about.

import { cp, mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { attempt } from "./files.ts";
import { refuseExisting } from "./outputFile.ts";
import { fromSource } from "./place.ts";

/** Jobs whose files are in `src/export/NAME/job`; the bundle has them beside itself. */
export type JobName = "spark";

/**
 * Makes the folder `output` of a job's files and `own` ones, by their names. Throws a ProblemError where something lies there
 * already. Returns the names of the files at its top.
 */
export async function writeJobFolder(
  job: JobName,
  output: string,
  own: Record<string, string>,
): Promise<string[]> {
  await refuseExisting(output);
  const source = fileURLToPath(new URL(fromSource ? `../export/${job}/job` : `./${job}`, import.meta.url));
  const partial = `${resolve(output)}.partial`;
  return attempt(partial, async () => {
    await rm(partial, { recursive: true, force: true });
    await mkdir(dirname(partial), { recursive: true });
    await cp(source, partial, {
      recursive: true,
      filter: (path) => !/^(\.|__pycache__)/.test(basename(path)),
    });
    for (const [name, text] of Object.entries(own)) await writeFile(join(partial, name), text);
    await rename(partial, output);
    return (await readdir(output)).sort();
  });
}
