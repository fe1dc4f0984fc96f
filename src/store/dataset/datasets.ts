// Data sets on the device: what was brought becomes one, and the open one is copied or inspected.

import type { StoreApi } from "zustand/vanilla";
import { type Problem, problem } from "../../base/problem.ts";
import type { ChosenFile, FilesSaid, ImportOptions } from "../../datasets/requests.ts";
import type { Persistence } from "../library/persistence.ts";
import type { Notices } from "../notices/notices.ts";
import type { Jobs } from "../queue/jobs.ts";
import type { StudioStore } from "../state.ts";
import type { Changes } from "../training/changes.ts";
import type { DataConnection } from "./dataConnection.ts";
import type { DatasetsState, DatasetsStore } from "./datasetsState.ts";
import type { KeptDatasets } from "./keptDatasets.ts";

export interface Datasets extends KeptDatasets {
  readonly store: StoreApi<DatasetsState>;
  /** Looks at files that are no data set: a log, or what another tool wrote. */
  look(files: ChosenFile[], said?: FilesSaid, options?: { forEvaluation?: boolean }): Promise<void>;
  dismissLog(): void;
  /** Makes a data set of the log that was looked at, and opens it unless something is training. */
  importLog(options: ImportOptions): Promise<void>;
  /** Copies the data set that is open to the device, and opens the copy unless something is training. */
  keepOpen(): Promise<void>;
  cancel(): void;
  dismissReady(): void;
  open(id: string): Promise<void>;
  /** Reads every row of the open data set, and keeps what was found. */
  inspect(): Promise<void>;
}

export interface DatasetsParts {
  store: DatasetsStore;
  data: DataConnection;
  kept: KeptDatasets;
  studio: Pick<StudioStore, "getState">;
  jobs: Pick<Jobs, "isTraining">;
  changes: Pick<Changes, "change">;
  persistence: Pick<Persistence, "ask">;
  notices: Pick<Notices, "show">;
}

export function createDatasets(parts: DatasetsParts): Datasets {
  const { store, data, kept, studio, jobs, changes, persistence, notices } = parts;
  const { setState: set, getState: get } = store;
  let lastLook = 0;
  /** The import under way, by the person. */
  let cancelled = false;

  const open = (id: string) => changes.change({ type: "dataset", location: { type: "device", id } });

  async function openNew(made: { id: string } | null): Promise<void> {
    if (!made) return;
    const wasTraining = jobs.isTraining();
    if (!wasTraining) await open(made.id);
    await kept.refresh();
    if (wasTraining) set(({ kept: all }) => ({ ready: all?.find(({ id }) => id === made.id) ?? null }));
  }

  return {
    ...kept,
    store,
    async look(
      files,
      said = {},
      { forEvaluation = get().log?.files === files && get().log!.forEvaluation } = {},
    ) {
      const id = ++lastLook;
      set({ looking: true });
      let refusal: Problem | null = null;
      const look = await data.ask("lookAtLog", { files, said }, (found) => {
        refusal = found;
      });
      // Other files may have been dropped since.
      if (id !== lastLook) return;
      set({ looking: false });
      const { log } = get();
      if (look) set({ log: { id, files, said, look, forEvaluation, importing: false, refusal: null } });
      else if (log?.files === files) set({ log: { ...log, refusal } });
    },
    dismissLog: () => set({ log: null }),
    async importLog(options) {
      const { log } = get();
      if (!log) return;
      const { id, files } = log;
      const title = `Importing ${options.name ?? files[0]!.file.name}`;
      await data.during({ title, canCancel: true, writes: true }, async () => {
        cancelled = false;
        set({ log: { ...log, importing: true, refusal: null } });
        void persistence.ask();
        let refusal: Problem | null = null;
        const made = await data.ask("importLog", { files, options }, (found) => {
          refusal = found;
        });
        // What was refused may do with other choices, unless other files wait for theirs.
        if (get().log?.id === id)
          set({ log: made || cancelled ? null : { ...log, importing: false, refusal } });
        if (made) set({ imported: { id: made.id, findings: made.findings } });
        await openNew(made);
        if (made && made.findings.length > 0)
          notices.show(
            problem("import-odd", { count: made.findings.length, worst: made.findings[0]!.sentence }),
          );
        if (made?.warning) notices.show(made.warning);
      });
    },
    async keepOpen() {
      const { dataset } = studio.getState();
      if (!dataset) return;
      const { location } = dataset;
      void persistence.ask();
      const title = "Keeping the data set on this device";
      await data.during({ title, canCancel: true, writes: true }, async () =>
        openNew(await data.ask("keepDataset", { location })),
      );
    },
    cancel() {
      cancelled = true;
      void data.ask("cancel", {});
    },
    dismissReady: () => set({ ready: null }),
    open,
    async inspect() {
      const { dataset } = studio.getState();
      if (!dataset) return;
      const { location, summary } = dataset;
      const work = { title: "Reading every row", canCancel: true, writes: false };
      await data.during(work, async () => {
        const inspection = await data.ask("inspectDataset", { location });
        if (inspection) set({ inspection: { identity: summary.identity, inspection } });
      });
    },
  };
}
