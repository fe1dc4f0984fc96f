// Reading on a thread of its own, for training on several.

import type { Dataset } from "../shards/dataset.ts";
import { openRemoteDataset } from "../train/remoteDataset.ts";
import { threadPort } from "./threadPort.ts";
import { threadStarter } from "./threads.ts";

/** The data set in a folder, whose batches a further thread reads ahead. */
export async function openAhead(path: string): Promise<Dataset> {
  const startThread = await threadStarter("readThread");
  const worker = startThread();
  const dataset = await openRemoteDataset(threadPort(worker), path).catch(async (cause) => {
    // The thread would keep the process alive.
    await worker.terminate();
    throw cause;
  });
  return {
    ...dataset,
    async close() {
      await dataset.close();
      await worker.terminate();
    },
  };
}
