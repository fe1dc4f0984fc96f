// The data sets that are kept on the device: listed, found, renamed, deleted, exported.

import type { DatasetLocation, KeptDataset } from "../../datasets/requests.ts";
import type { DataConnection } from "./dataConnection.ts";
import type { DatasetsStore } from "./datasetsState.ts";
import type { OpenData } from "./openData.ts";

export interface KeptDatasets {
  refresh(): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** All files of a data set in a zip. */
  zip(id: string): Promise<{ name: string; blob: Blob } | null>;
  /** Writes a data set's files into a new folder below `folder`. */
  saveInto(id: string, folder: FileSystemDirectoryHandle): Promise<void>;
  /** Where a data set of this content is kept; null where none is. */
  onDevice(identity: string): Promise<DatasetLocation | null>;
}

export function createKeptDatasets(
  { setState: set, getState: get }: DatasetsStore,
  { ask, during }: DataConnection,
  openData: Pick<OpenData, "rename">,
): KeptDatasets {
  function take(kept: KeptDataset[] | null): void {
    if (kept) set({ kept });
  }
  async function refresh(): Promise<void> {
    take(await ask("listKept", {}));
  }
  return {
    refresh,
    async rename(id, name) {
      const kept = await ask("renameKept", { id, name });
      take(kept);
      if (kept) openData.rename(id, name);
    },
    async remove(id) {
      take(await ask("deleteKept", { id }));
      set(({ kept, ready }) => (kept?.some((dataset) => dataset.id === ready?.id) ? {} : { ready: null }));
    },
    zip: (id) =>
      during({ title: "Packing the data set", canCancel: false, writes: false }, () =>
        ask("zipKept", { id }),
      ),
    async saveInto(id, folder) {
      const work = { title: "Exporting the data set", canCancel: true, writes: true };
      await during(work, () => ask("saveKept", { id, folder }));
    },
    async onDevice(identity) {
      await refresh();
      const kept = get().kept?.find((dataset) => dataset.identity === identity);
      return kept ? { type: "device", id: kept.id } : null;
    },
  };
}
