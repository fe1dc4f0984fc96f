import { expect, it } from "vitest";
import { addressOf, TAB_NAMES, viewOf, viewsOf } from "../../src/ui/tab.ts";

it("finds every view again by its address", () => {
  const views = TAB_NAMES.flatMap(viewsOf);
  expect(views.map((view) => viewOf(addressOf(view)))).toEqual(views);
});

it("opens a tab's first view where the address names none of them, and leaves other hashes alone", () => {
  expect(viewOf("#training")).toBe("curves");
  expect(viewOf("#training/nothing")).toBe("curves");
  for (const hash of ["", "#v1=abc", "#nothing"]) expect(viewOf(hash)).toBe(null);
});
