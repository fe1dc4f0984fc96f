// A job for PyTorch's distributed engine: job.json, which says what is trained, beside the Python sources in `job`, which are
// the same in every job. The data set is not copied: a cluster has it where all machines read it.

import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import { type DatasetCard, datasetCard } from "../../checkpoint/metadata.ts";
import type { Config } from "../../model/config.ts";
import type { Dataset } from "../../shards/dataset.ts";

/** The files that every job holds, as they lie in the folder `job` beside this file. */
export const JOB_FILES = [
  "README.md",
  "checkpoint.py",
  "config.py",
  "curves.py",
  "data.py",
  "encoding.py",
  "learner.py",
  "metrics.py",
  "model.py",
  "optimiser.py",
  "processes.py",
  "pyproject.toml",
  "requirements.txt",
  "rng.py",
  "run.py",
  "table.py",
  "train.py",
  "launch/modelarts.sh",
  "launch/one_machine.sh",
  "launch/run_distribute_train.sh",
  "launch/slurm.sh",
  "launch/trainjob.yaml",
] as const;

/** The checkpoint that a job goes on with, beside its job.json. */
export const START_FILE = "start.safetensors";

/** What train.py reads. */
export interface Job {
  format: "final-studio-job";
  version: 1;
  run: Checkpoint["run"];
  config: Config;
  dataset: DatasetCard;
  /** The checkpoint whose run goes on; null for a new run. */
  start: string | null;
}

/** A new run of `config` on the data set. Throws a ProblemError where the data set does not allow the configuration. */
export function newJob(config: Config, dataset: Dataset, name: string): Job {
  const id = `torch-${Date.now().toString(36)}`;
  return {
    format: "final-studio-job",
    version: 1,
    run: { id, name, evaluateEverySteps: 0, savedAt: 0, origin: null },
    config,
    dataset: datasetCard(dataset, config.integers),
    start: null,
  };
}

/** A job that goes on with a checkpoint's run. */
export function continuedJob({ run, config, dataset }: Pick<Checkpoint, "run" | "config" | "dataset">): Job {
  return { format: "final-studio-job", version: 1, run, config, dataset, start: START_FILE };
}

/** job.json's text. */
export function jobText(job: Job): string {
  return `${JSON.stringify(job, null, 1)}\n`;
}
