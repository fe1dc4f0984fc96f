// What a Worker, a worker's `self`, a MessagePort and a thread of Node share: calls need no more, so tests need no browser.

import type { WireError } from "./wireError.ts";

export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  /** A MessagePort delivers nothing before this; workers have no such method. */
  start?(): void;
}

/** A Worker, or a MessagePort in its place. */
export interface WorkerPort extends Port {
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  addEventListener(type: "error" | "messageerror", listener: (event: Event) => void): void;
  terminate?(): void;
  close?(): void;
}

/** Everything that crosses, in both directions. */
export type FromClient =
  | { type: "request"; id: number; name: string; input: unknown }
  | { type: "ping" }
  /** A worker that was started for this one could not be loaded, or failed. */
  | { type: "worker-failed"; id: number; message: string };
export type FromServer =
  /** The first word: its script is loaded, and it answers from now on. */
  | { type: "ready" }
  | { type: "answer"; id: number; output: unknown }
  | { type: "refusal"; id: number; error: WireError }
  | { type: "events"; events: unknown[] }
  | { type: "pong" }
  /** The worker will compute without answering, for at most this long. */
  | { type: "computing"; forAtMostMs: number }
  | ({ type: "start-worker"; id: number; name: string } & WorkerStart)
  | { type: "end-worker"; id: number };

/** The first message to a worker that was started for another one. */
export interface WorkerStart<O = unknown> {
  /** Leads to the worker that asked for it. */
  port: MessagePort;
  order: O;
}

/** Picks the buffers in a message that are transferred instead of copied: the sender loses them. */
export type Transfer = (message: unknown) => ArrayBuffer[];

/** The bare ArrayBuffers inside plain data. Typed arrays, which may be views of larger buffers, are copied. */
export const bareBuffers: Transfer = (message) => buffersIn(message, false);

/** Bare ArrayBuffers and those of typed arrays too: for senders whose arrays are not used again. */
export const allBuffers: Transfer = (message) => buffersIn(message, true);

function buffersIn(message: unknown, ofViews: boolean): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if (value instanceof ArrayBuffer) found.add(value);
    else if (ArrayBuffer.isView(value)) {
      if (ofViews && value.buffer instanceof ArrayBuffer) found.add(value.buffer);
    } else if (Array.isArray(value)) for (const item of value) visit(item);
    else if (Object.getPrototypeOf(value) === Object.prototype) visit(Object.values(value));
  };
  visit(message);
  return [...found];
}
