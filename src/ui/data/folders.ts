// Folders of the person's disk, where the browser gives a way to them that can be kept.

import type { ChosenFile } from "../../datasets/requests.ts";

type FolderPicker = (options: { mode: "read" | "readwrite" }) => Promise<FileSystemDirectoryHandle>;

type WithPermission = FileSystemDirectoryHandle & {
  requestPermission?(options: { mode: "read" }): Promise<PermissionState>;
};

/** Lets the person choose a folder; undefined where the browser cannot. */
export function folderPicker(): FolderPicker | undefined {
  return (window as Window & { showDirectoryPicker?: FolderPicker }).showDirectoryPicker?.bind(window);
}

/** Whether the folder may be read, after asking where that is needed: to be called for a click. */
export async function mayRead(folder: WithPermission): Promise<boolean> {
  return (await folder.requestPermission?.({ mode: "read" })) === "granted";
}

/** All files in the folder and in those below it. */
export async function filesIn(folder: FileSystemDirectoryHandle, above = ""): Promise<ChosenFile[]> {
  const found: ChosenFile[] = [];
  const path = `${above}${folder.name}/`;
  for await (const handle of folder.values())
    if (handle.kind === "directory")
      found.push(...(await filesIn(handle as FileSystemDirectoryHandle, path)));
    else
      found.push({ file: await (handle as FileSystemFileHandle).getFile(), path: `${path}${handle.name}` });
  return found;
}
