// A data set that another thread reads is the same data set.

import { expect, it } from "vitest";
import type { Batch } from "../../src/base/batch.ts";
import type { Port, WorkerPort } from "../../src/base/rpc/port.ts";
import { serve } from "../../src/base/rpc/serve.ts";
import { createIdGrouper } from "../../src/engine/idGroups.ts";
import { makeDemoDataset } from "../../src/preprocess/synthetic.ts";
import type { BatchOptions, Dataset } from "../../src/shards/dataset.ts";
import { openDataset } from "../../src/shards/openDataset.ts";
import { createReader, type ReaderEvent, type ReaderRequests } from "../../src/train/reader.ts";
import { openRemoteDataset } from "../../src/train/remoteDataset.ts";

const local = await openDataset(await makeDemoDataset({ rows: 3000, seed: 1 }));

it.each(["max", "bucket"] as const)(
  "gives the same batches, grouped, with integers as %s",
  async (integers) => {
    const remote = await openRemoteDataset(readerOf(local), "demo");
    expect(remote.identity).toBe(local.identity);
    expect(remote.shape(integers)).toEqual(local.shape(integers));
    const grouper = createIdGrouper(local.shape(integers).tableRows);
    const options = { ...pass, integers, skipBatches: 1 };
    const batches = remote.batches(options);
    for await (const expected of local.batches(options)) {
      const { groups, ...batch } = (await batches.next()).value as Batch;
      expect(batch).toEqual(expected);
      expect(groups).toEqual(grouper.group(expected));
    }
    expect((await batches.next()).done).toBe(true);
    await remote.close();
  },
);

it("reads several passes side by side, and forgets one that is left early", async () => {
  const remote = await openRemoteDataset(readerOf(local), "demo");
  const [one, other] = [remote.batches(pass), remote.batches({ ...pass, shuffle: null })];
  await one.next();
  const first = (await other.next()).value as Batch;
  await one.return(undefined);
  const second = (await other.next()).value as Batch;
  const expected = local.batches({ ...pass, shuffle: null });
  expect(first.ids).toEqual(((await expected.next()).value as Batch).ids);
  expect(second.ids).toEqual(((await expected.next()).value as Batch).ids);
  await remote.close();
});

it("passes on what is wrong with a shard, after the batches before it", async () => {
  const damaged: Dataset = {
    ...local,
    async *batches(options) {
      for await (const batch of local.batches(options)) {
        yield batch;
        throw new Error("row group 3 is damaged");
      }
    },
  };
  const remote = await openRemoteDataset(readerOf(damaged), "demo");
  const batches = remote.batches(pass);
  expect((await batches.next()).done).toBe(false);
  await expect(batches.next()).rejects.toThrow("row group 3 is damaged");
  await remote.close();
});

const pass: BatchOptions = {
  split: "train",
  batchSize: 500,
  integers: "bucket",
  shuffle: { seed: 1, epoch: 1 },
};

/** A reader at the other end of a channel, as it is in a worker. */
function readerOf(dataset: Dataset): WorkerPort {
  const { port1, port2 } = new MessageChannel();
  serve<ReaderRequests<string>, ReaderEvent>(port2 as unknown as Port, ({ emit }) =>
    createReader(async () => ({ ...dataset, close: async () => {} }), emit),
  );
  return port1;
}
