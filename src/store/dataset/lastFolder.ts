// The folder of the person's disk that was open last: the browser can keep the way to it, though not the permission.

import { type DBSchema, openDB } from "idb";
import { withinLimit } from "../../base/withinLimit.ts";

interface Schema extends DBSchema {
  folders: { key: "last"; value: FileSystemDirectoryHandle };
}

function open() {
  return openDB<Schema>("final-studio-folder", 1, {
    upgrade: (opened) => void opened.createObjectStore("folders"),
  });
}

/** A database that does not answer must not keep the data from being opened. */
const LIMIT_MS = 2000;

/** Notes the folder for the next visit; null: what is open is in none. */
export async function noteFolder(folder: FileSystemDirectoryHandle | null): Promise<void> {
  try {
    await withinLimit(put(folder), LIMIT_MS, "answer");
  } catch {
    // Private windows and some browsers refuse: the next visit then offers nothing.
  }
}

async function put(folder: FileSystemDirectoryHandle | null): Promise<void> {
  const db = await open();
  if (folder) await db.put("folders", folder, "last");
  else await db.delete("folders", "last");
  db.close();
}

/** null where none was noted. */
export async function lastFolder(): Promise<FileSystemDirectoryHandle | null> {
  try {
    const db = await open();
    const folder = await db.get("folders", "last");
    db.close();
    return folder ?? null;
  } catch {
    return null;
  }
}
