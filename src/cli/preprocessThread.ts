// One thread of preprocessing: does the steps that it is sent, one after the other.

import { parentPort, workerData } from "node:worker_threads";
import { createHands } from "../preprocess/hands.ts";
import { buffersIn, type ThreadData, type ThreadReply, type ThreadRequest } from "./preprocessThreads.ts";

const { layout, rules } = workerData as ThreadData;
const hands = createHands(layout, rules);

parentPort!.on("message", async ({ id, step, argument }: ThreadRequest) => {
  let reply: ThreadReply;
  try {
    reply = { id, result: await (hands[step] as (argument: unknown) => Promise<unknown>)(argument) };
  } catch (cause) {
    reply = { id, error: (cause as Error).stack ?? String(cause) };
  }
  parentPort!.postMessage(reply, buffersIn(reply));
});
