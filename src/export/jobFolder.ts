// What a job is made of: a folder with files of this repository as they are (`src/export/NAME/job`) and files of its own. The
// page packs it into a ZIP file (zippedJob.ts), the command line writes it to disk (src/cli/jobFolder.ts).

export type JobName = "torchrun" | "spark" | "mindspore";

/** A file of one job, by its path in the folder. */
export interface JobFile {
  name: string;
  content: string | Blob | Iterable<Uint8Array<ArrayBuffer>> | AsyncIterable<Uint8Array>;
}

export interface JobFolder {
  job: JobName;
  /** What says what this job is about. */
  own: Iterable<JobFile> | AsyncIterable<JobFile>;
}
