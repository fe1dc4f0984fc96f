import { expect, it } from "vitest";
import { z } from "../../src/base/zod.ts";
import { embedded, formatOf, parseDataFile } from "../../src/runs/dataFile.ts";

it("knows a file of the studio by its format, in JSON and in a report", () => {
  const formats = ["final-studio-race", "final-studio-arena"] as const;
  expect(formatOf('{"format":"final-studio-arena","version":1}', formats)).toBe("final-studio-arena");
  expect(formatOf('{\n  "format": "final-studio-race"', formats)).toBe("final-studio-race");
  const report = `<!doctype html>${embedded("final-studio-race", ["{}"]).join("")}`;
  expect(formatOf(report, formats)).toBe("final-studio-race");
  for (const other of ['{"format":"final-studio-runs"}', '{"a": "final-studio-race"}', "<p>race</p>", ""])
    expect(formatOf(other, formats)).toBeNull();
});

it.each([
  ["", { where: "", reason: "it is empty" }],
  ['{"format":"made",', { where: "", reason: "it is JSON that breaks off" }],
  ['{"rows":1}', { where: "format", reason: "made is missing" }],
  ['{"format":"made"}', { where: "rows", reason: "a number is missing" }],
  ['{"format":"made","rows":"many"}', { where: "rows", reason: '"many" is not a number' }],
  ['{"format":"other","rows":1}', { where: "format", reason: '"other" is not one of made' }],
])("says in plain words what is wrong with %j", (text, fault) => {
  const schema = z.object({ format: z.literal("made"), rows: z.number() });
  expect(parseDataFile("made", schema, text)).toEqual(fault);
});
