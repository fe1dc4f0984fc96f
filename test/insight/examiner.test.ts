// Looking into a model while it trains: within its share of the time, the columns in turn, on the same rows each time.

import { expect, it } from "vitest";
import { useNodeBackend } from "../../src/cli/backend.ts";
import { createEngine } from "../../src/engine/create.ts";
import { createExaminer, type Examiner, type Insight } from "../../src/insight/examiner.ts";
import { createControl } from "../../src/train/control.ts";
import { createRun } from "../../src/train/run.ts";
import { smallConfig } from "../train/configs.ts";
import { createMemoryDataset } from "../train/memoryDataset.ts";

/** A run that is looked into after each evaluation, as if it had trained for so many seconds by then. */
async function examined(trainedSeconds: number) {
  await useNodeBackend("wasm");
  const config = smallConfig({ epochs: 3, optimizer: { learningRate: 0.05 } });
  const dataset = createMemoryDataset({ train: 2000, test: 500 });
  const engine = await createEngine("fast", config, dataset.shape(config.integers));
  const insights: Insight[] = [];
  const control = createControl();
  const examiner: Examiner = createExaminer({
    config,
    dataset,
    use: (work) => run.session.use(0, work),
    trainedSeconds: () => trainedSeconds,
    stopping: () => control.stopping,
    emit: (insight) => insights.push(insight),
    fromStart: true,
  });
  let place = { step: 0, rowsSeen: 0 };
  const run = createRun({
    config,
    dataset,
    engine,
    control,
    evaluateEverySteps: 0,
    onStep: ({ step, rowsSeen }) => (place = { step, rowsSeen }),
    onBatch: examiner.take,
    onScores: (split, { logits }) => examiner.evaluated(split, logits, place),
    async emit(event) {
      if (event.type === "evaluated") await examiner.examine(place, "share");
    },
  });
  await run.train();
  return { config, engine, examiner, insights, place, dispose: () => engine.dispose() };
}

it("finds out everything where there is time, of every column and pair, on the same rows each time", async () => {
  const { insights, examiner, dispose } = await examined(1000);
  expect(insights.map(({ step }) => step)).toEqual([32, 64, 96]);
  for (const { fields, interactions, rows, split, step } of insights) {
    expect([rows, split]).toEqual([500, "test"]);
    expect(fields).toHaveLength(6);
    for (const field of fields) {
      expect(field.importance!.step).toBe(step);
      expect(field.importance!.drops).toHaveLength(3);
      expect(field.unseenShare).toBe(0);
      expect(field.embeddingNorm).toBeGreaterThan(0);
      expect(field.updateRate === null).toBe(step === 32);
    }
    expect(interactions!.pairs).toHaveLength(15);
  }
  const maps = [32, 64, 96].map((step) => examiner.embeddingMap(step, 2)!);
  expect(maps.map(({ step }) => step)).toEqual([32, 64, 96]);
  for (const { ids, x, y } of maps) {
    expect(ids).toEqual(maps[0]!.ids);
    expect([x, y].every((axis) => axis.length === 10 && axis.every(Number.isFinite))).toBe(true);
  }
  // Odd values have more clicks, which is what the embeddings learn to differ by; clicks are to the right.
  for (const { ids, x } of maps) {
    const meanOf = (parity: number) =>
      ids.reduce((sum, id, i) => sum + (id % 2 === parity ? x[i]! : 0), 0) / (ids.length / 2);
    expect(meanOf(1) - meanOf(0)).toBeGreaterThan(0.5);
  }
  const early = examiner.slices(32, 0)!;
  const late = examiner.slices(null, 0)!;
  expect([early.step, late.step]).toEqual([32, 96]);
  expect(early.slices.map(({ rows }) => rows)).toEqual(late.slices.map(({ rows }) => rows));
  expect(early.slices[0]!.heads).not.toEqual(late.slices[0]!.heads);
  dispose();
});

it("measures nothing where training has taken no time, and all of it when asked", async () => {
  const { insights, examiner, place, dispose } = await examined(0);
  expect(insights).toEqual([]);
  await examiner.examine(place, "all");
  expect(insights).toHaveLength(1);
  expect(insights[0]!.fields.every(({ importance }) => importance!.step === place.step)).toBe(true);
  // What a person asked for is not at training's expense.
  expect(insights[0]!.seconds).toBe(0);
  dispose();
});
