import type { Studio } from "../../store/studio.ts";

/** Opens what a person dropped or picked: a data set where a manifest is among the files, else a log to be looked at. */
export function openChosen(studio: Studio, files: File[]): void {
  if (files.length === 0) return;
  if (files.some(({ name }) => name === "manifest.json")) void studio.openDataset({ type: "files", files });
  else void studio.datasets.look(files);
}
