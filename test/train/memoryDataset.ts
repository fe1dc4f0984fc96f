// Random rows in memory behind the interface of a data set, for tests of the training loop: a click is likelier for
// half of each column's values, so there is something to learn.

import type { Batch, Split } from "../../src/base/batch.ts";
import { createRandom, hash32, shuffle } from "../../src/base/random.ts";
import type { Dataset } from "../../src/shards/dataset.ts";
import type { Manifest } from "../../src/shards/manifest.ts";

const FIELDS = 6;
const VALUES = 10;
const COLUMNS = Array.from({ length: FIELDS }, (_, f) => ({
  name: `C${f + 1}`,
  kind: "category",
})) as Manifest["columns"];

/** A data set of so many rows in each split, and how many batches of it were read. */
export interface MemoryDataset extends Dataset {
  batchesRead: number;
}

export function createMemoryDataset(
  rows: { train: number; test: number; valid?: number },
  seed = 1,
): MemoryDataset {
  const counts: Record<Split, number> = { valid: 0, ...rows };
  const split = (name: Split) => ({ rows: counts[name], positives: 0 });
  const splits = { train: split("train"), valid: split("valid"), test: split("test") };
  const content: Record<Split, Batch> = {
    train: randomRows(rows.train, hash32(seed, 1)),
    valid: randomRows(counts.valid, hash32(seed, 3)),
    test: randomRows(rows.test, hash32(seed, 2)),
  };
  const dataset: MemoryDataset = {
    batchesRead: 0,
    // Training reads nothing of a manifest but its splits, insight the columns' names.
    manifest: { splits, columns: COLUMNS } as Manifest,
    identity: "memory",
    shape: () => ({ fields: FIELDS, tableRows: FIELDS * VALUES }),
    async *batches({ split, batchSize, shuffle: by, skipBatches = 0 }) {
      const all = content[split];
      const order = Array.from({ length: all.rowCount }, (_, r) => r);
      if (by) shuffle(order, createRandom(by.seed, by.epoch));
      for (let start = skipBatches * batchSize; start < order.length; start += batchSize) {
        dataset.batchesRead++;
        yield pick(all, order.slice(start, start + batchSize));
      }
    },
    async close() {},
  };
  return dataset;
}

function randomRows(rowCount: number, seed: number): Batch {
  const random = createRandom(seed);
  const ids = new Int32Array(rowCount * FIELDS);
  const labels = new Float32Array(rowCount);
  for (let r = 0; r < rowCount; r++) {
    let high = 0;
    for (let f = 0; f < FIELDS; f++) {
      const value = Math.floor(random.uniform() * VALUES);
      ids[r * FIELDS + f] = f * VALUES + value;
      if (value % 2 === 1) high++;
    }
    labels[r] = random.uniform() < 0.05 + 0.12 * high ? 1 : 0;
  }
  return { rowCount, fields: FIELDS, ids, weights: new Float32Array(ids.length).fill(1), labels };
}

function pick({ fields, ids, weights, labels }: Batch, rows: number[]): Batch {
  const cells = rows.flatMap((r) => Array.from({ length: fields }, (_, f) => r * fields + f));
  return {
    rowCount: rows.length,
    fields,
    ids: Int32Array.from(cells, (cell) => ids[cell]!),
    weights: Float32Array.from(cells, (cell) => weights[cell]!),
    labels: Float32Array.from(rows, (r) => labels[r]!),
  };
}
