// A data set that another thread reads (reader.ts): batches come ahead of need, their ids grouped.

import type { Batch } from "../base/batch.ts";
import { createClient } from "../base/rpc/client.ts";
import type { WorkerPort } from "../base/rpc/port.ts";
import type { BatchOptions, Dataset } from "../shards/dataset.ts";
import { tableShape } from "../shards/encoding.ts";
import { fromWire, type ReaderEvent, type ReaderRequests, type WireBatch } from "./reader.ts";

/** Batches under way while one is worked on. */
const AHEAD = 2;

let lastPass = 0;

/** Opens the data set at `location` with the reader behind `port`, which is the data set's own and ends with it. */
export async function openRemoteDataset<L>(
  port: WorkerPort,
  location: L,
  onProgress: (stage: string, done: number, total: number) => void = () => {},
): Promise<Dataset> {
  const reader = createClient<ReaderRequests<L>, ReaderEvent>({
    port,
    onEvent: ({ stage, done, total }) => onProgress(stage, done, total),
    // Its death is met by whoever reads: every call that waits rejects.
    deathCode: "reader-died",
  });
  let ones = new Float32Array(0);
  const onesOf = (count: number) => {
    if (ones.length < count) ones = new Float32Array(count).fill(1);
    return ones.subarray(0, count);
  };

  async function* batches(options: BatchOptions): AsyncGenerator<Batch> {
    const pass = ++lastPass;
    await reader.call("begin", { pass, options });
    const coming: Promise<WireBatch | null>[] = [];
    try {
      for (;;) {
        while (coming.length <= AHEAD) coming.push(askNext(pass));
        const wire = await coming.shift()!;
        if (!wire) return;
        yield fromWire(wire, onesOf);
      }
    } finally {
      await reader.call("end", { pass }).catch(() => {});
    }
  }

  function askNext(pass: number): Promise<WireBatch | null> {
    const next = reader.call("next", { pass });
    // Where an earlier one fails, nobody waits for this one.
    next.catch(() => {});
    return next;
  }

  try {
    const { manifest, identity } = await reader.call("open", { location });
    return {
      manifest,
      identity,
      batches,
      shape: (integers) => tableShape(manifest, integers),
      async close() {
        await reader.call("close", {}).catch(() => {});
        reader.close();
      },
    };
  } catch (cause) {
    reader.close();
    throw cause;
  }
}
