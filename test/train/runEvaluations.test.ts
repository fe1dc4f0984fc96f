// Kept runs evaluated on rows of any data set: real engine, real data sets, real files.

import { afterEach, beforeEach, expect, it } from "vitest";
import { orThrow } from "../../src/base/result.ts";
import { parseConfig } from "../../src/model/config.ts";
import type { EvaluationPoint } from "../../src/runs/events.ts";
import { overlapWords } from "../../src/runs/runEvaluation.ts";
import { type RunSlice, runSlicesSchema } from "../../src/runs/runSlices.ts";
import { createTabs, finished, input, openDemo, options, type Tab, type Tabs, until } from "./sessionsTab.ts";

let tabs: Tabs;
beforeEach(async () => {
  tabs = await createTabs();
});
afterEach(() => tabs.remove());

/** Of 3000 demo rows. */
const STEPS_PER_EPOCH = 13;

/** A finished run, and its last evaluation of the test split. */
async function trained(tab: Tab, runId: string, changes: object = {}): Promise<EvaluationPoint> {
  const config = orThrow(parseConfig({ ...input, ...changes }));
  await tab.trainer.startRun(options(runId, { config }));
  await until(() => finished(tab.events, runId));
  const steps = config.epochs * STEPS_PER_EPOCH;
  await until(() =>
    tab.events.some((event) => event.type === "saved" && event.runId === runId && event.step === steps),
  );
  return tab.events
    .flatMap((event) =>
      event.type === "run" && event.runId === runId && event.event.type === "evaluated"
        ? event.event.point
        : [],
    )
    .findLast(({ split }) => split === "test")!;
}

it("gives what the run's own evaluation gave, with intervals, on the open data set and on another copy of it", async () => {
  const tab = await tabs.open();
  const last = await trained(tab, "run");
  for (const location of [null, { type: "demo", rows: 3000, seed: 1 } as const]) {
    const { heads, rows, split, step, data, insight } = await tab.trainer.evaluateRun({
      runId: "run",
      name: "run",
      weights: "latest",
      location,
      split: "test",
      withInsight: location !== null,
      trainedOn: null,
    });
    if (location === null) expect(insight).toBeUndefined();
    else {
      expect(insight).toMatchObject({ step, split: "test", rows, gradients: null });
      const rises = insight!.fields.map(({ logLoss }) => logLoss.at(-1)!.mean);
      expect(rises).toHaveLength(20);
      expect(rises).toEqual(rises.toSorted((a, b) => b - a));
      expect(insight!.fields.every(({ logLoss }) => logLoss.length === heads.length)).toBe(true);
      const named = insight!.interactions!.pairs.flatMap(({ columns }) => columns);
      expect(named.length).toBeGreaterThan(0);
      for (const name of named) expect(name).toMatch(/^[IC]\d+$/);
    }
    expect({ rows, split, step }).toEqual({ rows: last.rows, split: "test", step: last.step });
    expect(data.name).toBe("synthetic demo");
    const losses = heads.map(({ logLoss }) => logLoss.value);
    for (const [h, loss] of [...last.logLoss.branches, last.logLoss.fused].entries())
      expect(losses[h]).toBeCloseTo(loss, 6);
    expect(heads.at(-1)!.auc).toEqual({ value: last.auc!.fused, ...last.aucInterval });
    expect(heads.at(-1)!.logLoss.low).toBeLessThan(last.logLoss.fused);
  }
});

it("measures slices by a column and by prediction, of all rows, with the values' names", async () => {
  const tab = await tabs.open();
  await trained(tab, "run");
  const wanted = { runId: "run", name: "run", weights: "latest", location: null, split: "train" } as const;
  const evaluate = (sliceBy: string) => tab.trainer.evaluateRun({ ...wanted, sliceBy, trainedOn: null });
  for (const by of ["C20", "I1", "prediction"]) {
    const { slices, rows, positives, heads } = await evaluate(by);
    expect(slices!.by).toBe(by);
    const sum = (of: (slice: RunSlice) => number) =>
      slices!.slices.reduce((total, slice) => total + of(slice), 0);
    expect([sum((slice) => slice.rows), sum((slice) => slice.clicks)]).toEqual([rows, positives]);
    const { logLoss } = heads.at(-1)!;
    expect(sum((slice) => slice.rows * slice.heads.at(-1)!.logLoss.value) / rows).toBeCloseTo(
      logLoss.value,
      6,
    );
    expect(runSlicesSchema.parse(JSON.parse(JSON.stringify(slices)))).toEqual(slices);
  }
  const { slices } = await evaluate("C20");
  expect(slices!.slices.map(({ name }) => name)).toContain("(missing)");
  expect(new Set(slices!.slices.map(({ name }) => name)).size).toBe(slices!.slices.length);
  await expect(evaluate("C99")).rejects.toMatchObject({ problem: { code: "slice-of-no-column" } });
});

it("takes the best weights where a schedule keeps them, and where none does", async () => {
  const tab = await tabs.open();
  const evaluate = async (runId: string, weights: "best" | "latest") =>
    tab.trainer.evaluateRun({ runId, name: runId, weights, location: null, split: "valid", trainedOn: null });
  // A rate this high overfits within its epochs.
  const units = [{ size: 16, order: 2 }];
  const rough = { branches: [{ units }], embeddingDim: 8, epochs: 5, optimizer: { learningRate: 0.05 } };
  await trained(tab, "plain", rough);
  const best = await evaluate("plain", "best");
  const latest = await evaluate("plain", "latest");
  expect(best.step).toBeLessThan(latest.step);
  expect(best.heads.at(-1)!.auc!.value).toBeGreaterThan(latest.heads.at(-1)!.auc!.value);

  // A run that came to its end has its best weights put back.
  await trained(tab, "kept", { ...rough, earlyStopping: { patience: 3 } });
  const [kept, ended] = [await evaluate("kept", "best"), await evaluate("kept", "latest")];
  expect(ended).toMatchObject({ heads: kept.heads, step: kept.step });
});

it("refuses rows of another vocabulary, and a run that is not kept, by a sentence", async () => {
  const tab = await tabs.open({
    openDataset: async (location) => openDemo(location.type === "demo" ? location.seed : 1),
  });
  await trained(tab, "run");
  const wanted = { runId: "run", name: "run", weights: "latest", split: "test", trainedOn: null } as const;
  await expect(
    tab.trainer.evaluateRun({ ...wanted, location: { type: "demo", rows: 3000, seed: 2 } }),
  ).rejects.toMatchObject({ problem: { code: "checkpoint-other-vocabulary" } });
  await expect(tab.trainer.evaluateRun({ ...wanted, runId: "gone", location: null })).rejects.toMatchObject({
    problem: { code: "run-not-saved" },
  });
});

it("finds training rows among rows that are called another data set, where the run's own can be had", async () => {
  const [own, copy, away] = [1, 7, 3].map((seed) => ({ type: "demo", rows: 3000, seed }) as const);
  const tab = await tabs.open({
    openDataset: async (location) => {
      const isOwn = location.type === "demo" && location.seed === own!.seed;
      const dataset = await openDemo(location === away ? away!.seed : 1);
      return isOwn || location === away ? dataset : { ...dataset, identity: "f".repeat(64) };
    },
  });
  await trained(tab, "run");
  const wanted = { runId: "run", name: "run", weights: "latest", location: copy! } as const;
  const all = await tab.trainer.evaluateRun({ ...wanted, split: "train", trainedOn: own! });
  expect(all.inTraining).toBe(all.rows);
  const evaluation = { id: "evaluation-1", ...all };
  expect(overlapWords(evaluation, { identity: "e".repeat(64) })).toMatch(
    /^2,\d{3} of these 2,\d{3} rows \(100 %\) are alike, label and every id, to rows that the model was trained on/,
  );
  expect(overlapWords({ ...evaluation, inTraining: 3 }, { identity: "e".repeat(64) })).toBeNull();
  const fresh = await tab.trainer.evaluateRun({ ...wanted, split: "test", trainedOn: own! });
  expect(fresh.inTraining).toBeLessThan(3);
  // Elsewhere are other rows: nothing is said of them.
  const unknown = await tab.trainer.evaluateRun({ ...wanted, split: "test", trainedOn: away! });
  expect(unknown).not.toHaveProperty("inTraining");
});

it("lets training stand still until all that was asked for is done, and then leaves it paused where a person paused it", async () => {
  const tab = await tabs.open();
  const last = await trained(tab, "kept");
  const config = orThrow(parseConfig({ ...input, epochs: 50 }));
  await tab.trainer.startRun(options("long", { config }));
  const wanted = { runId: "kept", name: "kept", weights: "latest", location: null, split: "test" } as const;
  const evaluate = () => tab.trainer.evaluateRun({ ...wanted, withInsight: false, trainedOn: null });
  const steering = () =>
    tab.events.flatMap((event) =>
      event.type === "run" && event.runId === "long" && /^(paused|resumed)$/.test(event.event.type)
        ? event.event.type
        : [],
    );
  const evaluations = [evaluate(), evaluate()];
  await until(() => steering().length > 0);
  const { step } = await tab.trainer.pause({ id: "long" });
  for (const { rows } of await Promise.all(evaluations)) expect(rows).toBe(last.rows);
  expect(await tab.trainer.stop({ id: "long" })).toMatchObject({ step });
  expect(steering()).toEqual(["paused"]);
});

it("names values by the vocabulary that the model was trained with, or says that it is not there any more", async () => {
  const tab = await tabs.open();
  await trained(tab, "run");
  const names = await tab.trainer.vocabulary({ runId: "run", column: 19 });
  expect(names.values!.length).toBeGreaterThan(2);
  // As if the folder had been written anew behind the page: the same place now holds other data.
  await tab.trainer.openDataset({ location: { type: "demo", rows: 3000, seed: 2, edition: 2 } });
  await trained(tab, "another");
  await expect(tab.trainer.vocabulary({ runId: "another", column: 19 })).rejects.toMatchObject({
    problem: { code: "dataset-changed" },
  });
});
