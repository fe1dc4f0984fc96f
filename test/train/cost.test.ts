import { expect, it } from "vitest";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createEngine } from "../../src/engine/create.ts";
import { STEP_PARTS } from "../../src/engine/engine.ts";
import { preset } from "../../src/model/presets.ts";
import { makeDemoDataset } from "../../src/preprocess/synthetic.ts";
import type { TrainCost, TrainEvent } from "../../src/runs/events.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { createControl } from "../../src/train/control.ts";
import { createRun } from "../../src/train/run.ts";

it("says a step's parts, which add up to its time, and what unique ids saved", async () => {
  await useNodeBackend("wasm");
  const dataset = await openDataset(await makeDemoDataset({ rows: 20_000, seed: 1 }));
  const config = preset("demo");
  const engine = await createEngine("fast", config, dataset.shape(config.integers));
  const costs: TrainCost[] = [];
  let steps = 0;
  const emit = (event: TrainEvent) => {
    if (event.type !== "progressed") return;
    steps = event.position.step;
    if (event.cost) costs.push(event.cost);
  };
  await createRun({ config, dataset, engine, control: createControl(), evaluateEverySteps: 5, emit }).train();
  engine.dispose();

  const sum = (of: (cost: TrainCost) => number) => costs.reduce((total, cost) => total + of(cost), 0);
  // Evaluations in between are no steps.
  expect(sum((cost) => cost.steps)).toBe(steps);
  const parts = sum(({ milliseconds }) => STEP_PARTS.reduce((total, part) => total + milliseconds[part], 0));
  expect(parts / (1000 * sum((cost) => cost.seconds))).toBeCloseTo(1, 1);
  expect(sum((cost) => cost.flops)).toBeLessThan(0.6 * sum((cost) => cost.plainFlops));
  for (const { uniqueShare } of costs) expect(uniqueShare).toBeLessThan(0.5);
});
