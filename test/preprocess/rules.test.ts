// What a person chooses of a data set's rules, and what of it is refused, in the page as on the command line.

import { expect, it } from "vitest";
import { parseArguments } from "../../src/cli/arguments.ts";
import { preprocessSpec, rulesOf as rulesOfOptions } from "../../src/cli/preprocessOptions.ts";
import {
  DEFAULT_RULES,
  faultOfLayout,
  faultOfRows,
  faultOfRules,
  type RuleChoices,
  rulesOf,
} from "../../src/preprocess/rules.ts";

const GIVEN = { split: "given", testShare: 0, validShare: 0 } as const;

it("takes what was chosen, else what the files imply", () => {
  const base = { ...DEFAULT_RULES, ...GIVEN };
  expect(rulesOf(base, { threshold: 0, seed: undefined })).toEqual({ ...base, threshold: 0 });
  const fitted = { ...base, fittedOn: "given" } as const;
  expect(rulesOf(fitted, { fittedOn: "all" })).toEqual(fitted);
});

it.each<[RuleChoices, string, string, string?]>([
  [{ threshold: Number.NaN }, "import.threshold", "--threshold=-1"],
  [{ seed: 4294967296 }, "import.seed", "--seed=4294967296"],
  [{ testShare: 1.5 }, "import.testShare", "--test_share=1.5"],
  [{ validShare: -0.1 }, "import.validShare", "--valid_share=-0.1"],
  [{ testShare: 0.6, validShare: 0.6 }, "import.validShare", "--test_share=0.6", "--valid_share=0.6"],
  [{ split: "mindspore", validShare: 0.1 }, "import.validShare", "--split=mindspore", "--valid_share=0.1"],
  [{ split: "mindspore", fittedOn: "train" }, "import.fittedOn", "--split=mindspore", "--fitted_on=train"],
])("refuses %j at %s", (choices, control, ...args) => {
  expect(faultOfRules(rulesOf(DEFAULT_RULES, choices))).toMatchObject({ control });
  const { values } = parseArguments(["--output=x", ...(args as string[])], preprocessSpec);
  const option = control.replace(/.*\.(\w+?)([A-Z].*)?$/, "--$1");
  expect(() => rulesOfOptions(values, {})).toThrow(option);
});

it("refuses shares of rows that are splits already", () => {
  const fault = faultOfRules(rulesOf({ ...DEFAULT_RULES, ...GIVEN }, { testShare: 0.1 }));
  expect(fault).toMatchObject({ code: "shares-of-named-splits" });
  expect(faultOfRules({ ...DEFAULT_RULES, ...GIVEN })).toBe(null);
});

it("refuses numbers of rows and columns that no log has", () => {
  expect([faultOfRows(0), faultOfRows(1.5)].map((fault) => fault?.code)).toEqual(
    Array(2).fill("rows-invalid"),
  );
  expect(faultOfRows(1)).toBe(null);
  expect(faultOfLayout({ integers: 2, categories: 3 })).toBe(null);
  expect(faultOfLayout({ integers: 0, categories: 0 })?.control).toBe("import.integers");
  expect(faultOfLayout({ integers: 1, categories: -1 })?.control).toBe("import.categories");
  expect(faultOfLayout({ integers: 4000, categories: 97 })?.control).toBe("import.integers");
});
