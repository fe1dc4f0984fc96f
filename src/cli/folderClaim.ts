// Who is at work on an unfinished folder: a file in it holds the number of the process, so that no second command spoils
// what the first is writing, and a killed command keeps nobody away.

import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { problemError } from "../base/result.ts";

/** The file's name. */
export const CLAIM_FILE = "process";

/** Folders that this process is at work on: after a restart another one may have its number. */
const held = new Set<string>();

/** Claims `folder`, which exists; what it gives ends the claim. Throws a ProblemError while another command works there. */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  const file = join(folder, CLAIM_FILE);
  while (!(await written(file))) {
    const holder = Number(await readFile(file, "utf8").catch(() => ""));
    if (held.has(folder) || (holder !== process.pid && isAlive(holder)))
      throw problemError("output-in-use", { name: folder, process: holder, file });
    await rm(file, { force: true });
  }
  held.add(folder);
  return async () => {
    held.delete(folder);
    await rm(file, { force: true });
  };
}

/** Writes this process's number; false where the file is there already. */
async function written(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw cause;
  }
}

function isAlive(id: number): boolean {
  if (!Number.isSafeInteger(id) || id < 1) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (cause) {
    // A process of somebody else's may not be asked, but it is there.
    return (cause as NodeJS.ErrnoException).code === "EPERM";
  }
}
