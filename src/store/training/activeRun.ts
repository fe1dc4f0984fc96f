// The run on show: started, resumed, steered, and drawn from its events.

import { type Problem, problem } from "../../base/problem.ts";
import { ProblemError } from "../../base/result.ts";
import {
  addEvaluation,
  addInterruption,
  addProgress,
  createRunCurves,
  type RunCurves,
} from "../../runs/curves.ts";
import type { TrainEvent } from "../../runs/events.ts";
import type { ContinuedRun } from "../../train/requests.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { Connection } from "../connection/connection.ts";
import type { Notices } from "../notices/notices.ts";
import type { RunJob } from "../queue/job.ts";
import type { StudioStore } from "../state.ts";
import { afterEvent, continuedRun, isActive, newRun, type RunState } from "./runState.ts";

export type RunToStart = Pick<RunJob, "name" | "config" | "backend" | "evaluateEverySteps"> & {
  /** It waits for the person before its first step. */
  paused: boolean;
};

export interface ActiveRun {
  /** The curves of the run on show; replaced when another one starts. */
  readonly curves: RunCurves | null;
  /** Runs that were started in this page. */
  readonly runCount: number;
  newRunId(): string;
  /** Starts a run; false after a problem, which then is on show. */
  start(run: RunToStart, request?: "startRun" | "startFromCheckpoint"): Promise<boolean>;
  /** Draws the history of a run that is resumed, then what happened since; its own configuration is on show from now. */
  showContinued(runId: string, answer: Promise<ContinuedRun | null>): Promise<ContinuedRun | null>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Trains one step of the run that is active. */
  step(): Promise<void>;
  stop(keepBest: boolean): Promise<void>;
  /** Shows a run under another name. */
  rename(runId: string, name: string): void;
  /** Shows a run as ended by a problem. */
  fail(runId: string, found: Problem): void;
  /** The run that trains, if one does. */
  id(): string | null;
  /** Calls `take` with every event of the run on show. */
  listen(take: (runId: string, event: TrainEvent) => void): void;
}

export function createActiveRun(
  { setState: set, getState: get }: StudioStore,
  connection: Connection,
  configuration: Configuration,
  notices: Notices,
): ActiveRun {
  const listeners: ((runId: string, event: TrainEvent) => void)[] = [];
  let curves: RunCurves | null = null;
  let runCount = 0;
  /** Events of a run whose history is still on its way. */
  let held: { runId: string; events: TrainEvent[] } | null = null;

  connection.onEvent((event) => {
    if (event.type !== "run") return;
    if (held?.runId === event.runId) held.events.push(event.event);
    else take(event.runId, event.event);
  });
  connection.onDeath((reason) => {
    const { run } = get();
    if (isActive(run)) fail(run.runId, reason);
  });

  function update(runId: string, change: (run: RunState) => RunState): void {
    set(({ run }) => (run?.runId === runId ? { run: change(run) } : {}));
  }

  function fail(runId: string, found: Problem): void {
    update(runId, (run) => ({ ...run, status: { type: "failed", problem: found } }));
  }

  function take(runId: string, event: TrainEvent): void {
    if (get().run?.runId !== runId) return;
    if (curves && event.type === "progressed") for (const point of event.points) addProgress(curves, point);
    if (curves && event.type === "evaluated") addEvaluation(curves, event.point);
    update(runId, (run) => afterEvent(run, event));
    for (const listener of listeners) listener(runId, event);
  }

  function newRunId(): string {
    runCount++;
    // Unique among the runs of other days, which may be kept.
    return `run-${Date.now().toString(36)}-${runCount}`;
  }

  return {
    get curves() {
      return curves;
    },
    get runCount() {
      return runCount;
    },
    newRunId,
    async start({ name, config, backend, evaluateEverySteps, paused }, request = "startRun") {
      const { dataset } = get();
      if (!dataset) return false;
      const run = newRun({ runId: newRunId(), name, config, datasetName: dataset.summary.name });
      const { runId } = run;
      curves = createRunCurves(config.branches.length);
      set({ run });
      try {
        const options = { runId, name, config, backend, evaluateEverySteps, paused };
        const answer = await connection.call(request, options);
        update(runId, (started) => ({ ...started, backend: answer.backend }));
        return true;
      } catch (cause) {
        notices.notify(cause);
        fail(runId, cause instanceof ProblemError ? cause.problem : problem("run-not-active", {}));
        return false;
      }
    },
    async showContinued(runId, answer) {
      const waiting = { runId, events: [] as TrainEvent[] };
      held = waiting;
      const continued = await answer;
      // Another run may have been resumed meanwhile.
      if (held === waiting) held = null;
      if (!continued) return null;
      const { config, history, evaluateEverySteps } = continued;
      curves = createRunCurves(config.branches.length);
      for (const point of history.progress) addProgress(curves, point);
      for (const point of history.evaluations) addEvaluation(curves, point);
      for (const cut of continued.progress.interruptions) addInterruption(curves, cut);
      set({ run: continuedRun(continued, get().dataset?.summary.name ?? ""), evaluateEverySteps });
      configuration.replace(config);
      for (const event of waiting.events) take(runId, event);
      return continued;
    },
    ...createSteering(get, connection, update),
    rename: (runId, name) => update(runId, (run) => ({ ...run, name })),
    fail,
    id() {
      const { run } = get();
      return isActive(run) ? run.runId : null;
    },
    listen: (listener) => void listeners.push(listener),
  };
}

type Steering = Pick<ActiveRun, "pause" | "resume" | "step" | "stop">;

/** What a person asks of the run that trains; the page shows it as under way until the worker says that it is done. */
function createSteering(
  getState: StudioStore["getState"],
  connection: Connection,
  update: (runId: string, change: (run: RunState) => RunState) => void,
): Steering {
  const active = () => {
    const { run } = getState();
    return isActive(run) ? run : null;
  };
  return {
    async pause() {
      const run = active();
      if (!run) return;
      update(run.runId, (steered) => ({ ...steered, status: { type: "pausing" } }));
      const paused = await connection.ask("pause", { id: run.runId });
      // Refused: it trains on.
      if (!paused)
        update(run.runId, (asked) =>
          asked.status.type === "pausing" ? { ...asked, status: run.status } : asked,
        );
    },
    async resume() {
      const run = active();
      if (run) await connection.ask("resume", { id: run.runId });
    },
    async step() {
      const run = active();
      if (run) await connection.ask("stepRun", { runId: run.runId, steps: 1 });
    },
    async stop(keepBest) {
      const run = active();
      if (!run) return;
      update(run.runId, (steered) => ({ ...steered, status: { type: "stopping" }, keptBest: keepBest }));
      const stopped = await connection.ask("stop", { id: run.runId, keepBest });
      update(run.runId, (asked) => ({
        ...asked,
        // Refused: it continues.
        status: !stopped && isActive(asked) ? run.status : asked.status,
        keptBest: stopped?.keptBest ?? false,
      }));
    },
  };
}
