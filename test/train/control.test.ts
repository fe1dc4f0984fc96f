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

it("stands still while anybody holds it, and afterwards does what was asked for last", async () => {
  const control = createControl();
  const [first, second] = [control.hold(), control.hold()];
  let isAllowed = false;
  const permitted = control.permission().then(() => {
    isAllowed = true;
  });
  first();
  first();
  control.resume();
  await Promise.resolve();
  expect({ isAllowed, waiting: control.waiting }).toEqual({ isAllowed: false, waiting: true });
  second();
  await permitted;
  expect(control.waiting).toBe(false);
  const third = control.hold();
  control.pause();
  third();
  expect(control.waiting).toBe(true);
  control.hold();
  control.stop();
  expect(control.waiting).toBe(false);
});
