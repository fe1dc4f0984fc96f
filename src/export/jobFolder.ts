// What a job is made of: a folder with files of this repository as they are (`src/export/NAME/job`) and files of its own. The
// page packs it into a ZIP file (zippedJob.ts), the command line writes it to disk (src/cli/jobFolder.ts).

export type JobName = "torchrun" | "spark";

export type JobContent = string | Blob | AsyncIterable<Uint8Array>;

export interface JobFolder {
  job: JobName;
  /** What says what this job is about: contents by file name. */
  own: Record<string, JobContent>;
}
