// A kept run with curves, for tests.

import { createRandom } from "../../src/base/random.ts";
import { preset } from "../../src/model/presets.ts";
import { createRunCurves } from "../../src/runs/curves.ts";
import { type RunRecord, resultsOf } from "../../src/runs/record.ts";
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
  };
  return { record, curves };
}
