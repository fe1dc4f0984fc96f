// Evaluations of kept runs as the page knows them: the one under way, and those on show.

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Split } from "../../base/batch.ts";
import type { DatasetLocation } from "../../datasets/requests.ts";
import type { RunData } from "../../runs/record.ts";
import type { RunEvaluation } from "../../runs/runEvaluation.ts";
import type { TrainerEvent } from "../../train/requests.ts";
import type { Ask } from "../connection/connection.ts";
import type { Runs } from "../library/runs.ts";

export interface EvaluationsState {
  /** How far the one under way is; null when none is. */
  progress: { name: string; rows: number; totalRows: number } | null;
  /** The evaluations on show, by their ids, in the order in which they were chosen. */
  shown: string[];
}

/** What to evaluate on what. */
export interface EvaluationWanted {
  runId: string;
  weights: RunEvaluation["weights"];
  /** null: the open data set. */
  location: DatasetLocation | null;
  split: Split;
  /** Also measures what the model has learned. */
  withInsight: boolean;
  /** Also measures slices by this column, or by "prediction"; null by none. */
  sliceBy: string | null;
}

export interface Evaluations {
  readonly store: StoreApi<EvaluationsState>;
  onEvent(event: Extract<TrainerEvent, { type: "evaluatingRun" }>): void;
  /** Evaluates a kept run and keeps the result with it; training stands still meanwhile. One at a time. */
  evaluate(wanted: EvaluationWanted): Promise<void>;
  /** Shows an evaluation beside the others, or no more. */
  toggle(id: string): void;
  remove(runId: string, id: string): void;
}

export function createEvaluations(
  ask: Ask,
  runs: Pick<Runs, "find" | "addEvaluation" | "removeEvaluation">,
  /** Where the data set of this content can be had; null where nobody knows. */
  whereIs: (data: RunData) => Promise<DatasetLocation | null>,
): Evaluations {
  const store = createStore<EvaluationsState>(() => ({ progress: null, shown: [] }));
  const { setState: set, getState: get } = store;
  return {
    store,
    onEvent({ rows, totalRows }) {
      set(({ progress }) => ({ progress: progress && { ...progress, rows, totalRows } }));
    },
    async evaluate({ runId, ...wanted }) {
      const run = runs.find(runId);
      if (!run || get().progress) return;
      const { name } = run;
      set({ progress: { name, rows: 0, totalRows: 0 } });
      const trainedOn = await whereIs(run.data);
      const found = await ask("evaluateRun", { runId, name, trainedOn, ...wanted });
      set({ progress: null });
      if (!found) return;
      const id = `evaluation-${found.evaluatedAt.toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
      runs.addEvaluation(runId, { id, ...found });
      set({ shown: [id] });
    },
    toggle(id) {
      set(({ shown }) => ({
        shown: shown.includes(id) ? shown.filter((other) => other !== id) : [...shown, id],
      }));
    },
    remove(runId, id) {
      set(({ shown }) => ({ shown: shown.filter((other) => other !== id) }));
      runs.removeEvaluation(runId, id);
    },
  };
}
