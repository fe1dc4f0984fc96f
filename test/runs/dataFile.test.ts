import { expect, it } from "vitest";
import { embedded, formatOf } from "../../src/runs/dataFile.ts";

it("knows a file of the studio by its format, in JSON and in a report", () => {
  const formats = ["final-studio-race", "final-studio-arena"] as const;
  expect(formatOf('{"format":"final-studio-arena","version":1}', formats)).toBe("final-studio-arena");
  expect(formatOf('{\n  "format": "final-studio-race"', formats)).toBe("final-studio-race");
  const report = `<!doctype html>${embedded("final-studio-race", ["{}"]).join("")}`;
  expect(formatOf(report, formats)).toBe("final-studio-race");
  for (const other of ['{"format":"final-studio-runs"}', '{"a": "final-studio-race"}', "<p>race</p>", ""])
    expect(formatOf(other, formats)).toBeNull();
});
