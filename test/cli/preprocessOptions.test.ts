import { expect, it } from "vitest";
import { parseArguments, UsageError } from "../../src/cli/arguments.ts";
import { preprocessSpec, rulesOf } from "../../src/cli/preprocessOptions.ts";

function rules(...args: string[]) {
  const given = ["--input=a", "--output=b", ...args];
  return rulesOf(parseArguments(given, preprocessSpec).values, {});
}

function refusal(...args: string[]): string {
  try {
    rules(...args);
  } catch (cause) {
    if (cause instanceof UsageError) return cause.message;
    throw cause;
  }
  throw new Error("it was taken");
}

it("speaks of the shares that were given", () => {
  expect(refusal("--vocabulary=c", "--valid_share=0.5")).toContain("give --test_share beside --valid_share");
  expect(rules("--vocabulary=c", "--valid_share=0.5", "--test_share=0.5")).toMatchObject({
    validShare: 0.5,
    testShare: 0.5,
  });
  expect(refusal("--valid_share=0.95")).toContain("more than 1 together");
});

it.each(["--test_share=0.3", "--valid_share=0.3"])("refuses %s where no rows are dealt", (share) => {
  expect(refusal("--split=none", share)).toContain("leave --test_share and --valid_share out");
  expect(rules("--split=none", "--test_share=0").split).toBe("none");
});
