// A job as a ZIP file, in the page.

import { downloadZip } from "client-zip";
import type { JobFile, JobFolder } from "./jobFolder.ts";

/** The files of each job that the page offers, by their paths from here. */
const SHIPPED = import.meta.glob<string>("./{torchrun,mindspore}/job/**/*.{md,py,toml,txt,sh,yaml}", {
  query: "?raw",
  import: "default",
  eager: true,
});

/** A folder `name` with the job's files, stored without packing. */
export function zippedJob(name: string, folder: JobFolder): Promise<Blob> {
  return downloadZip(filesOf(name, folder)).blob();
}

async function* filesOf(folder: string, { job, own }: JobFolder) {
  for (const [path, input] of Object.entries(SHIPPED)) {
    const [, file] = path.split(`./${job}/job/`);
    if (file !== undefined) yield { name: `${folder}/${file}`, input };
  }
  for await (const { name, content } of own)
    yield { name: `${folder}/${name}`, input: isPieces(content) ? new Blob([...content]) : content };
}

function isPieces(content: JobFile["content"]): content is Iterable<Uint8Array<ArrayBuffer>> {
  return typeof content !== "string" && Symbol.iterator in content;
}
