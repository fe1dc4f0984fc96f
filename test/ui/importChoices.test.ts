// What the import dialog offers first, asks the worker for, and refuses.

import { describe, expect, it } from "vitest";
import type { LogReport } from "../../src/datasets/requests.ts";
import type { TableColumn } from "../../src/preprocess/formats/columns.ts";
import type { ColumnRole } from "../../src/preprocess/roles.ts";
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
  isCounted: false,
  byteLength: 1000,
  rows: 2000,
  files: [{ name: "clicks.tsv", split: null }],
  splitsUnclear: null,
  leftOut: [],
  table: null,
  layout: null,
  columns: { integers: 13, categories: 26 },
  bad: { lines: 0, of: 2000, example: null },
  time: null,
  recommended: {},
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
  return optionsOf({ ...firstChoices(of), ...choices }, of, {}, { type: "device", id: "open" });
}

it("asks for what is offered first", () => {
  expect(chosen(report, {})).toEqual({
    name: "clicks",
    rows: null,
    said: {},
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

describe("the columns of a table", () => {
  const column = (name: string, role: ColumnRole, click?: string): TableColumn => ({
    name,
    role,
    samples: ["1", "2"],
    values: [],
    ...(click !== undefined && { click }),
  });
  const table = [column("click", "label", "1"), column("site_id", "category"), column("hour", "time")];
  const avazu: LogReport = { ...report, table, layout: "Avazu" };

  it("are asked for as they were changed, and left as they are guessed otherwise", () => {
    expect(chosen(avazu, {}).said).toEqual({});
    const changed = [table[0]!, column("site_id", "ignore"), column("hour", "category")];
    expect(chosen(avazu, { columns: changed }).said).toEqual({
      columns: [
        { name: "click", role: "label", click: "1" },
        { name: "site_id", role: "ignore" },
        { name: "hour", role: "category" },
      ],
    });
    expect(chosen(avazu, { columns: changed, ids: "open" }).said).toEqual({});
  });

  it.each([
    ["no label", [column("click", "ignore"), table[1]!], "columns-without-label"],
    ["two labels", [table[0]!, column("like", "label")], "columns-with-labels"],
    ["nothing to learn from", [table[0]!, table[2]!], "columns-without-features"],
  ])("are refused with %s", (_, columns, code) => {
    expect(faultOf(chosen(avazu, { columns }), avazu)).toMatchObject({ code, control: "import.columns" });
  });

  it("fit an open data set by their names, whatever their number", () => {
    const open = (...names: string[]) => ({
      columns: names.map((name) => ({
        name,
        kind: "category" as const,
        missingShare: 0,
        distinct: 2,
        frequent: 2,
        numbers: null,
      })),
    });
    expect(misfitOf(avazu, open("site_id"))).toBe(null);
    expect(misfitOf(avazu, open("site_id", "app_id"))).toContain('no column "app_id"');
  });
});
