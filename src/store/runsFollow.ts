// Keeps the run that goes on: each change of the studio's run becomes part of what is kept.

import type { StoreApi } from "zustand/vanilla";
import type { RunState } from "./run.ts";
import type { RunCurves } from "./runCurves.ts";
import type { Runs } from "./runs.ts";
import { lastingLocation, type RunRecord, resultsOf } from "./runsRecord.ts";
import type { StudioState } from "./studio.ts";

/** The table need not change more often. */
const RECORD_MS = 1000;
/** What a crash may cost of the curves. */
const SAVE_MS = 10_000;

interface FollowedStudio {
  readonly store: StoreApi<StudioState>;
  readonly curves: RunCurves | null;
}

/** Follows `studio` until the page closes. Call the result to write down at once what was not saved yet. */
export function followStudio(studio: FollowedStudio, runs: Runs): () => void {
  let recordedAt = 0;
  let savedAt = 0;
  let unsaved = false;

  function record(now: number, save: boolean): void {
    const state = studio.store.getState();
    const { run } = state;
    const { curves } = studio;
    if (!run || !curves || run.status.type === "starting") return;
    recordedAt = now;
    if (save) savedAt = now;
    unsaved = !save;
    const known = runs.store.getState().records.find(({ runId }) => runId === run.runId);
    const started = known ?? startedRecord(state, run, runs.nextColor());
    runs.keep(afterRun(started, run, curves), curves, save);
  }

  studio.store.subscribe(({ run }, { run: before }) => {
    if (run === before || !run) return;
    if (run.curvesVersion !== before?.curvesVersion) runs.grew();
    const now = Date.now();
    const turned = run.runId === before?.runId && run.status.type !== before.status.type;
    const evaluated = run.latestEvaluation !== before?.latestEvaluation;
    if (turned || now - savedAt >= SAVE_MS) record(now, true);
    else if (evaluated || now - recordedAt >= RECORD_MS) record(now, false);
  });
  return () => {
    if (unsaved) record(Date.now(), true);
  };
}

function startedRecord({ dataset }: StudioState, run: RunState, color: number): RunRecord {
  return {
    ...{ runId: run.runId, name: run.name, note: "", tags: [], color, shown: true, isBaseline: false },
    startedAt: Date.now(),
    config: run.config,
    data: {
      name: run.datasetName,
      identity: dataset?.summary.identity ?? "",
      location: dataset ? lastingLocation(dataset.location) : null,
    },
    ...{ status: "running", backend: null, parameterCount: 0, step: 0, totalSteps: 0, rowsSeen: 0 },
    ...{ activeSeconds: 0, rowsPerSecond: 0, results: { best: null, last: null, testAuc: null } },
  };
}

function afterRun(record: RunRecord, run: RunState, curves: RunCurves): RunRecord {
  const { step, rowsSeen, activeSeconds } = run.position;
  return {
    ...record,
    ...{ step, rowsSeen, activeSeconds },
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
