import { expect, it } from "vitest";
import type { Inspection } from "../../src/metrics/inspection.ts";
import { createInspections } from "../../src/store/training/inspections.ts";

const inspection: Inspection = { rows: 1, calibrations: [null], branches: null };

it("keeps the points of one run, thinned where there are many, and always the newest", () => {
  const { store, add } = createInspections();
  add("before", { step: 1, rowsSeen: 1, inspection });
  for (let step = 1; step <= 1000; step++) add("run", { step, rowsSeen: step, inspection });
  const { runId, points } = store.getState();
  expect(runId).toBe("run");
  expect(points.length).toBeGreaterThan(100);
  expect(points.length).toBeLessThanOrEqual(200);
  expect(points.at(-1)!.step).toBe(1000);
  const steps = points.map(({ step }) => step);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
});
