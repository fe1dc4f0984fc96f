import { type Problem, problem } from "../../base/problem.ts";
import type { ChosenFile } from "../../datasets/requests.ts";

/** Files of a picker. */
export function chosenFiles(files: Iterable<File>): ChosenFile[] {
  return Array.from(files, (file) => ({ file, path: file.webkitRelativePath || file.name }));
}

/**
 * The files of the data set among those that were chosen: what lies beside its manifest. null where no manifest is among
 * them, a problem where more than one is.
 */
export function datasetAmong(chosen: ChosenFile[]): File[] | Problem | null {
  const [first, other] = chosen.filter(({ file }) => file.name === "manifest.json").map(folderOf);
  if (first === undefined) return null;
  if (other !== undefined) return problem("datasets-mixed", { folder: first, other });
  return chosen.filter((one) => folderOf(one) === first).map(({ file }) => file);
}

function folderOf({ path }: ChosenFile): string {
  return path.split("/").slice(0, -1).join("/");
}
