// The steps of preprocessing done elsewhere, on threads of Node's or workers of the page, behind the same interface as
// here. Arrays pass from thread to thread without being copied.

import type { Rules } from "../shards/manifest.ts";
import type { Layout } from "../shards/rows.ts";
import { type LogStatistics, mergeStatistics } from "./counting.ts";
import { createEncoder, type Encoder } from "./encoder.ts";

type Step = Exclude<keyof Encoder, "atOnce">;

/** What every member of a worker pool must know alike. */
export interface PoolSettings {
  layout: Layout;
  rules: Rules;
}

interface StepRequest {
  id: number;
  step: Step;
  argument: unknown;
}

/** What a member hears: first what it works by, then steps. */
export type PoolRequest = PoolSettings | StepRequest;
export type PoolReply = { ready: true } | { id: number; result: unknown } | { id: number; error: string };

/** A thread or worker, seen from whoever leads. */
export interface PoolWorker {
  post(request: PoolRequest, transfer: ArrayBuffer[]): void;
  /** `fail` hears that nothing more will come. */
  listen(hear: (reply: PoolReply) => void, fail: (cause: Error) => void): void;
}

interface PooledWorker {
  member: PoolWorker;
  ready: boolean;
  /** Why nothing more will come. */
  failure: Error | null;
  waiting: Map<number, { resolve: (result: unknown) => void; reject: (cause: Error) => void }>;
}

/** Has the steps done by `members`; one that dies rejects what waits for it. While none is ready, the leader counts. */
export function createWorkerPool(members: PoolWorker[], settings: PoolSettings): Encoder {
  const workers = members.map((member) => engage(member, settings));
  const leader = createEncoder(settings.layout, settings.rules);
  let lastId = 0;

  function ask<S extends Step>(worker: PooledWorker, step: S, argument: unknown): ReturnType<Encoder[S]> {
    const { member, waiting, failure } = worker;
    if (failure) return Promise.reject(failure) as ReturnType<Encoder[S]>;
    const id = ++lastId;
    const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    // A vocabulary goes to every member, so it is copied.
    member.post({ id, step, argument }, step === "setVocabulary" ? [] : buffersIn(argument));
    return answer as ReturnType<Encoder[S]>;
  }
  function idlest(): PooledWorker {
    const ready = workers.filter((worker) => worker.ready && !worker.failure);
    return (ready.length > 0 ? ready : workers).reduce((a, b) => (b.waiting.size < a.waiting.size ? b : a));
  }

  return {
    // Two a member: one in work, one at hand.
    atOnce: 2 * members.length,
    async count(part) {
      if (workers.some(({ ready, failure }) => ready || failure)) return ask(idlest(), "count", part);
      // Whoever has started is heard in between.
      await new Promise((told) => setTimeout(told));
      return leader.count(part);
    },
    async counted() {
      const all = await Promise.all(workers.map((worker) => ask(worker, "counted", undefined)));
      return all.reduce((total: LogStatistics, some) => mergeStatistics(total, some), await leader.counted());
    },
    async setVocabulary(vocabulary) {
      await Promise.all(workers.map((worker) => ask(worker, "setVocabulary", vocabulary)));
    },
    encode: (part) => ask(idlest(), "encode", part),
    encodeGroup: (request) => ask(idlest(), "encodeGroup", request),
  };
}

function engage(member: PoolWorker, settings: PoolSettings): PooledWorker {
  const worker: PooledWorker = { member, ready: false, failure: null, waiting: new Map() };
  member.listen(
    (reply) => {
      if ("ready" in reply) {
        worker.ready = true;
        return;
      }
      const { resolve, reject } = worker.waiting.get(reply.id)!;
      worker.waiting.delete(reply.id);
      if ("error" in reply) reject(new Error(reply.error));
      else resolve(reply.result);
    },
    (cause) => {
      worker.failure = cause;
      for (const { reject } of worker.waiting.values()) reject(cause);
      worker.waiting.clear();
    },
  );
  member.post(settings, []);
  return worker;
}

/** The member's side: does the steps that it is sent, one after the other, and answers through `post`. */
export function answerSteps(
  post: (reply: PoolReply, transfer: ArrayBuffer[]) => void,
): (request: PoolRequest) => Promise<void> {
  let encoder: Encoder | null = null;
  return async (request) => {
    if ("rules" in request) {
      encoder = createEncoder(request.layout, request.rules);
      post({ ready: true }, []);
      return;
    }
    const { id, step, argument } = request;
    let reply: PoolReply;
    try {
      reply = { id, result: await (encoder![step] as (argument: unknown) => Promise<unknown>)(argument) };
    } catch (cause) {
      reply = { id, error: (cause as Error).stack ?? String(cause) };
    }
    post(reply, buffersIn(reply));
  };
}

/** The buffers of all typed arrays in a message, each once. */
function buffersIn(message: unknown): ArrayBuffer[] {
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
