// What `?debug` in the page's address switches on: every message between page and workers, in the console.

import type { WorkerPort } from "./port.ts";

/** The same port, whose messages are written to the console under the worker's `name`. */
export function logMessages(name: string, port: WorkerPort): WorkerPort {
  const post = port.postMessage.bind(port);
  port.addEventListener("message", ({ data }: MessageEvent<{ type: string }>) => {
    if (data.type !== "pong") console.debug(`page ← ${name}`, data);
  });
  port.postMessage = (message, transfer) => {
    // Before it leaves: buffers that are transferred are empty afterwards.
    if ((message as { type: string }).type !== "ping") console.debug(`page → ${name}`, message);
    post(message, transfer);
  };
  return port;
}
