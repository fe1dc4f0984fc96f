// A data set, wherever it lies.

import { makeDemoDataset } from "../preprocess/synthetic.ts";
import { type Folder, filesFolder, urlFolder } from "../shards/byteSource.ts";
import { checkFiles } from "../shards/checkFiles.ts";
import type { Dataset } from "../shards/dataset.ts";
import { openDataset } from "../shards/openDataset.ts";
import { DEMO_DATA } from "./demoData.ts";
import { openKept } from "./device.ts";
import type { DatasetLocation } from "./requests.ts";
import { shippedDemo } from "./shippedDemo.ts";

/** Called with the progress of the work that opening may take. */
export type OnOpening = (stage: string, done: number, total: number) => void;

/** Opens the data set at `location`, and its folder. Throws a ProblemError where that cannot be. */
export async function openAt(
  location: DatasetLocation,
  onProgress: OnOpening,
): Promise<{ dataset: Dataset; folder: Folder }> {
  if (location.type === "device") return openOnDevice(location.id);
  const folder = await folderAt(location, onProgress);
  const dataset = await openDataset(folder);
  // A missing file is reported now, not when training comes to it; at an address each would be a request.
  if (location.type === "files") await checkFiles(folder, dataset.manifest);
  return { dataset, folder };
}

async function folderAt(
  location: Exclude<DatasetLocation, { type: "device" }>,
  onProgress: OnOpening,
): Promise<Folder> {
  switch (location.type) {
    case "demo": {
      const { rows, seed, edition = 1 } = location;
      const isShipped = rows === DEMO_DATA.rows && seed === DEMO_DATA.seed && edition === DEMO_DATA.edition;
      const shipped = isShipped ? await shippedDemo() : null;
      if (shipped) return shipped;
      return makeDemoDataset({
        rows,
        seed,
        edition,
        onProgress: (done, total) => onProgress("Making demo data", done, total),
      });
    }
    case "files":
      return filesFolder(location.files);
    case "url":
      return urlFolder(location.manifestUrl);
  }
}

async function openOnDevice(id: string): Promise<{ dataset: Dataset; folder: Folder }> {
  const { folder, name, release } = await openKept(id);
  try {
    const dataset = await openDataset(folder);
    await checkFiles(folder, dataset.manifest);
    return {
      folder,
      dataset: {
        ...dataset,
        // Its identity stays that of the manifest as it was written.
        manifest: { ...dataset.manifest, ...(name !== null && { name }) },
        async close() {
          await dataset.close();
          release();
        },
      },
    };
  } catch (cause) {
    release();
    throw cause;
  }
}
