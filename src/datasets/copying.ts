// Whole data sets on their way: onto the device, and off it as a zip or into a folder.

import { downloadZip } from "client-zip";
import { browserReason } from "../base/browserReason.ts";
import { ProblemError, problemError } from "../base/result.ts";
import type { OutputFolder } from "../shards/byteSink.ts";
import { type Folder, withFile } from "../shards/byteSource.ts";
import { createSha256 } from "../shards/checksums.ts";
import { byteLengthOf, MANIFEST_FILE, type Manifest } from "../shards/manifest.ts";
import { damagedShard } from "../shards/shardProblem.ts";
import { beginKept, filesOfKept, listKept } from "./device.ts";
import type { Job } from "./job.ts";
import { openAt } from "./openAt.ts";
import type { DatasetLocation } from "./requests.ts";

const COPY_BYTES = 1 << 22;

/** Copies a data set to the device, byte for byte; gives its id there. One that is there already is not copied. */
export async function keepDataset(location: DatasetLocation, job: Job): Promise<string> {
  const { dataset, folder } = await openAt(location, () => {});
  try {
    const known = (await listKept()).find(({ identity }) => identity === dataset.identity);
    if (known) return known.id;
    const { manifest } = dataset;
    const kept = await beginKept(manifest.name);
    try {
      await copyFiles(folder, kept.output, manifest, job);
      kept.finish();
      return kept.id;
    } catch (cause) {
      await kept.abandon();
      throw cause;
    }
  } finally {
    await dataset.close();
  }
}

async function copyFiles(
  folder: Folder,
  output: OutputFolder,
  { shards, vocabulary }: Manifest,
  job: Job,
): Promise<void> {
  const total = byteLengthOf({ shards, vocabulary });
  let before = 0;
  for (const { file, bytes, sha256 } of [vocabulary, ...shards]) {
    const found = await copyFile(folder, output, file, (done) => {
      job.check();
      job.report("Copying", before + done, total, "bytes");
    });
    if (found !== sha256) throw damagedShard({ file }, "its checksum is wrong");
    before += bytes;
  }
  await copyFile(folder, output, MANIFEST_FILE, job.check);
}

/** Copies one file; gives its SHA-256. */
function copyFile(
  folder: Folder,
  output: OutputFolder,
  name: string,
  onProgress: (done: number) => void,
): Promise<string> {
  return withFile(folder, name, async ({ byteLength, read }) => {
    const sink = await output.create(name);
    const hash = createSha256();
    const readNext = (at: number) => read(at, Math.min(byteLength, at + COPY_BYTES));
    let coming = readNext(0);
    for (let at = 0; at < byteLength; at += COPY_BYTES) {
      onProgress(at);
      const bytes = await coming;
      if (at + COPY_BYTES < byteLength) {
        coming = readNext(at + COPY_BYTES);
        // A failure is met when its turn comes.
        coming.catch(() => {});
      }
      hash.update(bytes);
      await sink.write(bytes);
    }
    await sink.close();
    return hash.hex();
  });
}

/** All files of a kept data set, in a folder of its name. */
export async function zipKept(id: string): Promise<{ name: string; blob: Blob }> {
  const { name, files } = await filesOfKept(id);
  const folder = folderName(name);
  const zip = downloadZip(files.map((file) => ({ name: `${folder}/${file.name}`, input: file })));
  return { name: `${folder}.zip`, blob: await zip.blob() };
}

/** Writes all files of a kept data set into a new folder below `parent`; gives that folder's name. */
export async function saveKept(
  id: string,
  parent: FileSystemDirectoryHandle,
  job: Job,
): Promise<{ name: string }> {
  const { name, files } = await filesOfKept(id);
  const folder = folderName(name);
  const total = files.reduce((sum, { size }) => sum + size, 0);
  // The manifest last: a folder without it is not a data set.
  const ordered = files.toSorted(
    (a, b) => Number(a.name === MANIFEST_FILE) - Number(b.name === MANIFEST_FILE),
  );
  let done = 0;
  try {
    const directory = await parent.getDirectoryHandle(folder, { create: true });
    for (const file of ordered) {
      job.check();
      const handle = await directory.getFileHandle(file.name, { create: true });
      await file.stream().pipeTo(await handle.createWritable());
      job.report("Exporting", (done += file.size), total, "bytes");
    }
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    const reason = browserReason(cause);
    throw problemError("folder-unwritable", { name: folder, reason });
  }
  return { name: folder };
}

function folderName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[.-]+/, "") || "dataset";
}
