import { expect, it } from "vitest";
import { createControl } from "../../src/train/control.ts";

it("pauses after the step under way, also when asked in the middle of it", () => {
  const control = createControl();
  expect(control.waiting).toBe(false);
  control.pause();
  control.stepped();
  expect(control.waiting).toBe(true);
  control.allow(2);
  control.stepped();
  expect(control.waiting).toBe(false);
  control.stepped();
  expect(control.waiting).toBe(true);
});
