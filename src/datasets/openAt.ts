// A data set, wherever it lies.

import { makeDemoDataset } from "../preprocess/synthetic.ts";
import { type Folder, filesFolder, urlFolder } from "../shards/byteSource.ts";
import { checkFiles } from "../shards/checkFiles.ts";
import type { Dataset } from "../shards/dataset.ts";
import { MANIFEST_FILE } from "../shards/manifest.ts";
import { parseManifest } from "../shards/manifestFile.ts";
import { openDataset } from "../shards/openDataset.ts";
import { DEMO_DATA } from "./demoData.ts";
import { openKept } from "./device.ts";
import type { DatasetLocation } from "./requests.ts";

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

/**
 * The demo data set as it comes with the page: the build makes it, byte for byte what `makeDemoDataset` would make here,
 * which takes seconds that nobody need wait for. null where the page came without it (`npm run dev`) or it cannot be had
 * now. The shards are on their way when this returns, and are held whole: 3.8 MB.
 */
async function shippedDemo(): Promise<Folder | null> {
  // The worker's script lies in the build's assets.
  if (import.meta.env?.PROD !== true) return null;
  const place = new URL("../demo/", self.location.href);
  const files = new Map<string, Promise<Uint8Array>>();
  function load(name: string): Promise<Uint8Array> {
    const known = files.get(name);
    if (known) return known;
    const loading = loadFile(new URL(name, place));
    files.set(name, loading);
    // Asked again where it failed.
    loading.catch(() => files.delete(name));
    return loading;
  }
  try {
    const manifest = parseManifest(new TextDecoder().decode(await load(MANIFEST_FILE)), MANIFEST_FILE);
    if (!manifest.ok) return null;
    for (const { file } of manifest.value.shards) load(file);
  } catch {
    return null;
  }
  return {
    async open(name) {
      const bytes = await load(name);
      return { name, byteLength: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
    },
  };
}

async function loadFile(address: URL): Promise<Uint8Array> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address.href} gave ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}
