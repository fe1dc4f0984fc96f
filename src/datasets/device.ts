// Data sets in the browser's own storage, a folder each. As on a disk, a folder without a manifest is not a data set:
// the manifest is written last.

import { browserReason } from "../base/browserReason.ts";
import { heldLocks, takeLock } from "../base/locks.ts";
import { privateStorage } from "../base/privateStorage.ts";
import { ProblemError, problemError } from "../base/result.ts";
import type { OutputFolder } from "../shards/byteSink.ts";
import type { Folder } from "../shards/byteSource.ts";
import { checkFiles } from "../shards/checkFiles.ts";
import { byteLengthOf, MANIFEST_FILE } from "../shards/manifest.ts";
import { openDataset } from "../shards/openDataset.ts";
import { opfsFolder, opfsOutput, unwritable } from "../shards/opfs.ts";
import type { KeptDataset } from "./requests.ts";

const ROOT = "datasets";
/** What the person calls it, where that is not what the manifest says: the manifest's own name is part of its identity. */
const NAME_FILE = "name.txt";
const LOCK = "final-studio/dataset/";

/** A folder that is not a data set yet. */
export interface DatasetDraft {
  id: string;
  output: OutputFolder;
  /** Lets others see it, now that its manifest is written. */
  finish(): void;
  /** Deletes it with all that was written. */
  abandon(): Promise<void>;
}

/** A data set of the device, open: nobody can delete it until it is released. */
export interface OpenKept {
  folder: Folder;
  /** As the person renamed it; null where it was not. */
  name: string | null;
  release(): void;
}

/** All data sets, the newest first. */
export async function listKept(): Promise<KeptDataset[]> {
  const root = await openRoot();
  const kept: KeptDataset[] = [];
  for await (const [id, handle] of root.entries())
    if (handle.kind === "directory" && (await has(handle as FileSystemDirectoryHandle, MANIFEST_FILE)))
      kept.push(await describe(id, handle as FileSystemDirectoryHandle));
  return kept.sort((a, b) => b.keptAt - a.keptAt);
}

/** Deletes what an interrupted import left, unless a tab is still at work on it. */
export async function sweepKept(): Promise<void> {
  const root = await openRoot();
  const atWork = await heldLocks(LOCK);
  const left: string[] = [];
  for await (const [id, handle] of root.entries())
    if (!atWork.has(id) && !(await has(handle as FileSystemDirectoryHandle, MANIFEST_FILE))) left.push(id);
  for (const id of left) await root.removeEntry(id, { recursive: true });
}

/** A new folder for a data set called `name`. */
export async function beginKept(name: string): Promise<DatasetDraft> {
  const root = await openRoot("device-missing");
  const id = crypto.randomUUID();
  const release = (await takeLock(LOCK + id))!;
  const directory = await root.getDirectoryHandle(id, { create: true }).catch((cause: DOMException) => {
    release();
    throw unwritable(name, cause);
  });
  const { output, abandon } = opfsOutput(directory, name);
  return {
    id,
    output,
    finish: release,
    async abandon() {
      abandon();
      await root.removeEntry(id, { recursive: true });
      release();
    },
  };
}

/** Opens a data set for reading. Throws a ProblemError where it is not there any more. */
export async function openKept(id: string): Promise<OpenKept> {
  const directory = await directoryOf(id);
  const release = await takeLock(LOCK + id, "shared");
  if (!release) throw problemError("dataset-gone", {});
  const name = await givenName(directory);
  return { folder: opfsFolder(directory, name ?? "The data set on this device"), name, release };
}

export async function renameKept(id: string, name: string): Promise<void> {
  const { output } = opfsOutput(await directoryOf(id), name);
  const sink = await output.create(NAME_FILE);
  await sink.write(new TextEncoder().encode(name));
  await sink.close();
}

/** Throws a ProblemError where this tab or another one has it open. */
export async function deleteKept(id: string): Promise<void> {
  const root = await openRoot();
  const release = await takeLock(LOCK + id);
  if (!release) {
    const { name } = await describe(id, await directoryOf(id));
    throw problemError("dataset-in-use", { name });
  }
  try {
    await root.removeEntry(id, { recursive: true });
  } finally {
    release();
  }
}

/** The files of a data set, as they lie there. */
export async function filesOfKept(id: string): Promise<{ name: string; files: File[] }> {
  const directory = await directoryOf(id);
  const files: File[] = [];
  for await (const [file, handle] of directory.entries())
    if (file !== NAME_FILE) files.push(await (handle as FileSystemFileHandle).getFile());
  return { name: (await describe(id, directory)).name, files };
}

/** `missing`: a list needs nothing but the notice that the page shows anyway, which is not shown twice. */
async function openRoot(
  missing: "storage-missing" | "device-missing" = "storage-missing",
): Promise<FileSystemDirectoryHandle> {
  try {
    const root = await privateStorage(missing);
    return await root.getDirectoryHandle(ROOT, { create: true });
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    const reason = browserReason(cause);
    throw problemError("device-missing", { reason });
  }
}

async function directoryOf(id: string): Promise<FileSystemDirectoryHandle> {
  const root = await openRoot();
  try {
    return await root.getDirectoryHandle(id);
  } catch {
    throw problemError("dataset-gone", {});
  }
}

async function describe(id: string, directory: FileSystemDirectoryHandle): Promise<KeptDataset> {
  const { lastModified } = await (await directory.getFileHandle(MANIFEST_FILE)).getFile();
  const given = await givenName(directory);
  let name = given ?? id;
  try {
    const folder = opfsFolder(directory, name);
    const { manifest, identity } = await openDataset(folder);
    name = given ?? manifest.name;
    await checkFiles(folder, manifest);
    return {
      id,
      name,
      identity,
      rows: manifest.shards.reduce((sum, { rows }) => sum + rows, 0),
      byteLength: byteLengthOf(manifest),
      keptAt: lastModified,
      damage: null,
    };
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause;
    const { problem: damage } = cause;
    return { id, name, identity: null, rows: 0, byteLength: 0, keptAt: lastModified, damage };
  }
}

async function givenName(directory: FileSystemDirectoryHandle): Promise<string | null> {
  if (!(await has(directory, NAME_FILE))) return null;
  const text = await (await (await directory.getFileHandle(NAME_FILE)).getFile()).text();
  return text === "" ? null : text;
}

async function has(directory: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  return directory.getFileHandle(name).then(
    () => true,
    () => false,
  );
}
