// Keeps what happens: each change of the studio's run, and of its arena's members, becomes part of what is kept.

import type { StoreApi } from "zustand/vanilla";
import { memberConfig, memberRun } from "../../arena/questions.ts";
import { createRunCurves, type RunCurves, takeEvent } from "../../runs/curves.ts";
import type { TrainEvent } from "../../runs/events.ts";
import { dataOf, type RunRecord, resultsOf } from "../../runs/record.ts";
import { type RunInspection, runInspectionOf } from "../../runs/runInspection.ts";
import type { Arena } from "../arena/arena.ts";
import type { ArenaState } from "../arena/arenaState.ts";
import type { StudioState } from "../studio.ts";
import type { Inspections } from "../training/inspections.ts";
import { afterEvent, newRun, type RunState } from "../training/runState.ts";
import { isKeepable, recordOf, shownArena } from "./keptArena.ts";
import type { Runs } from "./runs.ts";

/** The table need not change more often. */
const RECORD_MS = 1000;
/** What a crash may cost of the curves. */
const SAVE_MS = 10_000;

interface FollowedStudio {
  readonly store: StoreApi<StudioState>;
  readonly curves: RunCurves | null;
  readonly arena: Arena;
  readonly inspections: Inspections;
  /** Shows the run under the name that it was given in the list. */
  nameRun(runId: string, name: string): void;
}

/** Follows `studio` until the page closes. Call the result to write down at once what was not saved yet. */
export function followStudio(studio: FollowedStudio, runs: Runs): () => void {
  const followed = [
    followRun(studio, runs),
    followMembers(studio.arena, runs),
    followArena(studio.arena, runs),
  ];
  studio.store.subscribe(({ configuration: { config } }, before) => {
    if (config && config !== before.configuration.config) studio.arena.settingsChanged(config);
  });
  const saveAll = () => {
    for (const save of followed) save();
  };
  runs.beforeExport(saveAll);
  return saveAll;
}

function followRun(studio: FollowedStudio, runs: Runs): () => void {
  const keeper = createKeeper(runs);
  studio.store.subscribe(({ run, dataset }, { run: before }) => {
    const { curves } = studio;
    if (run === before || !run || !curves) return;
    const inspect = () => {
      const { runId, points } = studio.inspections.store.getState();
      const last = runId === run.runId ? points.at(-1) : undefined;
      return last && runInspectionOf(last.step, last.inspection);
    };
    keeper.update({ run, before, curves, inspect }, () => ({
      ...startedRecord(run, runs.nextColor()),
      data: dataset ? dataOf(dataset) : { name: run.datasetName, identity: "", location: null },
    }));
  });
  runs.store.subscribe(({ records }) => {
    const { run } = studio.store.getState();
    const kept = records.find(({ runId }) => runId === run?.runId);
    if (run && kept && kept.name !== run.name) studio.nameRun(run.runId, kept.name);
  });
  return keeper.save;
}

/** The members of an arena's seeds are runs like others, tagged with their arena. */
function followMembers(arena: Arena, runs: Runs): () => void {
  const keeper = createKeeper(runs);
  let members: { run: RunState; curves: RunCurves }[] = [];
  arena.listen((state, event) => {
    if (event.type === "seedStarted")
      members = state.members.map((member, index) => ({
        run: newRun({
          ...memberRun(state, event.seedIndex, index),
          config: memberConfig(member, event.seed),
          datasetName: state.data?.name ?? "",
        }),
        curves: createRunCurves(member.config.branches.length),
      }));
    const member = event.type === "member" ? members[event.member] : undefined;
    if (member && event.type === "member") take(state, member, event.event, event.member);
  });

  function take(
    state: ArenaState,
    member: { run: RunState; curves: RunCurves },
    event: TrainEvent,
    index: number,
  ): void {
    const { run: before, curves } = member;
    takeEvent(curves, event);
    const run = afterEvent(before, event);
    member.run = run;
    keeper.update({ run, before, curves }, () => ({
      // The colour that the arena draws it in, for all seeds alike.
      ...startedRecord(run, index),
      arenaId: state.arenaId,
      tags: [arenaTag(state)],
      // The first seed stands for the others, or six members over five seeds would fill every chart.
      shown: state.seedIndex === 0,
      data: state.data ?? { name: run.datasetName, identity: "", location: null },
    }));
  }
  return keeper.save;
}

/** Keeps the arena on show, and shows the one that was kept last where there is none. */
function followArena(arena: Arena, runs: Runs): () => void {
  let savedAt = 0;
  let saved: ArenaState | null = null;
  function save(): void {
    const { arena: state } = arena.store.getState();
    const { curves } = arena;
    if (!isKeepable(state) || !curves || state === saved) return;
    saved = state;
    savedAt = Date.now();
    runs.keepArena({ record: recordOf(state), curves });
  }
  arena.listen((_, event) => {
    const hasPaused = event.type === "member" && event.event.type === "paused";
    const turned = hasPaused || ["seedFinished", "concluded", "failed"].includes(event.type);
    if (turned || Date.now() - savedAt >= SAVE_MS) save();
  });
  const stopWaiting = runs.store.subscribe(({ arenas: [newest] }, { arenas: before }) => {
    if (!newest || before.length > 0) return;
    stopWaiting();
    const { arena: state } = arena.store.getState();
    if (state === null || state.recorded) arena.show(shownArena(newest));
    saved = arena.store.getState().arena;
  });
  return save;
}

/** Distinguishes an arena's runs from those of others. */
function arenaTag({ startedAt }: Pick<ArenaState, "startedAt">): string {
  return `arena ${new Date(startedAt).toLocaleTimeString("en-GB")}`;
}

interface RunUpdate {
  run: RunState;
  before: RunState | null;
  curves: RunCurves;
  /** What the last evaluation of the test split showed of its branches. */
  inspect?(): RunInspection | undefined;
}

interface Keeper {
  /** The run has changed; `begin` makes the record of one that is not kept yet. */
  update(update: RunUpdate, begin: () => RunRecord): void;
  /** Writes down at once what was not saved yet. */
  save(): void;
}

function createKeeper(runs: Runs): Keeper {
  const kept = new Map<string, { recordedAt: number; savedAt: number; unsaved: (() => void) | null }>();

  function record({ run, curves, inspect }: RunUpdate, begin: () => RunRecord, save: boolean): void {
    const known = runs.store.getState().records.find(({ runId }) => runId === run.runId);
    const after = afterRun(known ?? begin(), run, curves);
    const inspection = inspect?.();
    runs.keep(inspection ? { ...after, inspection } : after, curves, save);
  }
  return {
    update(update, begin) {
      const { run, before } = update;
      if (run.curvesVersion !== before?.curvesVersion) runs.grew();
      const now = Date.now();
      const { recordedAt = 0, savedAt = 0 } = kept.get(run.runId) ?? {};
      const turned = run.runId === before?.runId && run.status.type !== before.status.type;
      const evaluated = run.latestEvaluation !== before?.latestEvaluation;
      const save = turned || now - savedAt >= SAVE_MS;
      const due = run.status.type !== "starting" && (save || evaluated || now - recordedAt >= RECORD_MS);
      if (due) record(update, begin, save);
      kept.set(run.runId, {
        recordedAt: due ? now : recordedAt,
        savedAt: due && save ? now : savedAt,
        unsaved: due && save ? null : () => record(update, begin, true),
      });
    },
    save() {
      for (const one of kept.values()) {
        one.unsaved?.();
        one.unsaved = null;
      }
    },
  };
}

function startedRecord(run: RunState, color: number): Omit<RunRecord, "data"> {
  return {
    runId: run.runId,
    name: run.name,
    note: "",
    tags: [],
    color,
    shown: true,
    isBaseline: false,
    startedAt: Date.now(),
    arenaId: null,
    config: run.config,
    status: "running",
    backend: null,
    parameterCount: 0,
    step: 0,
    totalSteps: 0,
    rowsSeen: 0,
    activeSeconds: 0,
    rowsPerSecond: 0,
    results: { best: null, last: null, testAuc: null },
    evaluations: [],
  };
}

function afterRun(record: RunRecord, run: RunState, curves: RunCurves): RunRecord {
  const { step, rowsSeen, activeSeconds } = run.position;
  return {
    ...record,
    // More epochs may have been added.
    config: run.config,
    step,
    rowsSeen,
    activeSeconds,
    status: statusOf(run),
    backend: run.backend?.chosen ?? record.backend,
    parameterCount: run.parameterCount || record.parameterCount,
    totalSteps: run.totalSteps,
    rowsPerSecond: run.rowsPerSecond || record.rowsPerSecond,
    results: resultsOf(curves),
  };
}

function statusOf({ status }: RunState): RunRecord["status"] {
  if (status.type === "failed") return "failed";
  return status.type === "finished" ? status.reason : "running";
}
