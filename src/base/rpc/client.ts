// The page's side of the line: typed calls, events, and a worker that is told apart from a dead one.

import { type Problem, problem } from "../problem.ts";
import { ProblemError } from "../result.ts";
import { buffersOf, type FromPage, type FromWorker, type Port } from "./port.ts";
import type { RequestMap } from "./serve.ts";
import { fromWireError } from "./wireError.ts";

/** A Worker, or a MessagePort in its place. */
export interface WorkerPort extends Port {
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  addEventListener(type: "error" | "messageerror", listener: (event: Event) => void): void;
  terminate?(): void;
  close?(): void;
}

export interface Client<R extends RequestMap<R>> {
  /** Asks, and settles with the answer; rejects with a ProblemError. */
  call<K extends keyof R>(name: K, input: R[K]["input"]): Promise<R[K]["output"]>;
  /** Ends the worker at once; every waiting call rejects. */
  close(): void;
}

export interface ClientOptions<E> {
  port: WorkerPort;
  onEvent(event: E): void;
  /** What its death is called; left out, that of the worker that trains. */
  deathCode?: "worker-died" | "data-worker-died" | "reader-died";
  /** The worker died, or answers nothing any more; all waiting calls have been rejected with the same problem. */
  onDeath(problem: Problem): void;
}

/** The worker is asked this often whether it lives. */
const PING_MS = 1000;
/** Unanswered pings after which it is taken for dead: below five seconds in all. */
const SILENT_PINGS = 4;

interface Waiting {
  resolve(output: never): void;
  reject(error: ProblemError): void;
}

/**
 * A client of the worker behind `port`. Long calls need no time limit: a worker that computes answers pings in between,
 * or has said how long it will not. Silence is counted in pings, not in seconds, so a page that slept kills nobody.
 */
export function createClient<R extends RequestMap<R>, E>({
  port,
  onEvent,
  onDeath,
  deathCode = "worker-died",
}: ClientOptions<E>): Client<R> {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let end: ProblemError | null = null;
  let silentPings = 0;
  let allowedPings = SILENT_PINGS;

  function post(message: FromPage): void {
    port.postMessage(message, buffersOf(message));
  }
  function settle(reason: Problem): void {
    end = new ProblemError(reason);
    clearInterval(heartbeat);
    port.terminate?.();
    port.close?.();
    for (const { reject } of waiting.values()) reject(end);
    waiting.clear();
  }
  function die(reason: string): void {
    if (end) return;
    settle(problem(deathCode, { reason }));
    onDeath(end!.problem);
  }

  const heartbeat = setInterval(() => {
    if (silentPings >= allowedPings) die("it no longer answers");
    else {
      silentPings++;
      post({ type: "ping" });
    }
  }, PING_MS);

  port.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
    if (end) return;
    silentPings = 0;
    allowedPings =
      data.type === "computing" ? Math.max(SILENT_PINGS, data.forAtMostMs / PING_MS) : SILENT_PINGS;
    if (data.type === "events") for (const event of data.events) onEvent(event as E);
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
    call(name, input) {
      if (end) return Promise.reject(end);
      const id = ++lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject });
        post({ type: "request", id, name: name as string, input });
      });
    },
    close() {
      if (!end) settle(problem(deathCode, { reason: "it was ended" }));
    },
  };
}
