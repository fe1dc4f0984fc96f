import { useEffect } from "react";
import type { ChosenFile } from "../../datasets/requests.ts";
import { useRuns } from "../runs/RunsContext.tsx";
import { useStudio } from "../StudioContext.tsx";
import { chosenFiles } from "./chosenFiles.ts";
import { openChosen } from "./openChosen.ts";

type ItemWithHandle = DataTransferItem & {
  getAsFileSystemHandle?(): Promise<FileSystemDirectoryHandle | null>;
};

/** A log, a data set's folder, a configuration or a report may be dropped anywhere on the page. */
export function useDroppedData(): void {
  const studio = useStudio();
  const runs = useRuns();
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
        if (chosen.some(({ file }) => !mayBeOurs(file)))
          return openChosen(studio, chosen, (await wayBack) ?? null);
        const { openStudioFile } = await import("./openStudioFile.ts");
        const others: ChosenFile[] = [];
        for (const one of chosen) if (!(await openStudioFile(studio, runs, one.file))) others.push(one);
        openChosen(studio, others);
      });
    }
    window.addEventListener("drop", take);
    return () => window.removeEventListener("drop", take);
  }, [studio, runs]);
}

/** Whether it can be a configuration or a report; a data set's manifest and a log are not. */
function mayBeOurs({ name }: File): boolean {
  return name !== "manifest.json" && /\.(json|html?)$/i.test(name);
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
