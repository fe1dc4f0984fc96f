// A job as a ZIP file, in the page.

import { downloadZip } from "client-zip";
import { JOB_FILES, type Job, jobText } from "./job.ts";

const texts = import.meta.glob<string>(["./job/*.{md,py,toml,txt}", "./job/launch/*"], {
  query: "?raw",
  import: "default",
  eager: true,
});

/** A folder `name` with the job's files, job.json and the checkpoint that it starts from, stored without packing. */
export function zippedJob(name: string, job: Job, start: Blob): Promise<Blob> {
  const files = [
    ...JOB_FILES.map((file) => ({ name: `${name}/${file}`, input: texts[`./job/${file}`]! })),
    { name: `${name}/job.json`, input: jobText(job) },
    ...(job.start ? [{ name: `${name}/${job.start}`, input: start }] : []),
  ];
  return downloadZip(files).blob();
}
