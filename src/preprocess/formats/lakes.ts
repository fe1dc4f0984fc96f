// Folders of tables whose own log says which of their files count: what an update or a deletion replaced lies there still.

import { problemError } from "../../base/result.ts";
import type { InputFile } from "./input.ts";
import type { LeftOut } from "./setAside.ts";

const AS_PARQUET = "Write the table as plain Parquet, into a folder of its own.";

/** The files without those that such a log no longer counts. Throws a ProblemError where it cannot be told. */
export async function countedFiles(files: InputFile[]): Promise<{ files: InputFile[]; leftOut: LeftOut[] }> {
  const replaced = new Map<string, string>();
  for (const root of rootsOf(files, /^(.*?)_delta_log\/\d{20}\.json$/))
    for (const name of await removedByDelta(files, root)) replaced.set(name, "Delta Lake");
  for (const { name } of files)
    if (/(^|\/)metadata\/[^/]+\.metadata\.json$/.test(name)) await checkIceberg(files, name);
  for (const root of rootsOf(files, /^(.*?)\.hoodie\/hoodie\.properties$/))
    for (const name of olderOfHudi(files, root)) replaced.set(name, "Hudi");
  return {
    files: files.filter(({ name }) => !replaced.has(name)),
    leftOut: Array.from(replaced, ([name, tool]) => ({
      name,
      reason: `the table's log of ${tool} no longer counts it`,
    })),
  };
}

function rootsOf(files: InputFile[], log: RegExp): Set<string> {
  return new Set(files.flatMap(({ name }) => log.exec(name)?.[1] ?? []));
}

interface DeltaAction {
  add?: { path: string; deletionVector?: unknown };
  remove?: { path: string };
}

/** Delta Lake's protocol: https://github.com/delta-io/delta/blob/master/PROTOCOL.md */
async function removedByDelta(files: InputFile[], root: string): Promise<string[]> {
  const log = `${root}_delta_log/`;
  const commits = files
    .filter(({ name }) => name.startsWith(log) && /^\d{20}\.json$/.test(name.slice(log.length)))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const unknown = (what: string) =>
    problemError("format-unknown", {
      name: commits[0]!.name,
      what: `the log of a table of Delta Lake ${what}`,
      remedy: AS_PARQUET,
    });
  if (Number.parseInt(commits[0]!.name.slice(log.length), 10) > 0)
    throw unknown("that does not begin with its first commit, so that it is not known which files count");
  const counted = new Map<string, boolean>();
  for (const commit of commits)
    for (const { add, remove } of jsonLinesOf<DeltaAction>(await textOf(commit))) {
      if (add?.deletionVector) throw unknown("with deletion vectors: some rows of its files are deleted");
      if (add) counted.set(decoded(add.path), true);
      if (remove) counted.set(decoded(remove.path), false);
    }
  return files
    .map(({ name }) => name)
    .filter((name) => name.startsWith(root) && counted.get(name.slice(root.length)) === false);
}

/** Paths in the log are parts of URLs. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Iceberg's manifests are Avro; where every snapshot only appends, all files count. */
async function checkIceberg(files: InputFile[], name: string): Promise<void> {
  const file = files.find((one) => one.name === name)!;
  const [metadata] = jsonLinesOf<{ snapshots?: { summary?: { operation?: string } }[] }>(
    (await textOf(file)).replaceAll("\n", " "),
  );
  if (metadata?.snapshots?.some(({ summary }) => summary?.operation !== "append"))
    throw problemError("format-unknown", {
      name,
      what: "the metadata of an Iceberg table in which rows were replaced or deleted",
      remedy: AS_PARQUET,
    });
}

/** Hudi writes a file anew, as its group's name with a later instant, and keeps the older ones. */
function olderOfHudi(files: InputFile[], root: string): string[] {
  const latest = new Map<string, { name: string; instant: string }>();
  const older: string[] = [];
  for (const { name } of files) {
    const [, group, instant] = /^(.+)_\d+-\d+-\d+_(\d+)\.parquet$/.exec(name) ?? [];
    if (group === undefined || !name.startsWith(root)) continue;
    const known = latest.get(group);
    if (known && known.instant >= instant!) older.push(name);
    else {
      if (known) older.push(known.name);
      latest.set(group, { name, instant: instant! });
    }
  }
  return older;
}

function jsonLinesOf<T>(text: string): T[] {
  return text.split("\n").flatMap((line) => {
    try {
      return line.trim() === "" ? [] : [JSON.parse(line) as T];
    } catch {
      return [];
    }
  });
}

async function textOf(file: InputFile): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of file.stream(() => {})) text += decoder.decode(bytes, { stream: true });
  return text + decoder.decode();
}
