// inspect: what a data set or a checkpoint holds, as JSON.

import { engineText } from "../engine/engine.ts";
import { inspectDataset } from "../preprocess/inspect.ts";
import { openDataset } from "../shards/openDataset.ts";
import { parseArguments } from "./arguments.ts";
import { readCheckpoint } from "./checkpoints.ts";
import { diskFolder } from "./files.ts";
import { printResult, rowProgress, say } from "./log.ts";
import { sayFindings } from "./sayFindings.ts";

export async function runInspect(args: string[]): Promise<number> {
  const { positionals } = parseArguments(args, {
    command: "inspect",
    examples: ["data/criteo", "checkpoints/demo/FILE.safetensors"],
    options: [],
    positionals: ["DIR"],
  });
  if (/\.safetensors$/i.test(positionals[0]!)) return inspectCheckpoint(positionals[0]!);
  const folder = diskFolder(positionals[0]!);
  const dataset = await openDataset(folder);
  const inspection = await inspectDataset(dataset, folder, rowProgress());
  await dataset.close();
  sayFindings(inspection.findings);
  printResult(inspection);
  return 0;
}

async function inspectCheckpoint(path: string): Promise<number> {
  const { run, config, dataset, engine, progress, best } = await readCheckpoint(path, "weights");
  const trainedBy = engineText(engine);
  const { name, identity, tableRows } = dataset;
  const { step, epoch, rowsSeen, ended } = progress;
  say(`${run.name}: step ${step}, trained by ${trainedBy}`);
  const where = { step, epoch, rowsSeen, ended, best: progress.best, keepsBest: best !== null };
  printResult({ run, trainedBy, ...where, dataset: { name, identity, tableRows }, config });
  return 0;
}
