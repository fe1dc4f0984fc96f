// What was found out about the model that is trained, or was trained last: the points of its evaluations, and answers of
// the worker about it.

import { createStore, type StoreApi } from "zustand/vanilla";
import type { Insight } from "../../insight/examiner.ts";
import type { GradientPoint } from "../../insight/gradients.ts";
import type { RowReport } from "../../insight/oneRow.ts";
import { runInsightOf } from "../../runs/runInsight.ts";
import type { TrainerRequests } from "../../train/requests.ts";
import type { Ask } from "../connection/connection.ts";
import type { Runs } from "../library/runs.ts";
import { createPointHistory, type PointHistory } from "./pointHistory.ts";

type Slices = TrainerRequests["slices"];

export interface Insights {
  readonly store: PointHistory<Insight>["store"];
  /** Everything is being measured anew. */
  readonly measuring: StoreApi<{ isOn: boolean }>;
  /** The gradients of some of its steps. */
  readonly gradients: PointHistory<GradientPoint>["store"];
  add(runId: string, insight: Insight): void;
  addGradients(runId: string, point: GradientPoint): void;
  /** Measures all columns and interactions of the model as it stands, while training waits. */
  measureAll(): Promise<void>;
  /** One row by the model as it stands; null after a problem, which then is on show. */
  row(input: Omit<TrainerRequests["explainRow"]["input"], "runId">): Promise<RowReport | null>;
  /** What may be chosen for a column; null for numbers. */
  vocabulary(column: number): Promise<string[] | null>;
  /** null after a problem, which then is on show, or where there is none. */
  embeddingMap(step: number | null, column: number): Promise<TrainerRequests["embeddingMap"]["output"]>;
  /** null after a problem, which then is on show, or before an evaluation. */
  slices(step: number | null, by: Slices["input"]["by"]): Promise<Slices["output"]>;
}

// One of 39 columns and 132 interactions is about 40 kB.
const MOST_POINTS = 100;
// One of 10 parts is about 1 kB.
const MOST_GRADIENTS = 400;

/** @param keep keeps what a run's model has learned with the run. */
export function createInsights(ask: Ask, keep: Runs["keepInsight"]): Insights {
  const { store, add } = createPointHistory<Insight>(MOST_POINTS);
  const gradients = createPointHistory<GradientPoint>(MOST_GRADIENTS);
  const measuring = createStore(() => ({ isOn: false }));
  const run = () => store.getState().runId;

  return {
    store,
    gradients: gradients.store,
    addGradients: gradients.add,
    measuring,
    // A second look at the same step takes the place of the first.
    add(runId, insight) {
      const { runId: before, points } = store.getState();
      if (before === runId && points.at(-1)?.step === insight.step)
        store.setState({ runId, points: [...points.slice(0, -1), insight] });
      else add(runId, insight);
      const ofRun = gradients.store.getState();
      const kept = runInsightOf(insight, (ofRun.runId === runId && ofRun.points.at(-1)) || null);
      if (kept) keep(runId, kept);
    },
    async measureAll() {
      const runId = run();
      if (runId === null) return;
      measuring.setState({ isOn: true });
      await ask("measureInsight", { runId });
      measuring.setState({ isOn: false });
    },
    async row(input) {
      const runId = run();
      return runId === null ? null : ask("explainRow", { runId, ...input });
    },
    async vocabulary(column) {
      const runId = run();
      return runId === null ? null : ((await ask("vocabulary", { runId, column }))?.values ?? null);
    },
    async embeddingMap(step, column) {
      const runId = run();
      return runId === null ? null : ask("embeddingMap", { runId, step, column });
    },
    async slices(step, by) {
      const runId = run();
      return runId === null ? null : ask("slices", { runId, step, by });
    },
  };
}
