// How far preprocessing says that it is.

import { expect, it } from "vitest";
import { createPacer } from "../../src/preprocess/pace.ts";

it("says nothing of the time that is left before something is done, in every stage", () => {
  const pacer = createPacer(1000);
  expect(pacer.lines({ stage: "count", lines: 0, totalLines: null }).secondsLeft).toBe(null);
  pacer.bytes(500);
  expect(pacer.lines({ stage: "count", lines: 10, totalLines: null })).toMatchObject({
    share: 0.5,
    secondsLeft: expect.any(Number),
  });
  expect(pacer.lines({ stage: "encode", lines: 0, totalLines: 20 })).toMatchObject({
    share: 0,
    secondsLeft: null,
  });
});
