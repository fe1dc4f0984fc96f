// The data set that is open in the worker that trains.

import type { DatasetLocation } from "../../datasets/requests.ts";
import type { Connection } from "../connection/connection.ts";
import { DEMO, type StudioStore } from "../state.ts";
import { lastDataset, noteDataset } from "./lastDataset.ts";
import { lastFolder, noteFolder } from "./lastFolder.ts";

export interface OpenData {
  /** Opens a data set, which is what the next visit finds open; a problem is then on show. */
  open(location: DatasetLocation): Promise<void>;
  /**
   * Starts a worker in place of the one before, and opens in it what was open before, or on the last visit; the demo data
   * where that cannot be. false where it does not start.
   */
  startWorker(): Promise<boolean>;
  /** Looks whether the last visit left a folder open, which only the person can open again. */
  lookForFolder(): Promise<void>;
  dismissFolder(): void;
  /** The data set on the device with that id has another name. */
  rename(id: string, name: string): void;
}

export function createOpenData(
  { setState: set, getState: get }: StudioStore,
  connection: Connection,
): OpenData {
  connection.onEvent((event) => {
    if (event.type !== "dataset") return;
    const { stage, done, total } = event;
    set(({ opening }) => (opening ? { opening: { stage, done, total } } : {}));
  });

  /** `note` is awaited before the data set shows as open, so that a reload right after finds it. A problem is then on show. */
  async function openNow(location: DatasetLocation, note?: () => Promise<void>): Promise<void> {
    set({ opening: { stage: "Opening", done: 0, total: 0 } });
    const summary = await connection.ask("openDataset", { location });
    if (summary) {
      noteDataset(location);
      await note?.();
    }
    set(summary ? { opening: null, dataset: { location, summary } } : { opening: null });
  }

  return {
    open: (location) =>
      openNow(location, async () => {
        set({ folderOffer: null });
        await noteFolder((location.type === "files" && location.folder) || null);
      }),
    async startWorker() {
      if (!(await connection.restart())) return false;
      await openNow(get().dataset?.location ?? lastDataset() ?? DEMO);
      if (!get().dataset) await openNow(DEMO);
      return get().worker.type === "ready";
    },
    async lookForFolder() {
      if (get().dataset?.location.type !== "files") set({ folderOffer: await lastFolder() });
    },
    dismissFolder() {
      set({ folderOffer: null });
      void noteFolder(null);
    },
    rename: (id, name) =>
      set(({ dataset }) =>
        dataset?.location.type === "device" && dataset.location.id === id
          ? { dataset: { ...dataset, summary: { ...dataset.summary, name } } }
          : {},
      ),
  };
}
