// One row's effects against a logit that is known, and values as a person reads and types them.

import { expect, it } from "vitest";
import { effectsOf, probabilitiesOf, rowOf } from "../../src/insight/oneRow.ts";
import { permutation } from "../../src/insight/sample.ts";
import { createValueTexts, NONE, RARE } from "../../src/insight/valueTexts.ts";
import { categoryTexts } from "../../src/preprocess/export/json.ts";
import { makeDemoDataset } from "../../src/preprocess/synthetic.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { evaluatePlanted, FIELDS, plantedLogit, plantedSample, scoreOf } from "./planted.ts";

it("says what each value moves the logit by, head by head", async () => {
  const sample = plantedSample(500, 8);
  const row = rowOf(sample, 17);
  const score = (r: number, column: number) => scoreOf(sample.ids, r, column);
  const own = plantedLogit((column) => score(17, column));
  const probabilities = await probabilitiesOf(evaluatePlanted, row);
  expect(probabilities[2]).toBeCloseTo(1 / (1 + Math.exp(-own)), 6);

  const effects = await effectsOf(evaluatePlanted, sample, row, 64);
  const donors = permutation(500, 1).subarray(0, 24);
  for (let column = 0; column < FIELDS; column++) {
    let mean = 0;
    for (const donor of donors)
      mean += (own - plantedLogit((c) => score(c === column ? donor : 17, c))) / donors.length;
    expect(effects[column]![2]!.mean).toBeCloseTo(mean, 5);
    expect(effects[column]![1]!.mean === 0).toBe(column !== 0);
  }
  expect(effects[7]!.map(({ mean }) => mean)).toEqual([0, 0, 0]);
});

it("gives each value of a data set back what the model is given for it, in every way that numbers enter", async () => {
  const folder = await makeDemoDataset({ rows: 4000, seed: 1 });
  const dataset = await openDataset(folder);
  const { manifest } = dataset;
  const words = await categoryTexts(folder, manifest);
  for (const integers of ["bucket", "quantile", "max", "log", "standard", "minmax"] as const) {
    const texts = createValueTexts(manifest, integers, words);
    const isWeight = integers !== "bucket" && integers !== "quantile";
    for await (const { ids, weights, rowCount, fields } of dataset.batches({
      split: "test",
      batchSize: 40,
      integers,
      shuffle: null,
    })) {
      for (let at = 0; at < rowCount * fields; at++) {
        const column = at % fields;
        const text = texts.textOf(column, ids[at]!, weights[at]!);
        const isNumber = manifest.columns[column]!.kind === "integer";
        // A range stands for its numbers; its first one has the same id.
        const typed = isNumber
          ? text
              .replace(/ or missing$/, "")
              .replace(/^below .*$/, "-5")
              .split(/,| to | or /)[0]!
          : text;
        if (text === RARE) continue;
        const encoded = texts.encode(column, text === "0 or missing" ? NONE : typed)!;
        if (isNumber && isWeight) expect(encoded.weight).toBeCloseTo(weights[at]!, 2);
        else expect([column, text, encoded.id, encoded.known]).toEqual([column, text, ids[at], true]);
      }
      break;
    }
    expect(texts.encode(0, "many")).toBeNull();
    expect(texts.encode(20, "never seen")).toMatchObject({ id: 20, known: false });
  }
});
