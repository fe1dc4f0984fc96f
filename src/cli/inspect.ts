// inspect: what a data set or a checkpoint holds, as JSON.

import { ProblemError } from "../base/result.ts";
import type { CheckpointCurves } from "../checkpoint/curves.ts";
import { engineText } from "../engine/engine.ts";
import { inspectDataset } from "../preprocess/inspect.ts";
import { openDataset } from "../shards/openDataset.ts";
import { parseArguments } from "./arguments.ts";
import { readCheckpoint, readCurves } from "./checkpoints.ts";
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
  const found = await readCheckpoint(path, "weights").catch((cause) => curvesInstead(path, cause));
  const { run, config, dataset, engine, progress } = found;
  const trainedBy = engineText(engine);
  const { name, identity, tableRows } = dataset;
  const { step, epoch, rowsSeen, ended } = progress;
  const holds = "best" in found ? { keepsBest: found.best !== null } : { keepsBest: false, curvesOnly: true };
  say(`${run.name}: step ${step}, trained by ${trainedBy}${"best" in found ? "" : "; its curves alone"}`);
  const where = { step, epoch, rowsSeen, ended, best: progress.best, ...holds };
  printResult({ run, trainedBy, ...where, dataset: { name, identity, tableRows }, config });
  return 0;
}

/** What a file of curves alone says of its run; any other problem is thrown on. */
function curvesInstead(path: string, cause: unknown): Promise<CheckpointCurves> {
  if (cause instanceof ProblemError && cause.problem.code === "checkpoint-curves-only")
    return readCurves(path);
  throw cause;
}
