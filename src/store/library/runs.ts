// The runs that this browser keeps, as the page knows them: the list, what the charts draw of it, and the verbs about it.
// What a person changes shows at once and is written by the library.

import type { StoreApi } from "zustand/vanilla";
import { problem } from "../../base/problem.ts";
import type { LastWriter } from "../../library/database.ts";
import type { LibraryList, LibraryRun, ReportParts, RunEdit, RunsFormat } from "../../library/requests.ts";
import { fromStoredArena, type KeptArena, toStoredArena } from "../../runs/arenaRecord.ts";
import { type RunCurves, toSent, toStored } from "../../runs/curves.ts";
import { nextColor, type RunRecord } from "../../runs/record.ts";
import type { RunEvaluation } from "../../runs/runEvaluation.ts";
import type { RunInsight } from "../../runs/runInsight.ts";
import type { ChartView } from "../charts/chartView.ts";
import { createKeptCurves } from "./keptCurves.ts";
import { type ConnectLibrary, createLibraryClient, type LibraryClient } from "./libraryClient.ts";
import { createLiveRuns } from "./liveRuns.ts";
import { createRunsStore, type RunsState } from "./runsState.ts";
import { createUnconfirmed, type Unconfirmed } from "./unconfirmed.ts";

export interface Runs {
  readonly store: StoreApi<RunsState>;
  find(runId: string): LibraryRun | null;
  /** null while they are being read. */
  curvesOf(runId: string): RunCurves | null;
  /** Reads the curves of a run that the charts may not draw. */
  readCurves(runId: string): Promise<void>;
  /** Reads what is kept. */
  load(): Promise<void>;
  /** Asks for the list again. */
  refresh(): Promise<void>;
  /** Adds a run that trains, or replaces what it has done; `save` writes it down, curves included. */
  keep(record: RunRecord, curves: RunCurves, save: boolean): void;
  /** Calls `save` before a file is made of runs, so that those that train are in it as they are now. */
  beforeExport(save: () => void): void;
  /** A look for a run that begins. */
  nextColor(): number;
  /** The curves of a run have grown. */
  grew(): void;
  edit(runId: string, change: RunEdit): void;
  show(runIds: readonly string[], shown: boolean): void;
  /** Draws these runs alone, or again all that are shown. */
  toggleSolo(runIds: readonly string[]): void;
  /** Folds the seeds of each configuration into one row and one line, or lists and draws all runs one by one. */
  group(on: boolean): void;
  /** Unfolds a group of runs, or folds it again. */
  toggleFold(groupId: string): void;
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
  exported(runIds: readonly string[], format: RunsFormat, report?: ReportParts): Promise<Blob | null>;
  /** Adds the runs of an exported file, or a checkpoint's without its weights; those that are here stay as they are. */
  importFile(file: File): Promise<void>;
  /** The newest checkpoint of a run, or those of all in a zip; null after a problem, which then is on show. */
  checkpoints(runId: string | null): Promise<{ name: string; blob: Blob } | null>;
  setBudget(bytes: number): Promise<void>;
  keepArena(arena: KeptArena): void;
  /** To be called when the page is left: writes at once what the library has not confirmed. */
  writeUnconfirmed(): void;
  setView(change: Partial<ChartView>): void;
  dismissProblem(): void;
}

/** `openWriter` connects the page itself to what the library writes; null where nothing is kept. */
export function createRuns(
  connect: ConnectLibrary,
  openWriter: () => Promise<LastWriter | null> = async () => null,
): Runs {
  const store = createRunsStore();
  const { setState: set, getState: get } = store;
  const { ask, write, refresh } = createLibraryClient(connect, take, (found) => set({ problem: found }));
  const curves = createKeptCurves(store, ask);
  const live = createLiveRuns(store);
  const unconfirmed = createUnconfirmed(openWriter, (runId) => {
    const run = get().records.find((record) => record.runId === runId);
    return run ? recordOf(run) : null;
  });
  const savers: (() => void)[] = [];
  let kept: Promise<unknown> = Promise.resolve();

  function take(list: LibraryList): void {
    live.take(list);
    curves.forgetOld(list.runs, live.has);
    void curves.readDrawn();
  }

  async function readArenas(): Promise<void> {
    const stored = (await ask("listArenas", {})) ?? [];
    set(({ arenas }) => ({ arenas: withoutDoubles([...arenas, ...stored.map(fromStoredArena)]) }));
  }

  return {
    store,
    find: (runId) => get().records.find((run) => run.runId === runId) ?? null,
    curvesOf: curves.of,
    readCurves: curves.read,
    async load() {
      await Promise.all([refresh(), readArenas()]);
      await unconfirmed.open();
    },
    refresh,
    keep(run, own, save) {
      const record = recordOf(run);
      curves.put(record.runId, own, record.step);
      live.put(record);
      if (!save) return;
      const stored = toStored(own);
      const asked = write("keepRun", { record, curves: toSent(stored) });
      unconfirmed.addRun({ record, curves: stored }, asked);
      kept = Promise.all([kept, asked]);
      // From now on the list is as far.
      if (record.status !== "running") void asked.then(() => live.forget(record));
    },
    beforeExport: (save) => void savers.push(save),
    nextColor: () => nextColor(get().records),
    grew: curves.grew,
    ...createRunEdits(store, write, unconfirmed.addEdit, curves.readDrawn),
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
    async exported(runIds, format, { charts, links } = { charts: [], links: {} }) {
      for (const save of savers) save();
      await kept;
      return (await ask("exportRuns", { runIds: [...runIds], format, charts, links }))?.blob ?? null;
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
      const stored = toStoredArena(arena);
      unconfirmed.addArena(stored, ask("keepArena", { arena: stored }));
    },
    writeUnconfirmed: unconfirmed.write,
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

function hasSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((id) => others.includes(id));
}

/** Of each arena the first. */
function withoutDoubles(arenas: KeptArena[]): KeptArena[] {
  const ids = arenas.map(({ record }) => record.arenaId);
  return arenas.filter(({ record }, i) => ids.indexOf(record.arenaId) === i);
}

type RunEdits = Pick<
  Runs,
  | "edit"
  | "show"
  | "toggleSolo"
  | "group"
  | "toggleFold"
  | "togglePin"
  | "addEvaluation"
  | "removeEvaluation"
  | "keepInsight"
>;

/** What changes kept runs, and which are drawn: it shows at once, and the library writes it. */
function createRunEdits(
  { setState: set, getState: get }: StoreApi<RunsState>,
  write: LibraryClient["write"],
  hold: Unconfirmed["addEdit"],
  readDrawn: () => Promise<void>,
): RunEdits {
  /** Replaces the runs that `change` returns another record for. */
  function changeRuns(change: (run: LibraryRun) => LibraryRun): void {
    set(({ records }) => ({ records: records.map(change) }));
  }
  function editRuns(runIds: readonly string[], edit: RunEdit): void {
    changeRuns((run) => (runIds.includes(run.runId) ? { ...run, ...edit } : run));
    hold(runIds, write("editRuns", { runIds: [...runIds], edit }));
  }
  function changeEvaluations(runId: string, change: (all: RunEvaluation[]) => RunEvaluation[]): void {
    changeRuns((run) => (run.runId === runId ? { ...run, evaluations: change(run.evaluations) } : run));
  }
  return {
    edit: (runId, change) => editRuns([runId], change),
    show(runIds, shown) {
      editRuns(runIds, { shown });
      void readDrawn();
    },
    toggleSolo(runIds) {
      set(({ solo }) => ({ solo: solo && hasSame(solo, runIds) ? null : [...runIds] }));
      void readDrawn();
    },
    group(on) {
      set(({ grouping }) => ({ grouping: { ...grouping, on } }));
      void readDrawn();
    },
    toggleFold(groupId) {
      set(({ grouping }) => {
        const others = grouping.unfolded.filter((id) => id !== groupId);
        const isFolded = others.length === grouping.unfolded.length;
        return { grouping: { ...grouping, unfolded: isFolded ? [...others, groupId] : others } };
      });
      void readDrawn();
    },
    togglePin(runId) {
      const { records } = get();
      const pinned = records.find((run) => run.runId === runId)?.isBaseline ? null : runId;
      const before = records.filter(({ isBaseline }) => isBaseline).map((run) => run.runId);
      changeRuns((run) =>
        run.isBaseline === (run.runId === pinned) ? run : { ...run, isBaseline: run.runId === pinned },
      );
      hold([...before, runId], write("pinRun", { runId: pinned }));
    },
    addEvaluation(runId, evaluation) {
      changeEvaluations(runId, (all) => [...all, evaluation]);
      hold([runId], write("addEvaluation", { runId, evaluation }));
    },
    removeEvaluation(runId, id) {
      changeEvaluations(runId, (all) => all.filter((evaluation) => evaluation.id !== id));
      hold([runId], write("deleteEvaluation", { runId, id }));
    },
    keepInsight: (runId, insight) => void write("keepInsight", { runId, insight }),
  };
}
