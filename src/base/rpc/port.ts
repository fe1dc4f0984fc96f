// What a Worker, a worker's `self` and a MessagePort share: the line needs no more, so tests need no browser.

import type { WireError } from "./wireError.ts";

export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: "message", listener: (event: MessageEvent) => void): void;
  /** A MessagePort delivers nothing before this; workers have no such method. */
  start?(): void;
}

/** Everything that crosses, in both directions. */
export type FromPage = { type: "request"; id: number; name: string; input: unknown } | { type: "ping" };
export type FromWorker =
  | { type: "answer"; id: number; output: unknown }
  | { type: "refusal"; id: number; error: WireError }
  | { type: "events"; events: unknown[] }
  | { type: "pong" }
  /** The worker will compute without listening, for at most this long. */
  | { type: "computing"; forAtMostMs: number };

/** The bare ArrayBuffers inside plain data: they are handed over, not copied. Views of larger buffers are copied. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  if (value instanceof ArrayBuffer) return [value];
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return [];
  const proto = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && proto !== Object.prototype) return [];
  return [...new Set(Object.values(value).flatMap(buffersOf))];
}
