// A job for PyTorch's distributed engine: job.json, which says what is trained, beside the Python files in `job`. The data set
// is not copied: a cluster has it where all machines read it.

import type { Checkpoint } from "../../checkpoint/checkpoint.ts";
import type { DatasetCard } from "../../checkpoint/metadata.ts";
import type { Config } from "../../model/config.ts";
import type { JobFile, JobFolder } from "../jobFolder.ts";

/** The checkpoint that a job resumes, beside its job.json. */
const START_FILE = "start.safetensors";

/** What train.py reads. */
export interface Job {
  format: "final-studio-job";
  version: 1;
  run: Checkpoint["run"];
  config: Config;
  dataset: DatasetCard;
  /** The checkpoint whose run is resumed; null for a new run. */
  start: string | null;
}

/** A new run of `config` on the data set of the card, whose shape is that of the configuration. */
export function newJob(config: Config, dataset: DatasetCard, name: string): Job {
  const id = `torch-${Date.now().toString(36)}`;
  return {
    format: "final-studio-job",
    version: 1,
    run: { id, name, evaluateEverySteps: 0, savedAt: 0, origin: null },
    config,
    dataset,
    start: null,
  };
}

/** A job that resumes a checkpoint's run. */
export function continuedJob({ run, config, dataset }: Pick<Checkpoint, "run" | "config" | "dataset">): Job {
  return { format: "final-studio-job", version: 1, run, config, dataset, start: START_FILE };
}

/** The job's folder; `start` is the checkpoint of a run that is resumed, null for a new one. */
export function torchrunFolder(job: Job, start: JobFile["content"] | null): JobFolder {
  const own: JobFile[] = [{ name: "job.json", content: `${JSON.stringify(job, null, 1)}\n` }];
  if (start !== null) own.push({ name: START_FILE, content: start });
  return { job: "torchrun", own };
}
