// export DATASET --torchrun: a folder with a job for PyTorch's distributed engine.

import { basename, resolve } from "node:path";
import { orThrow, ProblemError, problemError } from "../base/result.ts";
import { cannotResume } from "../checkpoint/checkpoint.ts";
import { datasetCard } from "../checkpoint/metadata.ts";
import { continuedJob, type Job, newJob, torchrunFolder } from "../export/torchrun/job.ts";
import { inputShape, parseConfigText } from "../model/config.ts";
import { findPreset } from "../model/presets.ts";
import type { Dataset } from "../shards/dataset.ts";
import { openDataset } from "../shards/openDataset.ts";
import { UsageError, type Values } from "./arguments.ts";
import { readCheckpoint } from "./checkpoints.ts";
import type { exportSpec } from "./export.ts";
import { diskFolder } from "./files.ts";
import { fileContent, writeJobFolder } from "./jobFolder.ts";
import { printResult, say } from "./log.ts";
import { readText } from "./readText.ts";

type Given = Values<typeof exportSpec.options>;

/** Writes the job's folder; of the data set only what names it is in there. */
export async function exportJob(path: string, options: Given): Promise<number> {
  const { output, checkpoint_path } = options;
  const dataset = await openDataset(diskFolder(path));
  const job = await jobOf(dataset, options).finally(() => dataset.close());
  const start = checkpoint_path === undefined ? null : fileContent(checkpoint_path);
  const files = await writeJobFolder(output, torchrunFolder(job, start));
  say(
    `torchrun --standalone --nproc-per-node=2 ${output}/train.py --dataset_path=${path} --ckpt_path=${output}/checkpoints`,
  );
  printResult({
    output,
    files,
    start: job.start,
    dataset: { name: job.dataset.name, identity: job.dataset.identity },
  });
  return 0;
}

async function jobOf(dataset: Dataset, { config, preset, checkpoint_path, output }: Given): Promise<Job> {
  const given = [config, preset, checkpoint_path].filter((choice) => choice !== undefined);
  if (given.length !== 1) throw new UsageError("Give one of --config, --preset and --checkpoint_path.");
  if (checkpoint_path !== undefined) {
    const name = basename(checkpoint_path);
    const checkpoint = await readCheckpoint(checkpoint_path);
    const stuck = cannotResume(name, checkpoint);
    if (stuck) throw new ProblemError(stuck);
    const { name: checkpointData, identity } = checkpoint.dataset;
    if (identity !== dataset.identity)
      throw problemError("checkpoint-other-data", {
        name,
        checkpoint: checkpointData,
        dataset: dataset.manifest.name,
      });
    return continuedJob(checkpoint);
  }
  const chosen = orThrow(
    config === undefined ? findPreset(preset!) : parseConfigText(await readText(config), basename(config)),
  );
  orThrow(inputShape(chosen, dataset.shape(chosen.integers)));
  return newJob(chosen, datasetCard(dataset, chosen.integers), basename(resolve(output)));
}
