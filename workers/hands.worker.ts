// A worker that does the heavy steps of preprocessing for the one that leads.

import { type CrewReply, type CrewRequest, crewMember } from "../src/preprocess/crew.ts";

const answer = crewMember((reply: CrewReply, transfer) => self.postMessage(reply, { transfer }));
self.addEventListener("message", ({ data }: MessageEvent<CrewRequest>) => void answer(data));
