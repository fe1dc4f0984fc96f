// The runs that this browser keeps, as the page knows them: the list, what the charts draw of it, and the verbs about it.
// The library itself is in a worker; what a person changes shows at once and is written there.

import { createStore, type StoreApi } from "zustand/vanilla";
import { type Problem, problem } from "../../base/problem.ts";
import { asProblem } from "../../base/result.ts";
import type { Client } from "../../base/rpc/client.ts";
import type {
  LibraryEvent,
  LibraryList,
  LibraryRequests,
  LibraryRun,
  RunEdit,
  RunsFormat,
} from "../../library/requests.ts";
import { fromStoredArena, type KeptArena, toStoredArena } from "../../runs/arenaRecord.ts";
import { fromSent, fromStored, type RunCurves, toSent, toStored } from "../../runs/curves.ts";
import { nextColor, type RunRecord, withWritten } from "../../runs/record.ts";
import type { RunEvaluation } from "../../runs/runEvaluation.ts";
import type { RunInsight } from "../../runs/runInsight.ts";
import { type ChartView, DEFAULT_VIEW } from "../charts/chartView.ts";

export interface RunsState {
  /** false until the kept runs are read. */
  loaded: boolean;
  /** The newest first. */
  records: LibraryRun[];
  /** The one run to draw, whatever else is shown. */
  solo: string | null;
  /** How all charts are drawn. */
  view: ChartView;
  /** Counted up when curves came or grew. */
  curvesVersion: number;
  /** Arenas that are kept, the newest first. */
  arenas: KeptArena[];
  /** The runs that were deleted last, here or before a reload, and can be brought back. */
  deleted: LibraryList["deleted"];
  /** What checkpoints take; null until it is known, and where this browser keeps none. */
  usage: LibraryList["usage"];
  /** Why this browser keeps no checkpoints; null where it does, or that is not known yet. */
  missing: Problem | null;
  problem: Problem | null;
}

export interface Runs {
  readonly store: StoreApi<RunsState>;
  find(runId: string): LibraryRun | null;
  /** null while they are being read. */
  curvesOf(runId: string): RunCurves | null;
  /** Reads what is kept. */
  load(): Promise<void>;
  /** Asks for the list again. */
  refresh(): Promise<void>;
  /** Adds a run that goes on, or replaces what it has done; `save` writes it down, curves included. */
  keep(record: RunRecord, curves: RunCurves, save: boolean): void;
  /** Calls `save` before a file is made of runs, so that those that go on are in it as they are now. */
  beforeExport(save: () => void): void;
  /** A look for a run that begins. */
  nextColor(): number;
  /** The curves of a run have grown. */
  grew(): void;
  edit(runId: string, change: RunEdit): void;
  show(runIds: readonly string[], shown: boolean): void;
  toggleSolo(runId: string): void;
  /** Makes the run the baseline, or none where it was. */
  togglePin(runId: string): void;
  /** Keeps an evaluation with its run. */
  addEvaluation(runId: string, evaluation: RunEvaluation): void;
  removeEvaluation(runId: string, id: string): void;
  /** Keeps what its model has learned with a run. */
  keepInsight(runId: string, insight: RunInsight): void;
  /** Deletes runs with all that is kept of them. */
  remove(runIds: readonly string[]): Promise<void>;
  /** Brings back what was deleted last. */
  restore(): Promise<void>;
  /** The runs with all their curves, as a file; null after a problem, which then is on show. */
  exported(runIds: readonly string[], format: RunsFormat, charts?: readonly string[]): Promise<Blob | null>;
  /** Adds the runs of an exported file, or a checkpoint's without its weights; those that are here stay as they are. */
  importFile(file: File): Promise<void>;
  /** The newest checkpoint of a run, or those of all in a zip; null after a problem, which then is on show. */
  checkpoints(runId: string | null): Promise<{ name: string; blob: Blob } | null>;
  setBudget(bytes: number): Promise<void>;
  keepArena(arena: KeptArena): void;
  setView(change: Partial<ChartView>): void;
  dismissProblem(): void;
}

/** Makes a client of a new worker. */
export type ConnectLibrary = (listeners: {
  onEvent(event: LibraryEvent): void;
  onDeath(reason: Problem): void;
}) => Client<LibraryRequests>;

/** The runs that the charts draw, in the table's order. */
export function drawnRuns({ records, solo }: RunsState): LibraryRun[] {
  return records.filter(({ runId, shown }) => (solo === null ? shown : runId === solo));
}

export function createRuns(connect: ConnectLibrary): Runs {
  const store = createStore<RunsState>(() => ({
    loaded: false,
    records: [],
    solo: null,
    view: DEFAULT_VIEW,
    curvesVersion: 0,
    arenas: [],
    deleted: [],
    usage: null,
    missing: null,
    problem: null,
  }));
  const { setState: set, getState: get } = store;
  const curves = new Map<string, RunCurves>();
  /** How far the curves that were read reached. */
  const readAt = new Map<string, number>();
  /** Runs that go on in this tab: the list lags behind them. */
  const live = new Map<string, RunRecord>();
  const savers: (() => void)[] = [];
  let client: Client<LibraryRequests> | null = null;
  /** Changes that are being written, and how many there were: a list that was asked for before one is out of date. */
  let writing = 0;
  let writes = 0;
  let kept: Promise<unknown> = Promise.resolve();
  let listing: Promise<void> | null = null;
  let isListWanted = false;

  /** Asks the library; null after a problem, which then is on show. */
  async function ask<K extends keyof LibraryRequests>(
    name: K,
    input: LibraryRequests[K]["input"],
  ): Promise<LibraryRequests[K]["output"] | null> {
    client ??= connect({
      onEvent: () => void refresh(),
      onDeath() {
        client = null;
      },
    });
    try {
      return await client.call(name, input);
    } catch (cause) {
      set({ problem: asProblem(cause) });
      return null;
    }
  }

  /** Asks for a change; afterwards the list is what the library says. */
  async function write<K extends keyof LibraryRequests>(
    name: K,
    input: LibraryRequests[K]["input"],
  ): Promise<LibraryRequests[K]["output"] | null> {
    writing++;
    writes++;
    try {
      return await ask(name, input);
    } finally {
      writing--;
      if (writing === 0) void refresh();
    }
  }

  /** One list at a time; what is asked for meanwhile comes after it. */
  function refresh(): Promise<void> {
    isListWanted = true;
    listing ??= (async () => {
      while (isListWanted) {
        isListWanted = false;
        const before = writes;
        const list = await ask("listRuns", {});
        if (list && writing === 0 && writes === before) take(list);
      }
      listing = null;
    })();
    return listing;
  }

  function take(list: LibraryList): void {
    const before = new Map(get().records.map((run) => [run.runId, run]));
    const listed = list.runs.map((run) => merged(run, before.get(run.runId)));
    const ids = new Set(listed.map(({ runId }) => runId));
    // A run that begins here is not in the library yet; one that is over and not listed was deleted.
    const beginning = get().records.filter(
      ({ runId }) => live.get(runId)?.status === "running" && !ids.has(runId),
    );
    set(({ loaded, solo, deleted, problem: known }) => ({
      loaded: true,
      records: inOrder([...beginning, ...listed]),
      solo: solo !== null && list.runs.some(({ runId }) => runId === solo) ? solo : null,
      usage: list.usage,
      missing: list.missing,
      deleted: loaded ? deleted : list.deleted,
      problem: loaded ? known : (list.problem ?? known),
    }));
    for (const { runId, step } of listed)
      if (!live.has(runId) && (readAt.get(runId) ?? step) !== step) curves.delete(runId);
    const shown = new Set(get().records.map(({ runId }) => runId));
    for (const runId of curves.keys()) if (!shown.has(runId)) curves.delete(runId);
    void readDrawn();
  }

  /** A listed run, further where it goes on here; the same object where nothing is new, so that its row stays. */
  function merged(listed: LibraryRun, known: LibraryRun | undefined): LibraryRun {
    const own = live.get(listed.runId);
    const run = own ? { ...listed, ...withWritten(own, listed) } : listed;
    return known && JSON.stringify(known) === JSON.stringify(run) ? known : run;
  }

  function grew(): void {
    set(({ curvesVersion }) => ({ curvesVersion: curvesVersion + 1 }));
  }

  async function readCurves(runId: string): Promise<boolean> {
    const step = get().records.find((run) => run.runId === runId)?.step ?? 0;
    readAt.set(runId, step);
    const read = await ask("runCurves", { runId });
    if (!read || curves.has(runId)) return false;
    curves.set(runId, fromStored(fromSent(read)));
    return true;
  }

  /** Reads the curves of all runs on show, then has them drawn once: each drawing costs as much as all runs do. */
  async function readDrawn(): Promise<void> {
    const missing = drawnRuns(get()).filter(({ runId }) => !curves.has(runId));
    const read = await Promise.all(missing.map(({ runId }) => readCurves(runId)));
    if (read.some(Boolean)) grew();
  }

  function change(runIds: readonly string[], edit: RunEdit): void {
    const wanted = new Set(runIds);
    set(({ records }) => ({
      records: records.map((run) => (wanted.has(run.runId) ? { ...run, ...edit } : run)),
    }));
    void write("editRuns", { runIds: [...runIds], edit });
  }

  function changeEvaluations(runId: string, next: (evaluations: RunEvaluation[]) => RunEvaluation[]): void {
    set(({ records }) => ({
      records: records.map((run) =>
        run.runId === runId ? { ...run, evaluations: next(run.evaluations) } : run,
      ),
    }));
  }

  async function readArenas(): Promise<void> {
    const stored = (await ask("listArenas", {})) ?? [];
    set(({ arenas }) => ({ arenas: withoutDoubles([...arenas, ...stored.map(fromStoredArena)]) }));
  }

  return {
    store,
    find: (runId) => get().records.find((run) => run.runId === runId) ?? null,
    curvesOf: (runId) => curves.get(runId) ?? null,
    async load() {
      await Promise.all([refresh(), readArenas()]);
    },
    refresh,
    keep(run, own, save) {
      const record = recordOf(run);
      const { runId } = record;
      curves.set(runId, own);
      readAt.set(runId, record.step);
      live.set(runId, record);
      set(({ records }) => {
        const at = records.findIndex((run) => run.runId === runId);
        const before = records[at] ?? { checkpoint: null, isOpen: record.arenaId === null };
        const { checkpoint, isOpen } = before;
        const after = { ...record, checkpoint, isOpen };
        return { records: at < 0 ? [after, ...records] : records.with(at, after) };
      });
      if (!save) return;
      const asked = write("keepRun", { record, curves: toSent(toStored(own)) });
      kept = Promise.all([kept, asked]);
      // From now on the list is as far.
      if (record.status !== "running")
        void asked.then(() => live.get(runId) === record && live.delete(runId));
    },
    beforeExport: (save) => void savers.push(save),
    nextColor: () => nextColor(get().records),
    grew,
    edit: (runId, edited) => change([runId], edited),
    show(runIds, shown) {
      change(runIds, { shown });
      void readDrawn();
    },
    toggleSolo(runId) {
      set(({ solo }) => ({ solo: solo === runId ? null : runId }));
      void readDrawn();
    },
    togglePin(runId) {
      const pinned = get().records.find((run) => run.runId === runId)?.isBaseline ? null : runId;
      set(({ records }) => ({
        records: records.map((run) =>
          run.isBaseline === (run.runId === pinned) ? run : { ...run, isBaseline: run.runId === pinned },
        ),
      }));
      void write("pinRun", { runId: pinned });
    },
    addEvaluation(runId, evaluation) {
      changeEvaluations(runId, (evaluations) => [...evaluations, evaluation]);
      void write("addEvaluation", { runId, evaluation });
    },
    removeEvaluation(runId, id) {
      changeEvaluations(runId, (evaluations) => evaluations.filter((evaluation) => evaluation.id !== id));
      void write("deleteEvaluation", { runId, id });
    },
    keepInsight: (runId, insight) => void write("keepInsight", { runId, insight }),
    async remove(runIds) {
      const gone = new Set(runIds);
      const deleted = get().records.filter(({ runId }) => gone.has(runId));
      await write("deleteRuns", { runIds: [...runIds] });
      await refresh();
      // Refused where a tab trains one of them.
      const left = deleted.filter(({ runId }) => !get().records.some((run) => run.runId === runId));
      if (left.length > 0) set({ deleted: left });
    },
    async restore() {
      const runIds = get().deleted.map(({ runId }) => runId);
      set({ deleted: [] });
      await write("restoreRuns", { runIds });
      await refresh();
    },
    async exported(runIds, format, charts = []) {
      for (const save of savers) save();
      await kept;
      return (await ask("exportRuns", { runIds: [...runIds], format, charts: [...charts] }))?.blob ?? null;
    },
    async importFile(file) {
      const { name } = file;
      const added = await write("importRuns", { name, file });
      if (added && added.doubles > 0)
        set({ problem: problem("runs-here-already", { name, runs: added.doubles }) });
    },
    checkpoints: (runId) => ask("exportCheckpoints", { runIds: runId === null ? null : [runId] }),
    async setBudget(bytes) {
      await write("setBudget", { bytes });
    },
    keepArena(arena) {
      const { arenaId } = arena.record;
      set(({ arenas }) => ({
        arenas: [arena, ...arenas.filter(({ record }) => record.arenaId !== arenaId)],
      }));
      void ask("keepArena", { arena: toStoredArena(arena) });
    },
    setView: (changed) => set(({ view }) => ({ view: { ...view, ...changed } })),
    dismissProblem: () => set({ problem: null }),
  };
}

/** The record alone: a listed run has more. */
function recordOf(run: RunRecord | LibraryRun): RunRecord {
  if (!("isOpen" in run)) return run;
  const { checkpoint: _, isOpen: __, ...record } = run;
  return record;
}

function inOrder(runs: LibraryRun[]): LibraryRun[] {
  return runs.sort((a, b) => b.startedAt - a.startedAt);
}

/** Of each arena the first. */
function withoutDoubles(arenas: KeptArena[]): KeptArena[] {
  const ids = arenas.map(({ record }) => record.arenaId);
  return arenas.filter(({ record }, i) => ids.indexOf(record.arenaId) === i);
}
