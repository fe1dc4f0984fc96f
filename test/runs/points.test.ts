// The list of columns, and the forms that a point has because of it.

import { expect, it } from "vitest";
import {
  type EvaluationPoint,
  labelOfColumn,
  lastEvaluation,
  mayBeSmoothed,
  neededPaths,
  type ProgressPoint,
  pointsOf,
  tableColumns,
  tableRow,
  toMatrix,
} from "../../src/runs/points.ts";
import { columnsOf, createTable, fromBytes, toBytes } from "../../src/runs/table.ts";

const position = { step: 7, epoch: 2, rowsSeen: 700, activeSeconds: 1.5, time: 1.7e12 };
const heads = { branches: [0.5, 0.625], fused: 0.25 };
const progress: ProgressPoint = {
  ...position,
  rows: 100,
  logLoss: heads,
  auc: null,
  distillation: [0.75, 0.875],
  teacherEntropy: 0.5,
  fusionGain: 0.3125,
  l2: 0.125,
  total: 2,
  learningRate: 0.001,
  firstPass: false,
};
const evaluation: EvaluationPoint = {
  ...position,
  split: "valid",
  rows: 50,
  logLoss: heads,
  auc: { branches: [0.5, 0.75], fused: 1 },
  logLossInterval: { low: 0.125, high: 0.375 },
  bestBranchGapInterval: { low: -0.25, high: 1 },
  aucInterval: { low: 0.875, high: 1 },
  fusionGain: 0.3125,
  seconds: 2,
};

it("gives the same points again out of a matrix", () => {
  const points = [progress, { ...progress, auc: heads, firstPass: true }];
  expect(pointsOf("progress", toMatrix("progress", points, 2), 2)).toEqual(points);
  const evaluations = [evaluation, { ...evaluation, auc: null, aucInterval: null }];
  expect(pointsOf("evaluation", toMatrix("evaluation", evaluations, 2), 2)).toEqual(evaluations);
});

it("gives the last point of a table again, and none of an empty one", () => {
  for (const point of [evaluation, { ...evaluation, auc: null, aucInterval: null }]) {
    const table = createTable(tableColumns("evaluation", 2));
    expect(lastEvaluation(table, 2, "valid")).toBeNull();
    table.push({ ...tableRow(evaluation), step: 1 });
    table.push(tableRow(point));
    expect(lastEvaluation(table, 2, "valid")).toEqual(point);
  }
});

it("reads the last point of a table of an earlier version, which kept less", () => {
  const table = createTable(["step", "logLoss0", "logLoss1", "logLossFused"]);
  table.push({ step: 7, logLoss0: 0.5, logLoss1: 0.625, logLossFused: 0.25 });
  expect(lastEvaluation(table, 2, "test")).toMatchObject({
    split: "test",
    step: 7,
    logLoss: heads,
    auc: null,
    logLossInterval: null,
    bestBranchGapInterval: null,
    aucInterval: null,
    rows: Number.NaN,
  });
});

it("reads a matrix of another version by the names of its columns", () => {
  const { columns, values } = toMatrix("evaluation", [evaluation], 2);
  const kept = columns.flatMap((path, i) => (path.startsWith("auc/") ? [] : [i]));
  const earlier = {
    columns: [...kept.map((i) => columns[i]!), "of a later version"],
    values: Float64Array.from([...kept.map((i) => values[i]!), 9]),
  };
  expect(neededPaths("evaluation", 2).every((path) => earlier.columns.includes(path))).toBe(true);
  expect(pointsOf("evaluation", earlier, 2)).toEqual([{ ...evaluation, auc: null, aucInterval: null }]);
});

it("makes rows of exactly the columns that tables have", () => {
  for (const [kind, point] of [
    ["progress", progress],
    ["evaluation", evaluation],
  ] as const) {
    const columns = tableColumns(kind, 2);
    expect(Object.keys(tableRow(point)).sort()).toEqual([...columns].sort());
    expect(new Set(columns).size).toBe(columns.length);
  }
  const table = createTable(tableColumns("progress", 2));
  table.push(tableRow(progress));
  const numbers = ["time", "logLoss1", "logLossFused", "aucFused", "excess1", "firstPass", "bestBranchGap"];
  expect(numbers.map((name) => table.column(name)[0])).toEqual([
    1.7e12,
    0.625,
    0.25,
    Number.NaN,
    0.375,
    0,
    0.25,
  ]);
});

it("says what a column is called, and whether it may be smoothed", () => {
  expect(labelOfColumn("logLoss0", 2)).toBe("Log loss, branch 1");
  expect(labelOfColumn("logLossFused", 1)).toBe("Log loss, model");
  expect(labelOfColumn("l2", 2)).toBe("L2");
  expect(["logLossFused", "excess0", "total"].map(mayBeSmoothed)).toEqual([true, true, true]);
  expect(["aucFused", "auc1", "aucLow", "l2", "learningRate", "step"].some(mayBeSmoothed)).toBe(false);
});

it("crosses as one piece of memory, with its columns in their order", () => {
  const table = createTable(tableColumns("progress", 2));
  for (const l2 of [1, 2, 3]) table.push(tableRow({ ...progress, l2 }));
  const columns = columnsOf(table);
  const again = fromBytes(structuredClone(toBytes(columns)));
  expect(again).toEqual(columns);
  expect(Object.keys(again)).toEqual(table.names);
});
