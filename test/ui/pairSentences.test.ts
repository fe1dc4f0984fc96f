// An arena's pairs as the page says them, drawn without a browser.

import { MantineProvider } from "@mantine/core";
import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { PairSentences } from "../../src/ui/arena/PairSentences.tsx";

/** Sentences that stand open, and those that are folded, of so many pairs, of which every third has a better member. */
function drawn(count: number): { open: string[]; folded: string[]; title: string } {
  const pairs = Array.from({ length: count }, (_, i) => ({
    first: i,
    second: i + 1,
    verdict: { sentence: `Pair ${i}.`, notes: ["A note."], better: i % 3 === 0 ? ("first" as const) : null },
  }));
  const sentences = createElement(PairSentences, { pairs, testId: "pair" });
  const html = renderToStaticMarkup(createElement(MantineProvider, null, sentences));
  const [open = "", folded = ""] = html.split("<details");
  const pairsIn = (text: string) => text.match(/Pair \d+\./g) ?? [];
  const title = /<summary>(.*)<\/summary>/.exec(folded)?.[1] ?? "";
  return { open: pairsIn(open), folded: pairsIn(folded), title };
}

it("shows every pair of a few, and of many those in which a member is better", () => {
  expect(drawn(6)).toEqual({ open: [0, 1, 2, 3, 4, 5].map((i) => `Pair ${i}.`), folded: [], title: "" });
  expect(drawn(10)).toEqual({
    open: [0, 3, 6, 9].map((i) => `Pair ${i}.`),
    folded: [1, 2, 4, 5, 7, 8].map((i) => `Pair ${i}.`),
    // One that ranks better by AUC alone is among them: nothing may be said of all that is not true of it.
    title: "The other 6 of 10 pairs, without a clear winner",
  });
});
