// The steps of preprocessing done elsewhere, on threads of Node's or workers of the page, behind the same interface as
// here. Arrays pass from thread to thread without being copied.

import type { Rules } from "../shards/manifest.ts";
import type { Layout } from "../shards/rows.ts";
import { type LogStatistics, mergeStatistics } from "./counting.ts";
import { createHands, type Hands } from "./hands.ts";

type Step = Exclude<keyof Hands, "atOnce">;

/** What every member of a crew must know alike. */
export interface CrewRules {
  layout: Layout;
  rules: Rules;
}

interface StepRequest {
  id: number;
  step: Step;
  argument: unknown;
}

/** What a member hears: first what it works by, then steps. */
export type CrewRequest = CrewRules | StepRequest;
export type CrewReply = { ready: true } | { id: number; result: unknown } | { id: number; error: string };

/** A thread or worker, seen from whoever leads. */
export interface CrewMember {
  post(request: CrewRequest, transfer: ArrayBuffer[]): void;
  /** `fail` hears that nothing more will come. */
  listen(hear: (reply: CrewReply) => void, fail: (cause: Error) => void): void;
}

interface Mate {
  member: CrewMember;
  ready: boolean;
  /** Why nothing more will come. */
  failure: Error | null;
  waiting: Map<number, { resolve: (result: unknown) => void; reject: (cause: Error) => void }>;
}

/** Has the steps done by `members`; one that dies rejects what waits for it. While none is ready, the leader counts. */
export function createCrew(members: CrewMember[], crewRules: CrewRules): Hands {
  const mates = members.map((member) => engage(member, crewRules));
  const leader = createHands(crewRules.layout, crewRules.rules);
  let lastId = 0;

  function ask<S extends Step>(mate: Mate, step: S, argument: unknown): ReturnType<Hands[S]> {
    const { member, waiting, failure } = mate;
    if (failure) return Promise.reject(failure) as ReturnType<Hands[S]>;
    const id = ++lastId;
    const answer = new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    // A vocabulary goes to every member, so it is copied.
    member.post({ id, step, argument }, step === "setVocabulary" ? [] : buffersIn(argument));
    return answer as ReturnType<Hands[S]>;
  }
  function idlest(): Mate {
    const ready = mates.filter((mate) => mate.ready && !mate.failure);
    return (ready.length > 0 ? ready : mates).reduce((a, b) => (b.waiting.size < a.waiting.size ? b : a));
  }

  return {
    // Two a member: one in work, one at hand.
    atOnce: 2 * members.length,
    async count(part) {
      if (mates.some(({ ready, failure }) => ready || failure)) return ask(idlest(), "count", part);
      // Whoever has started is heard in between.
      await new Promise((told) => setTimeout(told));
      return leader.count(part);
    },
    async counted() {
      const all = await Promise.all(mates.map((mate) => ask(mate, "counted", undefined)));
      return all.reduce((total: LogStatistics, some) => mergeStatistics(total, some), await leader.counted());
    },
    async setVocabulary(vocabulary) {
      await Promise.all(mates.map((mate) => ask(mate, "setVocabulary", vocabulary)));
    },
    encode: (part) => ask(idlest(), "encode", part),
    encodeGroup: (request) => ask(idlest(), "encodeGroup", request),
  };
}

function engage(member: CrewMember, crewRules: CrewRules): Mate {
  const mate: Mate = { member, ready: false, failure: null, waiting: new Map() };
  member.listen(
    (reply) => {
      if ("ready" in reply) {
        mate.ready = true;
        return;
      }
      const { resolve, reject } = mate.waiting.get(reply.id)!;
      mate.waiting.delete(reply.id);
      if ("error" in reply) reject(new Error(reply.error));
      else resolve(reply.result);
    },
    (cause) => {
      mate.failure = cause;
      for (const { reject } of mate.waiting.values()) reject(cause);
      mate.waiting.clear();
    },
  );
  member.post(crewRules, []);
  return mate;
}

/** The member's side: does the steps that it is sent, one after the other, and answers through `post`. */
export function crewMember(
  post: (reply: CrewReply, transfer: ArrayBuffer[]) => void,
): (request: CrewRequest) => Promise<void> {
  let hands: Hands | null = null;
  return async (request) => {
    if ("rules" in request) {
      hands = createHands(request.layout, request.rules);
      post({ ready: true }, []);
      return;
    }
    const { id, step, argument } = request;
    let reply: CrewReply;
    try {
      reply = { id, result: await (hands![step] as (argument: unknown) => Promise<unknown>)(argument) };
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
