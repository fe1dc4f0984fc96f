// The answering side: each request goes to its handler and is answered exactly once.

import { problemError } from "../result.ts";
import {
  bareBuffers,
  type FromClient,
  type FromServer,
  type Port,
  type Transfer,
  type WorkerPort,
} from "./port.ts";
import { toWireError } from "./wireError.ts";

/** A map from requests to their inputs and outputs, as every `R` here is. */
export type RequestMap<R> = { [K in keyof R]: { input: unknown; output: unknown } };

/** One handler for each request of `R`. */
export type Handlers<R extends RequestMap<R>> = {
  [K in keyof R]: (input: R[K]["input"]) => Promise<R[K]["output"]>;
};

/** What a worker can send without being asked. */
export interface Outlet<E> {
  /** Events go out in batches, about five a second, and always before a later answer. */
  emit(event: E): void;
  /** Says that the coming silence is no death. */
  computing(forAtMostMs: number): void;
  /**
   * Has the page start one of the workers that its client offers, which receives a WorkerStart with this order. Firefox now
   * and then never returns from `new Worker` inside a worker (12 of 40 times when asked for eight, version 153), so a worker
   * starts none itself.
   */
  startWorker(name: string, order?: unknown): WorkerPort;
}

const BATCH_MS = 200;

/**
 * Answers the requests that arrive at `port` with the handlers that `create` makes. `transfer` picks the buffers that are
 * transferred with an answer.
 */
export function serve<R extends RequestMap<R>, E = never>(
  port: Port,
  create: (outlet: Outlet<E>) => Handlers<R>,
  transfer: Transfer = bareBuffers,
): void {
  let events: E[] = [];
  let timer: ReturnType<typeof setTimeout> | null = null;
  let flushed = Number.NEGATIVE_INFINITY;
  const workers: MessagePort[] = [];

  function post(message: FromServer): void {
    port.postMessage(message, transfer(message));
  }
  function flush(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    flushed = performance.now();
    if (events.length === 0) return;
    post({ type: "events", events });
    events = [];
  }

  const handlers = create({
    emit(event) {
      events.push(event);
      const wait = flushed + BATCH_MS - performance.now();
      if (wait <= 0) flush();
      else timer ??= setTimeout(flush, wait);
    },
    computing: (forAtMostMs) => post({ type: "computing", forAtMostMs }),
    startWorker(name, order) {
      const { port1, port2 } = new MessageChannel();
      const id = workers.push(port1) - 1;
      const start: FromServer = { type: "start-worker", id, name, port: port2, order };
      port.postMessage(start, [port2]);
      return Object.assign(port1, { terminate: () => post({ type: "end-worker", id }) });
    },
  });

  async function answer(id: number, name: string, input: unknown): Promise<void> {
    try {
      if (!Object.hasOwn(handlers, name)) throw problemError("request-unknown", { name });
      const handler = handlers[name as keyof R] as (input: unknown) => Promise<unknown>;
      const output = await handler(input);
      flush();
      post({ type: "answer", id, output });
    } catch (cause) {
      flush();
      post({ type: "refusal", id, error: toWireError(cause) });
    }
  }

  port.addEventListener("message", ({ data }: MessageEvent<FromClient>) => {
    if (data.type === "ping") post({ type: "pong" });
    else if (data.type === "worker-failed")
      workers[data.id]?.dispatchEvent(Object.assign(new Event("error"), { message: data.message }));
    else void answer(data.id, data.name, data.input);
  });
  port.start?.();
  post({ type: "ready" });
}
