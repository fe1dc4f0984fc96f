// One thread of preprocessing.

import { parentPort } from "node:worker_threads";
import { crewMember } from "../preprocess/crew.ts";

const port = parentPort!;
port.on(
  "message",
  crewMember((reply, transfer) => port.postMessage(reply, transfer)),
);
