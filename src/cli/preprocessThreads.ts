// The steps of preprocessing on several of Node's threads, behind the same interface as on one. Arrays pass from thread
// to thread without being copied.

import { Worker } from "node:worker_threads";
import { emptyStatistics, type LogStatistics, mergeStatistics } from "../preprocess/counting.ts";
import type { Hands } from "../preprocess/hands.ts";
import type { Rules } from "../shards/manifest.ts";
import type { Layout } from "../shards/rows.ts";

type Step = Exclude<keyof Hands, "atOnce">;

/** What a thread is started with. */
export interface ThreadData {
  layout: Layout;
  rules: Rules;
}

export interface ThreadRequest {
  id: number;
  step: Step;
  argument: unknown;
}

export type ThreadReply = { id: number; result: unknown } | { id: number; error: string };

interface Thread {
  worker: Worker;
  waiting: Map<number, { resolve: (result: unknown) => void; reject: (cause: Error) => void }>;
}

/** Starts `count` threads; `close` ends them. A thread that dies rejects what waits for it. */
export function startThreads(count: number, data: ThreadData): { hands: Hands; close: () => Promise<void> } {
  const threads = Array.from({ length: count }, () => startThread(data));
  let lastId = 0;

  function ask<S extends Step>(thread: Thread, step: S, argument: unknown): ReturnType<Hands[S]> {
    const id = ++lastId;
    const answer = new Promise((resolve, reject) => thread.waiting.set(id, { resolve, reject }));
    // A vocabulary goes to every thread, so it is copied.
    const transfer = step === "setVocabulary" ? [] : buffersIn(argument);
    thread.worker.postMessage({ id, step, argument } satisfies ThreadRequest, transfer);
    return answer as ReturnType<Hands[S]>;
  }
  function idlest(): Thread {
    return threads.reduce((a, b) => (b.waiting.size < a.waiting.size ? b : a));
  }

  const hands: Hands = {
    // Two a thread: one in work, one at hand.
    atOnce: 2 * count,
    count: (part) => ask(idlest(), "count", part),
    async counted() {
      const all = await Promise.all(threads.map((thread) => ask(thread, "counted", undefined)));
      return all.reduce(
        (total: LogStatistics, some) => mergeStatistics(total, some),
        emptyStatistics(data.layout),
      );
    },
    async setVocabulary(vocabulary) {
      await Promise.all(threads.map((thread) => ask(thread, "setVocabulary", vocabulary)));
    },
    encode: (part) => ask(idlest(), "encode", part),
    encodeGroup: (request) => ask(idlest(), "encodeGroup", request),
  };
  return {
    hands,
    async close() {
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

function startThread(workerData: ThreadData): Thread {
  const worker = new Worker(new URL("./preprocessThread.mjs", import.meta.url), {
    workerData,
  });
  const thread: Thread = { worker, waiting: new Map() };
  worker.on("message", (reply: ThreadReply) => {
    const { resolve, reject } = thread.waiting.get(reply.id)!;
    thread.waiting.delete(reply.id);
    if ("error" in reply) reject(new Error(reply.error));
    else resolve(reply.result);
  });
  function fail(cause: Error): void {
    for (const { reject } of thread.waiting.values()) reject(cause);
    thread.waiting.clear();
  }
  worker.on("error", fail);
  worker.on("exit", (code) => fail(new Error(`a thread of preprocessing ended with code ${code}`)));
  return thread;
}

/** The buffers of all typed arrays in a message, each once. */
export function buffersIn(message: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (value: unknown): void => {
    if (ArrayBuffer.isView(value)) found.add(value.buffer as ArrayBuffer);
    else if (Array.isArray(value)) for (const item of value) visit(item);
    else if (typeof value === "object" && value !== null && !(value instanceof Map))
      visit(Object.values(value));
  };
  visit(message);
  return [...found];
}
