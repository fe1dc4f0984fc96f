// Times of the day are the same numbers in Arrow and in Parquet, which has no seconds.

import { Int32, makeData, makeVector, Table, TimeSecond, tableToIPC, vectorFromArray } from "apache-arrow";
import { expect, it } from "vitest";
import { importFiles } from "./opened.ts";

it("reads seconds of the day as the milliseconds that Parquet has of them", async () => {
  const click = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 1 : 0));
  const seconds = makeVector(
    makeData({ type: new TimeSecond(), data: Int32Array.from(click, (_, i) => 3600 * (i % 24)) }),
  );
  const table = new Table({ click: vectorFromArray(click, new Int32()), tod: seconds });
  const { rows } = await importFiles(
    { "times.arrow": Uint8Array.from(tableToIPC(table, "file")) },
    {},
    { threshold: 0, testShare: 0, validShare: 0 },
  );
  expect(rows.train.map((row) => row[1])).toEqual(click.map((_, i) => 3_600_000 * (i % 24)));
});
