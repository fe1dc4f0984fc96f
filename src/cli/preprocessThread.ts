// One thread of preprocessing: does the steps that it is sent, one after the other.

import { parentPort, workerData } from "node:worker_threads";
import { createHands } from "../preprocess/hands.ts";
import type { Layout } from "../shards/rows.ts";
import { buffersIn, type ThreadReply, type ThreadRequest } from "./preprocessThreads.ts";

const hands = createHands(workerData as Layout);

parentPort!.on("message", async ({ id, step, argument }: ThreadRequest) => {
  let reply: ThreadReply;
  try {
    reply = { id, result: await (hands[step] as (argument: unknown) => Promise<unknown>)(argument) };
  } catch (cause) {
    reply = { id, error: (cause as Error).stack ?? String(cause) };
  }
  parentPort!.postMessage(reply, buffersIn(reply));
});
