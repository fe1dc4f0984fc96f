// The asking side: typed calls to a worker, its events, and whether it still lives.

import { type Problem, problem } from "../problem.ts";
import { ProblemError } from "../result.ts";
import {
  bareBuffers,
  type FromClient,
  type FromServer,
  type Transfer,
  type WorkerPort,
  type WorkerStart,
} from "./port.ts";
import type { RequestMap } from "./serve.ts";
import { fromWireError } from "./wireError.ts";

export interface Client<R extends RequestMap<R>> {
  /**
   * Asks, and settles with the answer; rejects with a ProblemError. `transfer` picks the buffers that are transferred
   * with the input; by default bare ArrayBuffers.
   */
  call<K extends keyof R>(name: K, input: R[K]["input"], transfer?: Transfer): Promise<R[K]["output"]>;
  /** Ends the worker at once; every waiting call rejects. */
  close(): void;
}

export interface ClientOptions<E> {
  port: WorkerPort;
  onEvent?(event: E): void;
  /** The problem that its death is; left out, that of the worker that trains. */
  deathCode?:
    | "worker-died"
    | "data-worker-died"
    | "library-worker-died"
    | "reader-died"
    | "encoder-died"
    | "check-worker-died";
  /** false: a long silence is no death, since the worker may compute in one go for as long as it takes. */
  heartbeat?: boolean;
  /** The workers that this one may ask for, by name. They end with it. */
  workers?: Readonly<Record<string, () => WorkerPort>>;
  /** The worker died, or answers nothing any more; all waiting calls have been rejected with the same problem. */
  onDeath?(problem: Problem): void;
}

/** The worker is asked this often whether it lives. */
const PING_MS = 1000;
/** Unanswered pings after which it is taken for dead: below five seconds in all. */
const SILENT_PINGS = 4;
/** Pings that a worker may take to load its script, which can come over a slow line. */
const LOADING_PINGS = 120;

interface Waiting {
  resolve(output: never): void;
  reject(error: ProblemError): void;
}

/**
 * A client of the worker behind `port`. Long calls need no time limit: a worker that computes answers pings in between,
 * or has said how long it will not. Silence counts from the worker's first word, and in pings, not in seconds, so a page
 * that slept kills nobody.
 */
export function createClient<R extends RequestMap<R>, E = never>(options: ClientOptions<E>): Client<R> {
  const { port, deathCode = "worker-died", heartbeat = true } = options;
  const waiting = new Map<number, Waiting>();
  const workers = new Map<number, WorkerPort>();
  let lastId = 0;
  let end: ProblemError | null = null;
  let isLoaded = false;
  let silentPings = 0;
  let allowedPings = LOADING_PINGS;

  function post(message: FromClient, transfer: Transfer): void {
    port.postMessage(message, transfer(message));
  }
  function settle(reason: Problem): void {
    end = new ProblemError(reason);
    clearInterval(timer);
    port.terminate?.();
    port.close?.();
    for (const worker of workers.values()) worker.terminate?.();
    for (const { reject } of waiting.values()) reject(end);
    waiting.clear();
  }
  function die(reason: string): void {
    if (end) return;
    const found = problem(deathCode, { reason });
    settle(found);
    options.onDeath?.(found);
  }
  function beat(): void {
    if (silentPings >= allowedPings) {
      die(isLoaded ? "it no longer answers" : "it did not start within two minutes");
      return;
    }
    silentPings++;
    if (isLoaded) post({ type: "ping" }, bareBuffers);
  }
  function startWorker(id: number, name: string, start: WorkerStart): void {
    const worker = options.workers![name]!();
    workers.set(id, worker);
    worker.addEventListener("error", ({ message }: Event & { message?: string }) =>
      post({ type: "worker-failed", id, message: message ?? "" }, bareBuffers),
    );
    worker.postMessage({ port: start.port, order: start.order }, [start.port]);
  }
  function endWorker(id: number): void {
    workers.get(id)?.terminate?.();
    workers.delete(id);
  }

  const timer = heartbeat ? setInterval(beat, PING_MS) : undefined;

  port.addEventListener("message", ({ data }: MessageEvent<FromServer>) => {
    if (end) return;
    isLoaded = true;
    silentPings = 0;
    if (data.type === "computing") allowedPings = Math.max(SILENT_PINGS, data.forAtMostMs / PING_MS);
    // A ping may be answered between the announcement of a silence and the silence itself.
    else if (data.type !== "pong") allowedPings = SILENT_PINGS;
    if (data.type === "events") for (const event of data.events) options.onEvent?.(event as E);
    if (data.type === "start-worker") startWorker(data.id, data.name, data);
    if (data.type === "end-worker") endWorker(data.id);
    if (data.type !== "answer" && data.type !== "refusal") return;
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.type === "answer") call?.resolve(data.output as never);
    else call?.reject(fromWireError(data.error));
  });
  port.addEventListener("error", (event) => {
    const { message } = event as ErrorEvent;
    die(message || "it could not be loaded");
  });
  port.addEventListener("messageerror", () => die("one of its messages could not be read"));
  port.start?.();

  return {
    call(name, input, transfer = bareBuffers) {
      if (end) return Promise.reject(end);
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        post({ type: "request", id, name: name as string, input }, transfer);
      });
    },
    close() {
      if (!end) settle(problem(deathCode, { reason: "it was ended" }));
    },
  };
}
