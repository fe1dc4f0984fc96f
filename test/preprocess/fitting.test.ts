// Rows of every kind of files that take the ids of a data set that exists.

import { expect, it } from "vitest";
import { openIdRows } from "../../src/preprocess/formats/idRows.ts";
import { blobInput } from "../../src/preprocess/formats/input.ts";
import type { LogSource } from "../../src/preprocess/formats/logSource.ts";
import { goldenFiles } from "./formats/golden.ts";
import { importFiles, importSource } from "./formats/opened.ts";

/** A file of such rows: an integer each, and the ids of two categories in one space that begins with `firstId`. */
function idRows(rows: [integer: number, C1: number, C2: number][], firstId = 0): Promise<LogSource> {
  const record = {
    where: "record 0",
    labels: rows.map((_, i) => i % 2),
    ids: rows.flatMap(([, C1, C2]) => [0, C1, C2].map((id) => firstId + id)),
    values: rows.flatMap(([integer]) => [integer, 1, 1]),
  };
  async function* read() {
    yield record;
  }
  const file = blobInput("rows.tfrecord", new Blob([]));
  return openIdRows({ name: "TFRecord", read }, [{ file, head: new Uint8Array() }], {
    layout: { integers: 1, categories: 2 },
  });
}
const someRows = Array.from({ length: 300 }, (_, i): [number, number, number] => [
  i / 400,
  3 + (i % 4),
  7 + (i % 5),
]);

it("keeps fractions of id rows at the data set's scale, whatever the rows themselves would have", async () => {
  const base = await importSource(await idRows(someRows), { split: "none" });
  expect(base.manifest.columns[0]).toMatchObject({ scale: 1e9 });
  const larger = await importSource(await idRows([...someRows, [5, 3, 7]]), { split: "none" }, base);
  expect(larger.rows.train).toEqual(base.rows.train);
  expect(larger.manifest.badLineExamples).toMatchObject([{ line: 300 }]);
});

it("refuses FuxiCTR's ids, which are not the data set's", async () => {
  const files = goldenFiles(/json|parquet/, "fuxictr");
  const base = await importFiles(files);
  await expect(importFiles(files, {}, {}, base)).rejects.toMatchObject({
    problem: { code: "vocabulary-of-other-columns" },
  });
});

it("says of a data set with another's ids by which rules they were chosen", async () => {
  const csv = `label,I1,C1\n${"1,2,aaaaaaaa\n0,3,bbbbbbbb\n".repeat(20)}`;
  const base = await importFiles(
    { "base.csv": csv },
    {},
    { rule: "at-least", threshold: 7, idOrder: "first-seen" },
  );
  const { manifest } = await importFiles({ "tomorrow.csv": csv }, {}, {}, base);
  expect(manifest.rules).toMatchObject({ rule: "at-least", threshold: 7, idOrder: "first-seen" });
  expect(manifest.rules).toMatchObject({ fittedOn: "given", testShare: 1 });
});
