import { describe, expect, it } from "vitest";
import { addEvaluation, addProgress, createRunCurves } from "../../src/runs/curves.ts";
import type { EvaluationPoint, Position, ProgressPoint } from "../../src/runs/events.ts";
import { createTable, thin } from "../../src/runs/table.ts";
import { DEFAULT_VIEW } from "../../src/store/charts/chartView.ts";
import { smooth } from "../../src/store/charts/curveLines.ts";
import { chartsOf } from "../../src/ui/charts/definitions.ts";
import { seriesOf } from "../../src/ui/charts/runSeries.ts";

function position(step: number): Position {
  return { step, epoch: 1, rowsSeen: 10 * step, activeSeconds: step / 2, time: step };
}

function progress(step: number, fused: number): ProgressPoint {
  return {
    ...position(step),
    rows: 10,
    logLoss: { branches: [fused + 0.2, fused + 0.1], fused },
    auc: null,
    distillation: [0.75, 0.5],
    teacherEntropy: 0.25,
    fusionGain: 0.15,
    l2: 0.5,
    total: 1,
    learningRate: 0.5,
    firstPass: true,
  };
}

describe("a curve", () => {
  it("gives up every second point when it is full, and keeps the newest", () => {
    const curve = createTable(["step"], 8);
    for (let step = 1; step <= 9; step++) curve.push({ step });
    expect([...curve.column("step")]).toEqual([2, 4, 6, 8, 9]);
  });

  it("has NaN where a point names no value", () => {
    const curve = createTable(["step", "auc"], 4);
    curve.push({ step: 1 });
    expect([...curve.column("auc")]).toEqual([Number.NaN]);
    expect(() => curve.column("loss")).toThrow("no column loss");
  });
});

describe("thinning", () => {
  it("takes the mean of equal stretches, and the end of each as its place", () => {
    const curve = createTable(["step", "loss"]);
    for (const [i, loss] of [1, 3, Number.NaN, 5, 8].entries()) curve.push({ step: i + 1, loss });
    expect(thin(curve, { positions: ["step"], most: 3 })).toEqual([
      { step: 2, loss: 2 },
      { step: 4, loss: 5 },
      { step: 5, loss: 8 },
    ]);
  });

  it("says null where a stretch has no value", () => {
    const curve = createTable(["step", "auc"]);
    curve.push({ step: 1 });
    expect(thin(curve, { positions: ["step"], most: 10 })).toEqual([{ step: 1, auc: null }]);
  });
});

describe("smoothing", () => {
  it("starts at the first value and leaves a constant alone", () => {
    expect([...smooth(new Float64Array([4, 4, 4]), 0.9)]).toEqual([4, 4, 4]);
    expect(smooth(new Float64Array([2, 0]), 0.5)[1]).toBeCloseTo(2 / 3, 12);
  });

  it("passes over missing values", () => {
    expect([...smooth(new Float64Array([4, Number.NaN, 4]), 0.5)]).toEqual([4, Number.NaN, 4]);
  });
});

describe("a run's curves", () => {
  it("derive the excess over the teacher's entropy and the gap to the best branch", () => {
    const curves = createRunCurves(2);
    addProgress(curves, progress(1, 0.5));
    const value = (column: string) => curves.progress.column(column)[0];
    expect(["rowsSeen", "excess0", "excess1", "aucFused"].map(value)).toEqual([10, 0.5, 0.25, Number.NaN]);
    expect(value("bestBranchGap")).toBeCloseTo(0.1, 6);
    // The rest of the total: distillation times its weight.
    const rest = value("total")! - value("logLossFused")! - value("l2")!;
    expect(value("distillationPart")).toBeCloseTo(rest, 6);
  });

  it("become a smoothed line, and evaluations that are never smoothed", () => {
    const curves = createRunCurves(2);
    for (const [i, fused] of [1, 0, 0].entries()) addProgress(curves, progress(i + 1, fused));
    const evaluation: EvaluationPoint = {
      ...position(2),
      split: "test",
      rows: 10,
      logLoss: { branches: [0.75, 0.625], fused: 0.5 },
      auc: { branches: [0.5, 0.75], fused: 0.75 },
      logLossInterval: { low: 0.25, high: 0.75 },
      bestBranchGapInterval: { low: -0.5, high: 0.75 },
      aucInterval: { low: 0.5, high: 1 },
      fusionGain: 0.125,
      seconds: 1,
    };
    addEvaluation(curves, evaluation);
    const { lines, splits } = chartsOf(2, null)[0]!;
    const run = { runId: "run", name: "run", color: 0, curves: [curves] };
    const series = seriesOf({ lines, splits }, [run], { ...DEFAULT_VIEW, x: "step", smoothing: 0.5 });
    const drawn = (column: string) =>
      series.filter((one) => one.column === column && one.name === "Fused").map(({ points }) => points);
    expect(drawn("test")).toEqual([{ x: Float64Array.of(2), y: Float64Array.of(0.5) }]);
    expect([...drawn("train, smoothed")[0]!.x]).toEqual([1, 2, 3]);
    expect(drawn("train, smoothed")[0]!.y[1]).toBeCloseTo(1 / 3, 6);
  });

  it("of several seeds become their mean in a band, as far as all of them reach", () => {
    const seeds = [
      [1, 0.5, 0.25],
      [0.5, 0.25, 0, 0.5],
    ].map((losses) => {
      const curves = createRunCurves(2);
      for (const [i, fused] of losses.entries()) addProgress(curves, progress(i + 1, fused));
      return curves;
    });
    const run = { runId: "seeds", name: "A", color: 0, curves: seeds };
    const { lines } = chartsOf(2, null)[0]!;
    const series = seriesOf({ lines, splits: [] }, [run], { ...DEFAULT_VIEW, x: "step", smoothing: 0 });
    const { points, band, outline } = series.find(({ name }) => name === "Fused")!;
    expect(points).toEqual({ x: Float64Array.of(1, 2, 3), y: Float64Array.of(0.75, 0.375, 0.125) });
    expect([...band!.low.y]).toEqual([0.5, 0.25, 0]);
    expect([...band!.high.y]).toEqual([1, 0.5, 0.25]);
    expect(outline).toBeNull();
  });
});
