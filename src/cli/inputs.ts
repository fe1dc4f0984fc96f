// The files that a person names as input, on disk.

import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, relative, resolve, sep } from "node:path";
import { problemError } from "../base/result.ts";
import type { InputFile } from "../preprocess/formats/input.ts";
import { UsageError } from "./arguments.ts";
import { diskFolder, unreadable } from "./files.ts";
import { partialOf, placeOf } from "./makeFolder.ts";
import { readLog } from "./readLog.ts";

export interface DiskInput extends InputFile {
  path: string;
  changedMs: number;
}

/** A file, and what a person typed: itself, or a folder that it lies in. Both are whole paths. */
interface Found {
  given: string;
  path: string;
}

/**
 * The files at `paths`: of a folder all that are in it, in the order of their names, but for `output`, finished or not.
 * A file's name holds the folders below what was typed; where that is several things, their own names stand before it.
 */
export async function inputFiles(paths: string[], output: string): Promise<DiskInput[]> {
  const found: Found[] = [];
  for (const path of paths) {
    const given = resolve(path);
    const isFolder = (await attempt(path, () => stat(path))).isDirectory();
    const inside = isFolder ? await filesIn(path, output) : [given];
    found.push(...inside.map((file) => ({ given, path: file })));
  }
  const seen = new Set<string>();
  const twice = found.find(({ path }) => seen.size === seen.add(path).size);
  if (twice) throw new UsageError(`The input names ${twice.path} twice: its rows would count double.`);
  const names = namesOf(found, paths.length === 1 && found[0]!.path !== found[0]!.given ? 0 : 1);
  return Promise.all(
    found.map(async ({ given, path }, i) => ({
      ...(await diskInput(path, names[i]!)),
      chosen: path === given,
    })),
  );
}

async function filesIn(folder: string, output: string): Promise<string[]> {
  const entries = await attempt(folder, () => readdir(folder, { recursive: true, withFileTypes: true }));
  const isOwn = await ownOutput(folder, output);
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => resolve(entry.parentPath, entry.name))
    .filter((file) => !isOwn(file))
    // part_10 comes after part_9.
    .sort(new Intl.Collator("en", { numeric: true }).compare);
  if (files.length === 0) throw problemError("folder-without-files", { name: folder });
  return files;
}

/** Which files of `folder` belong to the data set that is to be written, where that lies in the folder. */
async function ownOutput(folder: string, output: string): Promise<(file: string) => boolean> {
  const place = relative(await realpath(folder), await placeOf(output));
  if (place === "" || place === ".." || place.startsWith(`..${sep}`)) return () => false;
  const own = [place, partialOf(place)].map((inside) => resolve(folder, inside) + sep);
  return (file) => own.some((start) => file.startsWith(start));
}

/** Names with `depth` parts of what was given, or as many more as it takes to make them different. */
function namesOf(found: Found[], depth: number): string[] {
  const names = found.map(({ given, path }) => relative(above(given, depth), path).split(sep).join("/"));
  return new Set(names).size === names.length ? names : namesOf(found, depth + 1);
}

function above(path: string, levels: number): string {
  return levels === 0 ? path : above(dirname(path), levels - 1);
}

async function diskInput(path: string, name: string): Promise<DiskInput> {
  const { size, mtimeMs } = await attempt(path, () => stat(path));
  return {
    path,
    name,
    byteLength: size,
    changedMs: mtimeMs,
    open: () => diskFolder(dirname(path)).open(basename(path)),
    stream: (onProgress, reuse) => readLog(path, onProgress, reuse),
  };
}

async function attempt<T>(path: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (cause) {
    throw unreadable(path, cause);
  }
}
