// All runs that this browser keeps: the table's rows, and what the charts draw of them.

import { createStore, type StoreApi } from "zustand/vanilla";
import { type Problem, problem } from "../base/problem.ts";
import type { KeptArena } from "../runs/arenaRecord.ts";
import type { RunCurves } from "../runs/curves.ts";
import { RUN_LOOKS, type RunRecord } from "../runs/record.ts";
import { type KeptRun, parseRunsFile } from "../runs/runsFile.ts";
import { type ChartView, DEFAULT_VIEW } from "./chartView.ts";
import type { RunsDatabase } from "./runsDatabase.ts";

export interface RunsState {
  /** false until the kept runs are read. */
  loaded: boolean;
  /** The newest first. */
  records: RunRecord[];
  /** The one run to draw, whatever else is shown. */
  solo: string | null;
  /** How all charts are drawn. */
  view: ChartView;
  /** Counted up when curves came or grew. */
  curvesVersion: number;
  /** Arenas that are kept, the newest first. */
  arenas: KeptArena[];
  /** The runs that were deleted last, until something else is. */
  deleted: KeptRun[];
  problem: Problem | null;
}

export interface Runs {
  readonly store: StoreApi<RunsState>;
  /** null while they are being read. */
  curvesOf(runId: string): RunCurves | null;
  /** Reads what is kept. */
  load(): Promise<void>;
  /** Adds a run, or replaces what is known of it; `save` writes it down, curves included. */
  keep(record: RunRecord, curves: RunCurves, save: boolean): void;
  /** A look that the fewest runs have: while there are less than `RUN_LOOKS`, one of its own. */
  nextColor(): number;
  /** The curves of a run have grown. */
  grew(): void;
  edit(runId: string, change: Partial<Pick<RunRecord, "name" | "note" | "tags">>): void;
  show(runIds: readonly string[], shown: boolean): void;
  toggleSolo(runId: string): void;
  /** Makes the run the baseline, or none where it was. */
  togglePin(runId: string): void;
  remove(runIds: readonly string[]): Promise<void>;
  /** Brings back what was deleted last. */
  restore(): void;
  /** The runs with all their curves. */
  take(runIds: readonly string[]): Promise<KeptRun[]>;
  /** Adds the runs of an exported file; those that are here stay as they are. */
  importFile(name: string, text: string): void;
  keepArena(arena: KeptArena): void;
  setView(change: Partial<ChartView>): void;
  dismissProblem(): void;
}

/** The runs that the charts draw, in the table's order. */
export function drawnRuns({ records, solo }: RunsState): RunRecord[] {
  return records.filter(({ runId, shown }) => (solo === null ? shown : runId === solo));
}

/** `open` may reject; runs then live until the page closes. */
export function createRuns(open: () => Promise<RunsDatabase>): Runs {
  const store = createStore<RunsState>(() => ({
    loaded: false,
    records: [],
    solo: null,
    view: DEFAULT_VIEW,
    curvesVersion: 0,
    arenas: [],
    deleted: [],
    problem: null,
  }));
  const { setState: set, getState: get } = store;
  const curves = new Map<string, RunCurves>();
  const database = open().catch((cause: unknown) => {
    complain(cause);
    return null;
  });

  function complain(cause: unknown): void {
    const reason = cause instanceof Error ? cause.message.replace(/\.$/, "") : String(cause);
    set({ problem: problem("runs-not-kept", { reason }) });
  }

  async function write(work: (open: RunsDatabase) => Promise<void>): Promise<void> {
    const open = await database;
    if (open) await work(open).catch(complain);
  }

  function save(record: RunRecord, withCurves: RunCurves | null): Promise<void> {
    return write((open) => open.put(record, withCurves));
  }

  function grew(): void {
    set(({ curvesVersion }) => ({ curvesVersion: curvesVersion + 1 }));
  }

  async function readCurves(runId: string): Promise<RunCurves | null> {
    const known = curves.get(runId);
    if (known) return known;
    const read = (await (await database)?.curves(runId)) ?? null;
    if (read && !curves.has(runId)) curves.set(runId, read);
    return curves.get(runId) ?? null;
  }

  /** Reads the curves of all runs on show, then has them drawn once: each drawing costs as much as all runs do. */
  async function readDrawn(): Promise<void> {
    const missing = drawnRuns(get()).filter(({ runId }) => !curves.has(runId));
    const read = await Promise.all(missing.map(({ runId }) => readCurves(runId)));
    if (read.some(Boolean)) grew();
  }

  function change(runIds: readonly string[], update: (record: RunRecord) => RunRecord): void {
    const wanted = new Set(runIds);
    set(({ records }) => ({
      records: records.map((record) => {
        if (!wanted.has(record.runId)) return record;
        const changed = update(record);
        void save(changed, null);
        return changed;
      }),
    }));
  }

  function add({ record, curves: own }: KeptRun): void {
    curves.set(record.runId, own);
    set(({ records, curvesVersion }) => ({
      records: [record, ...records].sort((a, b) => b.startedAt - a.startedAt),
      curvesVersion: curvesVersion + 1,
    }));
    void save(record, own);
  }

  function nextColor(): number {
    const uses = Array.from({ length: RUN_LOOKS }, () => 0);
    for (const { color } of get().records) uses[color]!++;
    return uses.indexOf(Math.min(...uses));
  }

  return {
    store,
    curvesOf: (runId) => curves.get(runId) ?? null,
    async load() {
      const kept = (await (await database)?.records().catch(complain)) ?? [];
      set(({ records }) => {
        const here = new Set(records.map(({ runId }) => runId));
        const all = [...records, ...kept.filter(({ runId }) => !here.has(runId))];
        return { loaded: true, records: all.sort((a, b) => b.startedAt - a.startedAt) };
      });
      const keptArenas = (await (await database)?.arenas().catch(complain)) ?? [];
      set(({ arenas }) => ({ arenas: withoutDoubles([...arenas, ...keptArenas]) }));
      await readDrawn();
    },
    keepArena(arena) {
      const { arenaId } = arena.record;
      set(({ arenas }) => ({
        arenas: [arena, ...arenas.filter(({ record }) => record.arenaId !== arenaId)],
      }));
      void write((open) => open.putArena(arena));
    },
    keep(record, own, withCurves) {
      curves.set(record.runId, own);
      set(({ records }) => {
        const at = records.findIndex(({ runId }) => runId === record.runId);
        return { records: at < 0 ? [record, ...records] : records.with(at, record) };
      });
      if (withCurves) void save(record, own);
    },
    nextColor,
    grew,
    edit: (runId, edited) => change([runId], (record) => ({ ...record, ...edited })),
    show(runIds, shown) {
      change(runIds, (record) => ({ ...record, shown }));
      void readDrawn();
    },
    toggleSolo(runId) {
      set(({ solo }) => ({ solo: solo === runId ? null : runId }));
      void readDrawn();
    },
    togglePin(runId) {
      const before = get().records.filter(({ isBaseline }) => isBaseline);
      change([runId, ...before.map((record) => record.runId)], (record) => ({
        ...record,
        isBaseline: record.runId === runId && !record.isBaseline,
      }));
    },
    async remove(runIds) {
      const deleted = await this.take(runIds);
      const gone = new Set(runIds);
      set(({ records, solo }) => ({
        deleted,
        records: records.filter(({ runId }) => !gone.has(runId)),
        solo: solo !== null && gone.has(solo) ? null : solo,
      }));
      for (const runId of gone) {
        curves.delete(runId);
        await (await database)?.delete(runId).catch(complain);
      }
    },
    restore() {
      for (const run of get().deleted) add(run);
      set({ deleted: [] });
    },
    async take(runIds) {
      const taken: KeptRun[] = [];
      for (const record of get().records.filter(({ runId }) => runIds.includes(runId))) {
        const own = await readCurves(record.runId);
        if (own) taken.push({ record, curves: own });
      }
      return taken;
    },
    importFile(name, text) {
      const parsed = parseRunsFile(name, text);
      if (!parsed.ok) {
        set({ problem: parsed.problem });
        return;
      }
      const here = new Set(get().records.map(({ runId }) => runId));
      const fresh = parsed.value.filter(({ record }) => !here.has(record.runId));
      for (const { record, curves: own } of fresh) {
        const color = get().records.some((other) => other.color === record.color)
          ? nextColor()
          : record.color;
        add({ record: { ...record, color, shown: true, isBaseline: false }, curves: own });
      }
      const doubles = parsed.value.length - fresh.length;
      if (doubles > 0) set({ problem: problem("runs-here-already", { name, runs: doubles }) });
    },
    setView: (changed) => set(({ view }) => ({ view: { ...view, ...changed } })),
    dismissProblem: () => set({ problem: null }),
  };
}

/** Of each arena the first. */
function withoutDoubles(arenas: KeptArena[]): KeptArena[] {
  const ids = arenas.map(({ record }) => record.arenaId);
  return arenas.filter(({ record }, i) => ids.indexOf(record.arenaId) === i);
}
