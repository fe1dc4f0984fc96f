// The files that a person names as input, on disk.

import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import type { InputFile } from "../preprocess/formats/input.ts";
import { diskFolder, readLog, unreadable } from "./files.ts";

export interface DiskInput extends InputFile {
  path: string;
  changedMs: number;
}

/** The files at `paths`: of a folder all that are in it, in the order of their names. */
export async function inputFiles(paths: string[]): Promise<DiskInput[]> {
  const listed: DiskInput[] = [];
  for (const path of paths) {
    const found = await attempt(path, () => stat(path));
    if (!found.isDirectory()) {
      listed.push(await diskInput(path, path));
      continue;
    }
    const entries = await attempt(path, () => readdir(path, { recursive: true, withFileTypes: true }));
    const inside = entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
      .map((entry) => join(entry.parentPath, entry.name))
      // part_10 comes after part_9.
      .sort(new Intl.Collator("en", { numeric: true }).compare);
    for (const file of inside) listed.push(await diskInput(file, relative(path, file)));
  }
  return listed;
}

async function diskInput(path: string, name: string): Promise<DiskInput> {
  const { size, mtimeMs } = await attempt(path, () => stat(path));
  return {
    ...{ path, name: name.split(sep).join("/"), byteLength: size, changedMs: mtimeMs },
    open: () => diskFolder(dirname(path)).open(basename(path)),
    stream: (tell) => readLog(path, tell),
  };
}

async function attempt<T>(path: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
