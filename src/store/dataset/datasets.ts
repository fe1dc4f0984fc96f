// Data sets on the device as the page knows them: what there is, what is being made, and the verbs about them. They have
// a worker of their own, so that reading a log disturbs no run.

import { createStore, type StoreApi } from "zustand/vanilla";
import { type Problem, problem } from "../../base/problem.ts";
import { ProblemError } from "../../base/result.ts";
import type { Client } from "../../base/rpc/client.ts";
import type {
  ChosenFile,
  ColumnsSaid,
  DataEvent,
  DataProgress,
  DataRequests,
  DatasetLocation,
  ImportOptions,
  KeptDataset,
  LogLook,
} from "../../datasets/requests.ts";
import type { Finding } from "../../preprocess/findings/findings.ts";
import type { Inspection } from "../../preprocess/inspection.ts";

export interface ChosenLog {
  /** Of this look. */
  id: number;
  files: ChosenFile[];
  /** What the person said of its columns. */
  said: ColumnsSaid;
  look: LogLook;
  /** It is being imported: the dialog waits, in case that is refused. */
  importing: boolean;
  /** Why it was not taken as the person wanted; null until then. */
  refusal: Problem | null;
}

interface Work {
  title: string;
  progress: DataProgress | null;
  canCancel: boolean;
  /** It writes something, of which nothing stays where the page is left. */
  writes: boolean;
}

export interface DatasetsState {
  /** null until they have been asked for. */
  kept: KeptDataset[] | null;
  /** A log that was dropped or picked, until the person has chosen what to do with it. */
  log: ChosenLog | null;
  /** Files are being looked at. */
  looking: boolean;
  /** What is being done, and how far it is. */
  work: Work | null;
  /** Made while a run was training, so not opened; until the person opens it or says that he has seen it. */
  ready: KeptDataset | null;
  /** What was odd in the data set that was imported last: its id on this device. */
  imported: { id: string; findings: Finding[] } | null;
  /** What the open data set holds, once somebody asked. */
  inspection: { identity: string; inspection: Inspection } | null;
}

export interface Datasets {
  readonly store: StoreApi<DatasetsState>;
  refresh(): Promise<void>;
  /** Looks at files that are no data set: a log, or what another tool wrote. */
  look(files: ChosenFile[], said?: ColumnsSaid): Promise<void>;
  dismissLog(): void;
  /** Makes a data set of the log that was looked at, and opens it unless something is training. */
  importLog(options: ImportOptions): Promise<void>;
  /** Copies the data set that is open to the device, and opens the copy unless something is training. */
  keepOpen(): Promise<void>;
  cancel(): void;
  dismissReady(): void;
  open(id: string): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** All files of a data set in a zip. */
  zip(id: string): Promise<{ name: string; blob: Blob } | null>;
  /** Writes a data set's files into a new folder below `folder`. */
  saveInto(id: string, folder: FileSystemDirectoryHandle): Promise<void>;
  /** Reads every row of the open data set, and keeps what it tells. */
  inspect(): Promise<void>;
  /** Where a data set of this content is kept; null where none is. */
  onDevice(identity: string): Promise<DatasetLocation | null>;
}

/** Makes a client of a new worker. */
export type ConnectData = (listeners: {
  onEvent(event: DataEvent): void;
  onDeath(reason: Problem): void;
}) => Client<DataRequests>;

export interface DatasetsInputs {
  connect: ConnectData;
  notify(found: Problem): void;
  openDataset(location: DatasetLocation): Promise<void>;
  /** Whether opening a data set would end a run or an arena. */
  isTraining(): boolean;
  /** Asks the browser not to clear what is about to be stored. */
  keepStored(): void;
  /** Hears that a data set of the device has another name. */
  renamed(id: string, name: string): void;
  /** The data set that is open. */
  current(): { location: DatasetLocation; identity: string } | null;
}

export function createDatasets(inputs: DatasetsInputs): Datasets {
  const { connect, notify, openDataset, isTraining, current } = inputs;
  const store = createStore<DatasetsState>(() => ({
    kept: null,
    log: null,
    looking: false,
    work: null,
    ready: null,
    imported: null,
    inspection: null,
  }));
  const { setState: set, getState: get } = store;
  /** Made when it is first needed. */
  let client: Client<DataRequests> | null = null;
  let lastLook = 0;
  /** The work under way, by the person. */
  let cancelled = false;

  function connected(): Client<DataRequests> {
    client ??= connect({
      onEvent({ type: _, ...progress }) {
        set(({ work }) => (work ? { work: { ...work, progress } } : {}));
      },
      onDeath(reason) {
        client = null;
        set({ work: null, looking: false });
        notify(reason);
      },
    });
    return client;
  }

  /** Asks the worker; null after a problem, which then is on show, and which `hear` hears. */
  async function ask<K extends keyof DataRequests>(
    name: K,
    input: DataRequests[K]["input"],
    hear: (found: Problem) => void = () => {},
  ): Promise<DataRequests[K]["output"] | null> {
    try {
      return await connected().call(name, input);
    } catch (cause) {
      const found =
        cause instanceof ProblemError
          ? cause.problem
          : problem("unexpected", { message: cause instanceof Error ? cause.message : String(cause) });
      hear(found);
      // The person knows what he cancelled; a dead worker has told of itself.
      if (found.code !== "import-cancelled" && found.code !== "data-worker-died") notify(found);
      return null;
    }
  }

  /** Does one piece of work at a time; null where another one is under way. */
  async function during<T>(
    title: string,
    canCancel: boolean,
    work: () => Promise<T>,
    writes = canCancel,
  ): Promise<T | null> {
    if (get().work) {
      notify(problem("data-busy", {}));
      return null;
    }
    cancelled = false;
    set({ work: { title, progress: null, canCancel, writes } });
    try {
      return await work();
    } finally {
      set({ work: null });
    }
  }

  function take(kept: KeptDataset[] | null): void {
    if (kept) set({ kept });
  }

  async function refresh(): Promise<void> {
    take(await ask("listKept", {}));
  }

  async function openNew(made: { id: string } | null): Promise<void> {
    if (!made) return;
    const wasTraining = isTraining();
    if (!wasTraining) await openDataset({ type: "device", id: made.id });
    await refresh();
    if (wasTraining) set(({ kept }) => ({ ready: kept?.find(({ id }) => id === made.id) ?? null }));
  }

  return {
    store,
    refresh,
    async look(files, said = {}) {
      const id = ++lastLook;
      set({ looking: true });
      let refusal: Problem | null = null;
      const look = await ask("lookAtLog", { files, said }, (found) => {
        refusal = found;
      });
      // Other files may have been dropped since.
      if (id !== lastLook) return;
      set({ looking: false });
      const { log } = get();
      if (look) set({ log: { id, files, said, look, importing: false, refusal: null } });
      else if (log?.files === files) set({ log: { ...log, refusal } });
    },
    dismissLog: () => set({ log: null }),
    async importLog(options) {
      const { log } = get();
      if (!log) return;
      const { id, files } = log;
      await during(`Importing ${options.name ?? files[0]!.file.name}`, true, async () => {
        set({ log: { ...log, importing: true, refusal: null } });
        inputs.keepStored();
        let refusal: Problem | null = null;
        const made = await ask("importLog", { files, options }, (found) => {
          refusal = found;
        });
        // What was refused may do with other choices, unless other files wait for theirs.
        if (get().log?.id === id)
          set({ log: made || cancelled ? null : { ...log, importing: false, refusal } });
        if (made) set({ imported: { id: made.id, findings: made.findings } });
        await openNew(made);
        if (made && made.findings.length > 0)
          notify(problem("import-odd", { count: made.findings.length, worst: made.findings[0]!.sentence }));
        if (made?.warning) notify(made.warning);
      });
    },
    async keepOpen() {
      const open = current();
      if (!open) return;
      const { location } = open;
      inputs.keepStored();
      await during("Keeping the data set on this device", true, async () =>
        openNew(await ask("keepDataset", { location })),
      );
    },
    cancel() {
      cancelled = true;
      void ask("cancel", {});
    },
    dismissReady: () => set({ ready: null }),
    open: (id) => openDataset({ type: "device", id }),
    async rename(id, name) {
      const kept = await ask("renameKept", { id, name });
      take(kept);
      if (kept) inputs.renamed(id, name);
    },
    async remove(id) {
      take(await ask("deleteKept", { id }));
      set(({ kept, ready }) => (kept?.some((dataset) => dataset.id === ready?.id) ? {} : { ready: null }));
    },
    zip: (id) => during("Packing the data set", false, () => ask("zipKept", { id })),
    async saveInto(id, folder) {
      await during("Exporting the data set", true, () => ask("saveKept", { id, folder }));
    },
    async inspect() {
      const open = current();
      if (!open) return;
      const { location, identity } = open;
      const readRows = async () => {
        const inspection = await ask("inspectDataset", { location });
        if (inspection) set({ inspection: { identity, inspection } });
      };
      await during("Reading every row", true, readRows, false);
    },
    async onDevice(identity) {
      await refresh();
      const kept = get().kept?.find((dataset) => dataset.identity === identity);
      return kept ? { type: "device", id: kept.id } : null;
    },
  };
}
