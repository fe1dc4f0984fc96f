import { expect, it } from "vitest";
import { aucLine, lossLine } from "../../src/cli/trainLogs.ts";
import type { EvaluationPoint, ProgressPoint } from "../../src/runs/events.ts";

const position = {
  step: 12,
  epoch: 2,
  rowsSeen: 120,
  activeSeconds: 1,
  time: new Date(2022, 5, 27, 15, 26, 29).getTime(),
};

it("writes a loss as MindSpore's README shows it, the step counted within its epoch", () => {
  const point = { ...position, total: 0.4989 } as ProgressPoint;
  expect(lossLine(point, 10)).toBe("2022-06-27 15:26:29 epoch: 2 step: 2, loss is 0.4989");
});

it("writes an evaluation as MindSpore's README shows it", () => {
  const point = {
    ...position,
    auc: { branches: [], fused: 0.75 },
    seconds: 1.5,
  } as unknown as EvaluationPoint;
  expect(aucLine(point)).toBe("{'result': {'AUC': 0.75, 'eval_time': 1.5}}");
});
