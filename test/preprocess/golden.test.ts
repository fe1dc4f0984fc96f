// What MindSpore's own preprocessing makes of 240 log lines: test/golden/preprocess-mindspore.json.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { integerColumns } from "../../src/shards/manifest.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { makeDataset } from "./made.ts";

interface Golden {
  threshold: number;
  lines: string[];
  ids: number[][];
  weights: number[][];
  denseMax: number[];
  vocabSize: number;
  valueIds: Record<string, number>;
}

const golden: Golden = JSON.parse(
  readFileSync(new URL("../golden/preprocess-mindspore.json", import.meta.url), "utf8"),
);

describe("MindSpore's preprocessing of 240 lines", async () => {
  const { folder, manifest } = await makeDataset(golden.lines.join("\n"), {
    threshold: golden.threshold,
    split: "none",
    testShare: 0,
  });
  const dataset = await openDataset(folder);
  const rows = golden.lines.length;
  const batches = dataset.batches({ split: "train", batchSize: rows, integers: "max", shuffle: null });
  const { value: batch } = await batches.next();

  it("has as many table rows, and the same maxima", () => {
    expect(dataset.shape("max")).toEqual({ fields: 39, tableRows: golden.vocabSize });
    expect(integerColumns(manifest).map(({ maximum }) => maximum)).toEqual(golden.denseMax);
  });

  it("weighs every value the same", () => {
    expect([...batch!.weights]).toEqual(golden.weights.flat().map(Math.fround));
  });

  it("gives the same ids but for the order of numbering inside a column", () => {
    const theirs = golden.ids.flat();
    const renamed = new Map<number, number>();
    for (const [i, id] of batch!.ids.entries()) {
      if (id < 39) expect(id).toBe(theirs[i]);
      else {
        if (!renamed.has(id)) renamed.set(id, theirs[i]!);
        expect(renamed.get(id)).toBe(theirs[i]);
      }
    }
    expect(new Set(renamed.values()).size).toBe(renamed.size);
    // Columns keep their places: a column's ids are one range in both.
    const columnOf = new Map(
      Object.entries(golden.valueIds).map(([name, id]) => [id, /_(\d+)/.exec(name)![1]]),
    );
    const inOrder = [...renamed].sort(([a], [b]) => a - b).map(([, id]) => Number(columnOf.get(id)));
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
  });

  it("gives the very same ids when it numbers values as they are first seen", async () => {
    const same = await makeDataset(golden.lines.join("\n"), {
      threshold: golden.threshold,
      split: "none",
      idOrder: "first-seen",
    });
    const opened = await openDataset(same.folder);
    const { value } = await opened
      .batches({ split: "train", batchSize: rows, integers: "max", shuffle: null })
      .next();
    expect([...value!.ids]).toEqual(golden.ids.flat());
  });

  it("keeps every label", () => {
    expect([...batch!.labels]).toEqual(golden.lines.map((line) => Number(line[0])));
  });
});
