import type { Studio } from "../../store/studio.ts";
import { type ChosenFile, datasetAmong } from "./chosenFiles.ts";

/** Opens what a person dropped or picked: a data set where a manifest is among the files, else a log to be looked at. */
export function openChosen(studio: Studio, chosen: ChosenFile[]): void {
  if (chosen.length === 0) return;
  const found = datasetAmong(chosen);
  if (found === null) void studio.datasets.look(chosen.map(({ file }) => file));
  else if (Array.isArray(found)) void studio.openDataset({ type: "files", files: found });
  else studio.notify(found);
}
