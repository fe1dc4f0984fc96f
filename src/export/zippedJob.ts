// A job as a ZIP file, in the page.

import { downloadZip } from "client-zip";
import type { JobFolder } from "./jobFolder.ts";

/** The files of each job that the page offers, by their paths from here. */
const SHIPPED = import.meta.glob<string>("./torchrun/job/**/*.{md,py,toml,txt,sh,yaml}", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** A folder `name` with the job's files, stored without packing. */
export function zippedJob(name: string, { job, own }: JobFolder): Promise<Blob> {
  const shipped = Object.entries(SHIPPED).flatMap(([path, input]) => {
    const [, file] = path.split(`./${job}/job/`);
    return file === undefined ? [] : [{ name: `${name}/${file}`, input }];
  });
  const others = Object.entries(own).map(([file, input]) => ({ name: `${name}/${file}`, input }));
  return downloadZip([...shipped, ...others]).blob();
}
