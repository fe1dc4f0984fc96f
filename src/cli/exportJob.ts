// export DATASET --torchrun: a folder with a job for PyTorch's distributed engine.

import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { problem } from "../base/problem.ts";
import { orThrow, ProblemError } from "../base/result.ts";
import { cannotResume } from "../checkpoint/checkpoint.ts";
import { continuedJob, JOB_FILES, type Job, jobText, newJob, START_FILE } from "../export/torchrun/job.ts";
import { inputShape, parseConfigText } from "../model/config.ts";
import { findPreset } from "../model/presets.ts";
import type { Dataset } from "../shards/dataset.ts";
import { openDataset } from "../shards/openDataset.ts";
import { UsageError, type Values } from "./arguments.ts";
import { readCheckpoint } from "./checkpoints.ts";
import type { exportSpec } from "./export.ts";
import { attempt, diskFolder } from "./files.ts";
import { printResult, say } from "./log.ts";
import { makeFolder, partialOf, placeOf } from "./makeFolder.ts";
import { fromSource } from "./place.ts";
import { readText } from "./readText.ts";

type Given = Values<typeof exportSpec.options>;

/** Writes the job's folder; of the data set only what names it is in there. */
export async function exportJob(path: string, options: Given): Promise<number> {
  const { output, checkpoint_path } = options;
  const dataset = await openDataset(diskFolder(path));
  const job = await jobOf(dataset, options).finally(() => dataset.close());
  const partial = partialOf(await placeOf(output));
  await makeFolder(
    output,
    () => false,
    () =>
      attempt(partial, async () => {
        for (const name of JOB_FILES) {
          await mkdir(join(partial, dirname(name)), { recursive: true });
          await copyFile(sourceOf(name), join(partial, name));
        }
        await writeFile(join(partial, "job.json"), jobText(job));
        if (checkpoint_path !== undefined) await copyFile(checkpoint_path, join(partial, START_FILE));
      }),
  );
  say(
    `torchrun --standalone --nproc-per-node=2 ${output}/train.py --dataset_path=${path} --ckpt_path=${output}/checkpoints`,
  );
  printResult({
    output,
    files: [...JOB_FILES, "job.json", ...(job.start ? [job.start] : [])],
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
      throw new ProblemError(
        problem("checkpoint-other-data", {
          name,
          checkpoint: checkpointData,
          dataset: dataset.manifest.name,
        }),
      );
    return continuedJob(checkpoint);
  }
  const chosen = orThrow(
    config === undefined ? findPreset(preset!) : parseConfigText(await readText(config), basename(config)),
  );
  orThrow(inputShape(chosen, dataset.shape(chosen.integers)));
  return newJob(chosen, dataset, basename(resolve(output)));
}

/** Where a file of every job lies: beside the sources, or in the bundle (src/cli/bundle.mjs). */
function sourceOf(name: string): URL {
  return new URL(`${fromSource ? "../export/torchrun/job" : "torchrun"}/${name}`, import.meta.url);
}
