// What the import dialog offers first, asks the worker for, and refuses.

import { expect, it } from "vitest";
import type { LogReport } from "../../src/datasets/requests.ts";
import { NAMED_RULES } from "../../src/preprocess/rules.ts";
import {
  faultOf,
  firstChoices,
  type ImportChoices,
  misfitOf,
  optionsOf,
} from "../../src/ui/data/importChoices.ts";

const report: LogReport = {
  name: "clicks",
  format: "Criteo's log",
  isText: true,
  byteLength: 1000,
  rows: 2000,
  files: [{ name: "clicks.tsv", split: null }],
  splitsUnclear: null,
  columns: { integers: 13, categories: 26 },
  bad: { lines: 0, of: 2000, example: null },
  time: null,
  numbers: false,
  hasIds: false,
  rules: NAMED_RULES.studio,
  bytesPerRow: 76,
  freeBytes: null,
};
const named: LogReport = {
  ...report,
  files: [
    { name: "train.csv", split: "train" },
    { name: "test.csv", split: "test" },
  ],
};

function chosen(of: LogReport, choices: Partial<ImportChoices>) {
  return optionsOf({ ...firstChoices(of), ...choices }, of, null, { type: "device", id: "open" });
}

it("asks for what is offered first", () => {
  expect(chosen(report, {})).toEqual({
    name: "clicks",
    rows: null,
    layout: null,
    numbers: null,
    vocabularyOf: null,
    rules: {
      threshold: 10,
      rule: "over",
      split: "hash",
      seed: 2020,
      testShare: 0.1,
      validShare: 0.1,
      fittedOn: "train",
      idOrder: "count",
    },
  });
  expect(chosen({ ...report, rows: 9e6 }, {})).toMatchObject({ rows: 1e6, rules: { threshold: 100 } });
});

it("leaves the splits to the files' names, unless rows are to be dealt anew", () => {
  expect(chosen(named, {}).rules).not.toHaveProperty("split");
  expect(chosen(named, {}).rules).not.toHaveProperty("testShare");
  expect(chosen(named, { split: "mindspore" }).rules).toMatchObject({ split: "mindspore", testShare: 0.1 });
  expect(chosen(named, { split: "none" }).rules).not.toHaveProperty("testShare");
});

it("says nothing about ids that are there already, nor about an open data set's", () => {
  const numbered = { ...report, isText: false, hasIds: true };
  expect(Object.keys(chosen(numbered, {}).rules)).toEqual([
    "fittedOn",
    "split",
    "testShare",
    "validShare",
    "seed",
  ]);
  expect(chosen(report, { numbers: true })).toMatchObject({ numbers: true });
  expect(chosen(report, { numbers: true }).rules).not.toHaveProperty("idOrder");
  expect(chosen(report, { ids: "open", split: "mindspore", fittedOn: "train" })).toMatchObject({
    rules: { split: "hash" },
    vocabularyOf: { id: "open" },
  });
  expect(chosen(named, { ids: "open" }).rules).toEqual({});
});

it.each<[Partial<ImportChoices>, string | undefined]>([
  [{}, undefined],
  [{ part: "first", rows: "many" }, "import.rows"],
  [{ rows: "many" }, undefined],
  [{ threshold: "" }, "import.threshold"],
  [{ testShare: 0.8, validShare: 0.3 }, "import.validShare"],
  [{ testShare: 0.8, validShare: 0.3, split: "none" }, undefined],
  [{ split: "mindspore", fittedOn: "train", validShare: 0 }, "import.fittedOn"],
  [{ split: "mindspore", fittedOn: "train", ids: "open" }, undefined],
])("finds the fault of %j at %s", (choices, control) => {
  expect(faultOf(chosen(report, choices), report)?.control).toBe(control);
});

it("offers an open data set's ids only where the columns are the same", () => {
  const columns = (integers: number, categories: number) =>
    Array.from({ length: integers + categories }, (_, i) => ({
      name: `${i}`,
      missingShare: 0,
      distinct: 1,
      frequent: 1,
      numbers: null,
      kind: i < integers ? ("integer" as const) : ("category" as const),
    }));
  expect(misfitOf(report, { columns: columns(13, 26) })).toBe(null);
  expect(misfitOf(report, { columns: columns(2, 37) })).toContain("2 columns of integers and 37");
});
