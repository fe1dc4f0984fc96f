// export: a data set in the form of another tool.

import { basename, resolve } from "node:path";
import { exportFuxiCtr } from "../preprocess/export/fuxictr.ts";
import { exportMindSpore } from "../preprocess/export/mindspore.ts";
import { openDataset } from "../shards/openDataset.ts";
import { parseArguments, UsageError } from "./arguments.ts";
import { diskFolder } from "./files.ts";
import { createRowTeller, printResult, say } from "./log.ts";
import { makeFolder } from "./makeFolder.ts";

const spec = {
  command: "export",
  examples: ["data/criteo --fuxictr --output=data/criteo_fuxictr"],
  options: [
    { name: "fuxictr", type: "boolean", default: false, help: "as FuxiCTR's processed Parquet" },
    { name: "mindspore", type: "boolean", default: false, help: "MindSpore's three dictionaries" },
    { name: "output", type: "string", required: true, help: "folder to make; must not exist" },
    {
      name: "integers",
      type: "string",
      choices: ["bucket", "log", "max"],
      default: "bucket",
      help: "FuxiCTR: as categories, or as numbers of this scale",
    },
  ],
  positionals: ["DATASET"],
} as const;

export async function runExport(args: string[]): Promise<number> {
  const { values, positionals } = parseArguments(args, spec);
  const { fuxictr, mindspore, output, integers } = values;
  if (fuxictr === mindspore) throw new UsageError("Say either --fuxictr or --mindspore.");
  const folder = diskFolder(positionals[0]!);
  const dataset = await openDataset(folder);
  const exported = await makeFolder(
    output,
    () => false,
    async (unfinished) =>
      fuxictr
        ? exportFuxiCtr(dataset, folder, unfinished.output, {
            datasetId: basename(resolve(output)),
            integers,
            tell: createRowTeller(),
          })
        : exportMindSpore(dataset.manifest, folder, unfinished.output),
  ).finally(() => dataset.close());
  if (mindspore)
    say(
      "counts of rare values are not kept, so they are not there: no lower threshold can be tried with them",
    );
  printResult({ output, ...exported });
  return 0;
}
