// A kept run with curves, for tests.

import { createRandom } from "../../src/base/random.ts";
import { preset } from "../../src/model/presets.ts";
import { createRunCurves } from "../../src/runs/curves.ts";
import { type RunRecord, resultsOf } from "../../src/runs/record.ts";
import type { RunEvaluation } from "../../src/runs/runEvaluation.ts";
import type { KeptRun } from "../../src/runs/runsFile.ts";

/** A run of `steps` points, three evaluations and a name that every format must escape. */
export function madeRun(steps: number): KeptRun {
  const name = 'a "run", </script> & more';
  const random = createRandom(5);
  const curves = createRunCurves(2);
  const point = (step: number) => ({
    step,
    rowsSeen: 1024 * step,
    activeSeconds: step / 50,
    time: 1.7e12 + step,
    logLoss0: random.uniform(),
    logLoss1: random.uniform(),
    logLossFused: random.uniform(),
  });
  for (let step = 1; step <= steps; step++) curves.progress.push(point(step));
  for (const logLossFused of [0.5, 0.4, 0.45])
    curves.evaluations.test.push({
      ...point(steps),
      logLossFused,
      aucFused: 0.75,
      aucLow: 0.74,
      aucHigh: 0.76,
    });
  const record: RunRecord = {
    runId: "run-1",
    name,
    note: "",
    tags: ["first"],
    color: 3,
    shown: true,
    isBaseline: false,
    startedAt: 1.7e12,
    arenaId: null,
    config: preset("demo"),
    data: { name: "demo", identity: "abc", location: { type: "demo", rows: 1000, seed: 1 } },
    status: "completed",
    backend: "wasm",
    parameterCount: 10,
    step: steps,
    totalSteps: steps,
    rowsSeen: 1024 * steps,
    activeSeconds: 400,
    rowsPerSecond: 51_200,
    results: resultsOf(curves),
    evaluations: [madeEvaluation("made-1")],
  };
  return { record, curves };
}

/** An evaluation of two branches and their fusion. */
export function madeEvaluation(id: string): RunEvaluation {
  const figure = (value: number) => ({ value, low: value - 0.01, high: value + 0.01 });
  const head = (value: number) => ({
    logLoss: figure(value),
    auc: figure(1 - value),
    calibration: {
      bins: [{ rows: 50, predicted: 0.2, clicked: 0.25, low: 0.15, high: 0.4 }],
      ece: 0.05,
      copc: 1.25,
    },
  });
  return {
    id,
    evaluatedAt: 1.7e12,
    weights: "best",
    step: 7,
    data: { name: "tomorrow", identity: "def" },
    split: "test",
    rows: 50,
    positives: 12,
    clickRateAlone: 0.55,
    heads: [head(0.42), head(0.44), head(0.41)],
  };
}
