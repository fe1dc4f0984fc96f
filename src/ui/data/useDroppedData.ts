import { useEffect } from "react";
import type { ChosenFile } from "../../datasets/requests.ts";
import { useStudio } from "../StudioContext.tsx";
import { chosenFiles } from "./chosenFiles.ts";
import { openChosen } from "./openChosen.ts";

type ItemWithHandle = DataTransferItem & {
  getAsFileSystemHandle?(): Promise<FileSystemDirectoryHandle | null>;
};

/** A log or a data set's folder may be dropped anywhere on the page. */
export function useDroppedData(): void {
  const studio = useStudio();
  useEffect(() => {
    function take({ dataTransfer }: DragEvent): void {
      if (!dataTransfer) return;
      // What was dropped is gone once the event is over.
      const dropped = chosenFiles(dataTransfer.files);
      const items: ItemWithHandle[] = [...dataTransfer.items];
      const entries = items.flatMap((item) => item.webkitGetAsEntry() ?? []);
      const withFolder = entries.some(({ isDirectory }) => isDirectory);
      const wayBack =
        withFolder && items.length === 1 ? items[0]!.getAsFileSystemHandle?.().catch(() => null) : null;
      void (withFolder ? filesOf(entries) : Promise.resolve(dropped)).then(async (chosen) => {
        // Configurations and exported runs have places of their own.
        if (chosen.some(({ file }) => file.name === "manifest.json" || !file.name.endsWith(".json")))
          openChosen(studio, chosen, (await wayBack) ?? null);
      });
    }
    window.addEventListener("drop", take);
    return () => window.removeEventListener("drop", take);
  }, [studio]);
}

async function filesOf(entries: FileSystemEntry[]): Promise<ChosenFile[]> {
  const found = await Promise.all(
    entries.map(async (entry) =>
      entry.isDirectory ? filesOf(await entriesIn(entry as FileSystemDirectoryEntry)) : [await fileOf(entry)],
    ),
  );
  return found.flat();
}

async function entriesIn(directory: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = directory.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // A reader gives a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function fileOf(entry: FileSystemEntry): Promise<ChosenFile> {
  const file = await new Promise<File>((resolve, reject) =>
    (entry as FileSystemFileEntry).file(resolve, reject),
  );
  // The file itself does not know the folders above it.
  return { file, path: entry.fullPath.slice(1) };
}
