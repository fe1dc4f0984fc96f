// Reading on a thread of its own, for training on several.

import { MessageChannel, Worker } from "node:worker_threads";
import type { WorkerPort } from "../base/rpc/client.ts";
import type { Dataset } from "../shards/dataset.ts";
import { openRemoteDataset } from "../train/remoteDataset.ts";
import { threadScript } from "./threadScript.ts";

/** The data set in a folder, whose batches a further thread reads ahead. */
export async function openAhead(path: string): Promise<Dataset> {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(await threadScript(new URL("./readThread.ts", import.meta.url)), {
    workerData: { port: port2 },
    transferList: [port2],
  });
  const dataset = await openRemoteDataset(port1 as unknown as WorkerPort, path);
  return {
    ...dataset,
    async close() {
      await dataset.close();
      await worker.terminate();
    },
  };
}
