import { browserReason } from "../../base/browserReason.ts";
import { problem } from "../../base/problem.ts";
import type { ChosenFile } from "../../datasets/requests.ts";
import type { Studio } from "../../store/studio.ts";
import { datasetAmong } from "./chosenFiles.ts";
import { filesIn } from "./folders.ts";

/**
 * Opens what a person dropped or picked: a data set where a manifest is among the files, else a log to be looked at.
 * `folder` is where all of them lie, if the browser says so.
 */
export function openChosen(
  studio: Studio,
  chosen: ChosenFile[],
  folder: FileSystemDirectoryHandle | null = null,
): void {
  if (chosen.length === 0) return;
  const found = datasetAmong(chosen);
  if (found === null) void studio.datasets.look(chosen);
  else if (Array.isArray(found))
    void studio.openDataset({ type: "files", files: found, ...(folder && { folder }) });
  else studio.notify(found);
}

/** The same of a folder, as a whole. */
export async function openFolder(studio: Studio, folder: FileSystemDirectoryHandle): Promise<void> {
  try {
    openChosen(studio, await filesIn(folder), folder);
  } catch (cause) {
    const reason = browserReason(cause);
    studio.notify(problem("file-unreadable", { name: `The folder ${folder.name}`, reason }));
  }
}
