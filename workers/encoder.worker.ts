// A worker that does the heavy steps of preprocessing for the one that leads.

import { answerSteps, type PoolReply, type PoolRequest } from "../src/preprocess/workerPool.ts";

const answer = answerSteps((reply: PoolReply, transfer) => self.postMessage(reply, { transfer }));
self.addEventListener("message", ({ data }: MessageEvent<PoolRequest>) => void answer(data));
