// inspect: what a data set holds, as JSON.

import { inspectDataset } from "../preprocess/inspect.ts";
import { openDataset } from "../shards/openDataset.ts";
import { parseArguments } from "./arguments.ts";
import { diskFolder } from "./files.ts";
import { printResult, rowProgress } from "./log.ts";
import { sayFindings } from "./sayFindings.ts";

export async function runInspect(args: string[]): Promise<number> {
  const { positionals } = parseArguments(args, {
    command: "inspect",
    examples: ["data/criteo"],
    options: [],
    positionals: ["DIR"],
  });
  const folder = diskFolder(positionals[0]!);
  const dataset = await openDataset(folder);
  const inspection = await inspectDataset(dataset, folder, rowProgress());
  await dataset.close();
  sayFindings(inspection.findings);
  printResult(inspection);
  return 0;
}
