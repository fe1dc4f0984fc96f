// One thread of preprocessing.

import { parentPort } from "node:worker_threads";
import { answerSteps } from "../preprocess/workerPool.ts";

const port = parentPort!;
port.on(
  "message",
  answerSteps((reply, transfer) => port.postMessage(reply, transfer)),
);
