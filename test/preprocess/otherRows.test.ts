// Rows that take the ids of a data set: read as it means them, or said where they look unlike its own.

import { describe, expect, it } from "vitest";
import { columnsLike } from "../../src/preprocess/fitting.ts";
import { importFiles } from "./formats/opened.ts";

const ROWS = Array.from({ length: 200 }, (_, i) => ({
  click: i % 4 ? "0" : "1",
  price: (i * 7) % 50,
  user: `u${i % 9}`,
}));

function csv(click: (own: string) => string, price: (own: number) => number | ""): string {
  return [
    "click,price,user",
    ...ROWS.map((row) => `${click(row.click)},${price(row.price)},${row.user}`),
  ].join("\n");
}
const own = <T>(value: T) => value;
const trained = await importFiles({ "log.csv": csv(own, own) }, {}, { threshold: 0, testShare: 0 });

async function taken(content: string) {
  const like = columnsLike(trained.manifest);
  const { manifest, warning } = await importFiles(
    { "next.csv": content },
    { like },
    { testShare: 1 },
    trained,
  );
  return { clicks: manifest.splits.test.positives, warning: warning?.sentence };
}

it.each([
  ["yes and no", "yes", "no"],
  ["True and False", "True", "False"],
  ["1.0 and 0.0", "1.0", "0.0"],
])("are read with a label of %s where the data set has 1 and 0", async (_, yes, no) => {
  expect(await taken(csv((click) => (click === "1" ? yes : no), own))).toEqual({
    clicks: 50,
    warning: undefined,
  });
});

describe("are warned of where their numbers", () => {
  it.each<[string, (price: number) => number | "", string]>([
    [
      "are missing nearly everywhere",
      (price) => (price === 7 ? price : ""),
      "price has no number in 98 % of the rows of imported, and in 0 % of those that",
    ],
    [
      "are of a larger unit",
      (price) => price * 100,
      "98 % of the numbers of price in imported lie outside 0 to 49",
    ],
    [
      "are of a smaller unit",
      (price) => Math.floor(price / 10),
      "100 % of the numbers of price in imported lie below 12",
    ],
  ])("%s", async (_, price, sentence) => {
    expect((await taken(csv(own, price))).warning).toContain(sentence);
  });

  it("are few, or like the data set's own, in no word", async () => {
    expect((await taken(csv(own, (price) => price + 5))).warning).toBeUndefined();
    const few = csv(own, (price) => price * 100)
      .split("\n")
      .slice(0, 12)
      .join("\n");
    expect((await taken(few)).warning).toBeUndefined();
  });
});
