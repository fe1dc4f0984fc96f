// The kept runs' data: files, links, and what is drawn of long curves.

import { expect, it } from "vitest";
import { inspect } from "../../src/metrics/inspection.ts";
import { preset } from "../../src/model/presets.ts";
import { runInsightOf } from "../../src/runs/runInsight.ts";
import { runInspectionOf } from "../../src/runs/runInspection.ts";
import { parseRunsFile, runsToCsv, runsToJson } from "../../src/runs/runsFile.ts";
import { reportHtml } from "../../src/runs/runsReport.ts";
import { DEFAULT_VIEW, moved, zoomed } from "../../src/store/charts/chartView.ts";
import { curveOutline, drawnLine } from "../../src/store/charts/curveLines.ts";
import { parseHash, toHash } from "../../src/store/configuration/share.ts";
import { madeRun } from "./madeRun.ts";

const STEPS = 20_000;

it("reads its own files again, bit for bit, from JSON and from a report", () => {
  const run = madeRun(STEPS);
  for (const parts of [runsToJson([run]), reportHtml([run], ["<svg></svg>"])]) {
    const parsed = parseRunsFile("file", parts.join(""));
    if (!parsed.ok) throw new Error(parsed.problem.sentence);
    const [read] = parsed.value;
    expect(read!.record).toEqual(run.record);
    for (const name of run.curves.progress.names)
      expect(read!.curves.progress.column(name)).toEqual(run.curves.progress.column(name));
    expect(read!.curves.evaluations.test.column("aucLow")).toEqual(
      run.curves.evaluations.test.column("aucLow"),
    );
  }
});

it("has the means over the seeds of a configuration in a report and in JSON", () => {
  const run = madeRun(10);
  const ofSeed = (seed: number, split: "valid" | "test", logLoss: number, auc: number) => ({
    ...run,
    record: {
      ...run.record,
      runId: `seed-${seed}`,
      name: `A · seed ${seed}`,
      status: "completed" as const,
      config: { ...run.record.config, seed },
      results: {
        best: null,
        last: { split, step: 10, logLoss },
        testAuc: { value: auc, low: null, high: null },
      },
    },
  });
  const runs = [ofSeed(1, "test", 0.44, 0.76), ofSeed(2, "test", 0.45, 0.77), ofSeed(3, "test", 0.46, 0.78)];
  // t(0.975, 2) · 0.01 / √3 = 0.0248
  expect(reportHtml(runs, []).join("")).toContain(
    `<th scope="row">A</th><td>1, 2, 3</td><td>${run.record.data.name}</td><td>0.450 ± 0.025 (test)</td><td>0.770 ± 0.025</td>`,
  );
  const { meansOverSeeds } = JSON.parse(runsToJson(runs).join(""));
  expect(meansOverSeeds).toMatchObject([
    {
      name: "A",
      seeds: [1, 2, 3],
      splits: ["test"],
      logLoss: { seeds: 3 },
      testAuc: { mean: expect.closeTo(0.77, 9) },
    },
  ]);
  expect(meansOverSeeds[0].logLoss.radius).toBeCloseTo(0.02484, 5);
  const mixed = reportHtml([runs[0]!, ofSeed(2, "valid", 0.45, 0.77)], []).join("");
  expect(mixed).toContain("– (evaluated on different splits)");
  expect(reportHtml([runs[0]!], []).join("")).not.toContain("Means over seeds");
});

it("has a run's evaluations in a report's table", () => {
  const html = reportHtml([madeRun(10)], []).join("");
  expect(html).toContain("<td>test rows of tomorrow</td><td>50</td><td>best, step 7</td>");
  expect(html).toContain("<td>0.4100 (95 %: 0.4000 – 0.4200)</td>");
});

it("has what a run's model has learned in its report, and reads it again", () => {
  const head = (mean: number) => ({ mean, radius: 0.001 });
  const drops = (mean: number) => ["a", "b", "fused"].map(() => ({ logLoss: head(mean), auc: null }));
  const importance = { step: 7, rows: 90, repeats: 1 };
  const field = { embeddingNorm: 1, updateRate: null, unseenShare: 0, gates: [] };
  const insight = runInsightOf(
    {
      step: 9,
      rowsSeen: 900,
      split: "valid",
      rows: 90,
      columns: ["C1", "<b>", "C3"],
      fields: [
        { ...field, column: 0, importance: { ...importance, column: 0, drops: drops(0.01) } },
        { ...field, column: 1, importance: { ...importance, column: 1, drops: drops(0.02) } },
        { ...field, column: 2, importance: null },
      ],
      interactions: {
        step: 9,
        rows: 50,
        columns: [0, 1],
        pairs: [{ columns: [0, 1], heads: [head(0.1), head(0.2), head(0.3)] }],
        triples: [],
      },
      seconds: 1,
      trainedSeconds: 100,
    },
    {
      step: 8,
      rowsSeen: 800,
      rows: 256,
      batchRows: 1024,
      parts: [{ part: "branch1/unit0", clicks: 0.5, distillation: 0.25, cosine: -0.125 }],
      seconds: 1,
      trainedSeconds: 100,
    },
  )!;
  expect(insight.fields.map(({ column }) => column)).toEqual(["<b>", "C1"]);
  const { record, curves } = madeRun(10);
  const html = reportHtml([{ record: { ...record, insight }, curves }], []).join("");
  expect(html).toContain("&lt;b></th><td>0.02000 ± 0.00100</td>");
  expect(html).toContain("C1 × &lt;b></th><td>10.0 ± 0.10 %</td>");
  expect(html).toContain("Branch 2, unit 1</th><td>0.5000</td><td>0.2500</td><td>-0.125</td>");
  const read = parseRunsFile("file", html);
  expect(read.ok && read.value[0]!.record.insight).toEqual(insight);
});

it("has an evaluation's slices in a report and in JSON", () => {
  const interval = { value: 0.4, low: 0.3, high: null };
  const head = {
    logLoss: interval,
    auc: null,
    predicted: 0.2,
    copc: { value: 1.1, low: 0.8, high: 1.2 },
    p: 0.03,
  };
  const slices = { by: "C<1>", slices: [{ name: "a & b", rows: 9, clicks: 2, heads: [head, head, head] }] };
  const { record, curves } = madeRun(10);
  const evaluations = record.evaluations.map((evaluation) => ({ ...evaluation, slices }));
  const html = reportHtml([{ record: { ...record, evaluations }, curves }], []).join("");
  expect(html).toContain("<h2>Slices by C&lt;1>:");
  expect(html).toContain(
    '<th scope="row">a &amp; b</th><td>9</td><td>2</td><td>0.4000 (0.3000 – ∞)</td><td>–</td><td>1.1000 (0.8000 – 1.2000)</td><td>0.030</td>',
  );
  const read = parseRunsFile("file", html);
  expect(read.ok && read.value[0]!.record.evaluations[0]!.slices).toEqual(slices);
});

it("refuses files that are not whole, and says where", () => {
  const file = JSON.parse(runsToJson([madeRun(STEPS)]).join(""));
  const where = (change: (run: (typeof file)["runs"][0]) => void) => {
    const changed = structuredClone(file);
    change(changed.runs[0]);
    const parsed = parseRunsFile("file.json", JSON.stringify(changed));
    return parsed.ok ? "no problem" : parsed.problem.sentence;
  };
  expect(where((run) => run.progress.logLoss0.pop())).toContain("runs.0.progress: logLoss0 has 19999 points");
  expect(where((run) => run.progress.step.reverse())).toContain("step does not rise");
  expect(where((run) => (run.progress.evil = run.progress.step))).toContain("called evil");
  expect(where((run) => (run.record.config.batchSize = 0))).toContain("runs.0.record.config");
  expect(where((run) => (run.record.color = 99))).toContain("runs.0.record.color");
});

it("writes every point as a row of CSV", () => {
  const { record, curves } = madeRun(STEPS);
  const run = { record: { ...record, name: 'a "b", c' }, curves };
  const lines = runsToCsv([run]).join("").trimEnd().split("\n");
  expect(lines).toHaveLength(1 + STEPS + 3);
  expect(lines[0]).toMatch(/^run_id,run,seed,data,status,curve,step,/);
  const { runId, config, data, status } = record;
  expect(lines[1]).toMatch(
    new RegExp(`^${runId},"a ""b"", c",${config.seed},${data.name},${status},train,1,`),
  );
});

it("takes the lowest and the last evaluation, and the AUC with its interval", () => {
  const { best, last, testAuc } = madeRun(STEPS).record.results;
  expect(best!.logLoss).toBeCloseTo(0.4, 6);
  expect(last!.logLoss).toBeCloseTo(0.45, 6);
  expect(testAuc!.high! - testAuc!.low!).toBeCloseTo(0.02, 6);
});

it("thins a long curve to its means, and its outline to the extremes that are there", () => {
  const { progress } = madeRun(STEPS).curves;
  const request = { column: "logLossFused", x: "step", window: null, most: 150, smoothing: 0 } as const;
  const line = drawnLine(progress, request);
  expect(line.x.length).toBeLessThanOrEqual(150);
  expect(Math.max(...line.y) - Math.min(...line.y)).toBeLessThan(0.3);
  const outline = curveOutline(progress, { ...request, most: 800 });
  expect(outline.x.length).toBeLessThanOrEqual(800);
  const values = progress.column("logLossFused");
  expect(Math.max(...outline.y)).toBe(Math.max(...values));
  expect(Math.min(...outline.y)).toBe(Math.min(...values));
  const within = drawnLine(progress, { ...request, window: [100, 140] });
  expect([within.x[0], within.x.at(-1)]).toEqual([99, 140]);
});

it("smooths from the first point on, whatever the window", () => {
  const { progress } = madeRun(STEPS).curves;
  const request = { column: "logLossFused", x: "step", most: STEPS, smoothing: 0.9 } as const;
  const whole = drawnLine(progress, { ...request, window: null });
  const part = drawnLine(progress, { ...request, window: [5000, 5010] });
  expect(part.y).toEqual(whole.y.slice(4998, 5010));
});

it("zooms and moves a window within what there is", () => {
  expect(zoomed([0, 100], 0.5, [0, 100])).toEqual([25, 75]);
  expect(zoomed([25, 75], 4, [0, 100])).toBeNull();
  expect(moved([25, 75], 1, [0, 100])).toEqual([50, 100]);
  expect(moved([25, 75], -1, [0, 100])).toEqual([0, 50]);
});

it("carries every preset in a link below 2 kB, and refuses one that was changed", async () => {
  for (const name of ["demo", "mindspore", "fuxictr-x4-2b"] as const) {
    const { data } = madeRun(STEPS).record;
    const shared = { config: preset(name), data, view: DEFAULT_VIEW };
    const hash = await toHash(shared);
    if (!hash.ok) throw new Error(hash.problem.sentence);
    expect(hash.value.length).toBeLessThan(2000);
    expect(await parseHash(hash.value)).toEqual({ ok: true, value: shared });
    expect((await parseHash(hash.value.slice(0, -9))).ok).toBe(false);
    expect((await parseHash(hash.value.replace("v1", "v2"))).ok).toBe(false);
  }
  expect(await parseHash("#elsewhere")).toEqual({ ok: true, value: null });
});

it("draws in a report whether probabilities are true, and how branches agree, of what is kept of a run", () => {
  const labels = Float32Array.from({ length: 400 }, (_, r) => (r % 4 === 0 ? 1 : 0));
  const logits = [0.5, 0.7, 0.6].map((scale) => labels.map((label, r) => scale * (label - 1 + (r % 7) / 3)));
  const inspected = inspect({ labels, logits, fusionWeights: null }, "mean");
  const inspection = runInspectionOf(12, inspected);
  expect(inspection.density!.held.reduce((sum, [, rows]) => sum + rows, 0)).toBe(400);
  expect(inspection.density!.held.reduce((sum, [, , clicks]) => sum + clicks, 0)).toBe(100);
  const { record, curves } = madeRun(10);
  const html = reportHtml([{ record: { ...record, inspection, evaluations: [] }, curves }], []).join("");
  expect(html).toContain("after step 12, on 400 test rows</h2>");
  expect(html.match(/<polyline /g)).toHaveLength(3);
  expect(html.match(/fill-opacity="0\.\d\d"|fill-opacity="1\.00"/g)).toHaveLength(
    inspection.density!.held.length,
  );
  expect(html).toContain(`Fused: COPC ${inspected.calibrations[2]!.copc.toFixed(3)}`);
  const read = parseRunsFile("file", html);
  expect(read.ok && read.value[0]!.record.inspection).toEqual(inspection);
});
