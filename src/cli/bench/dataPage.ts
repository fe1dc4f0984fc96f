// Runs in a worker of Chromium's, called by the data benchmark: reading from an address, from files in memory and from
// the browser's own storage.

import { filesFolder, urlFolder } from "../../shards/byteSource.ts";
import { opfsFolder } from "../../shards/opfs.ts";
import { measureReading } from "./dataReading.ts";

/** `names`: the files beside the manifest at `manifestUrl`, itself among them. */
export interface ReadingRequest {
  manifestUrl: string;
  names: string[];
}

/** Rows per second. */
export type PageReading = Record<"OPFS" | "Blob" | "HTTP ranges", number>;

export default async function measure({ manifestUrl, names }: ReadingRequest): Promise<PageReading> {
  const files = await Promise.all(
    names.map(async (name) => new File([await (await fetch(new URL(name, manifestUrl))).blob()], name)),
  );
  const directory = await (await navigator.storage.getDirectory()).getDirectoryHandle("bench", {
    create: true,
  });
  for (const file of files) {
    const handle = await directory.getFileHandle(file.name, { create: true });
    await file.stream().pipeTo(await handle.createWritable());
  }
  return {
    OPFS: await measureReading(opfsFolder(directory, "bench")),
    Blob: await measureReading(filesFolder(files)),
    "HTTP ranges": await measureReading(urlFolder(manifestUrl)),
  };
}
