// The worker that trains, seen from the page: started, asked, listened to, and replaced where it has died.

import type { Problem } from "../../base/problem.ts";
import { problemError } from "../../base/result.ts";
import type { Client } from "../../base/rpc/client.ts";
import type { TrainerEvent, TrainerRequests } from "../../train/requests.ts";
import { clientName, keptCheck, measuredBackend } from "../device/keptCheck.ts";
import type { Notices } from "../notices/notices.ts";
import type { StudioStore } from "../state.ts";

/** Makes a client of a new worker. */
export type Connect = (listeners: {
  onEvent(event: TrainerEvent): void;
  onDeath(reason: Problem): void;
}) => Client<TrainerRequests>;

/** Asks the worker; null after a problem, which then is on show. */
export type Ask = <K extends keyof TrainerRequests>(
  name: K,
  input: TrainerRequests[K]["input"],
) => Promise<TrainerRequests[K]["output"] | null>;

export interface Connection {
  /** Asks the worker; rejects with a ProblemError. */
  call: Client<TrainerRequests>["call"];
  ask: Ask;
  /** Asks what can compute here, and lets "auto" follow a check of this device; false after a problem. */
  probe(): Promise<boolean>;
  /** Starts a worker in place of the one before; false where it does not start. */
  restart(): Promise<boolean>;
  /** Ends the worker, as if it had died of `reason`. */
  end(reason: Problem): void;
  /** Calls `take` with every event of the worker. */
  onEvent(take: (event: TrainerEvent) => void): void;
  /** Calls `take` when the worker has died. */
  onDeath(take: (reason: Problem) => void): void;
}

export function createConnection(
  connect: Connect,
  { setState: set }: StudioStore,
  notices: Notices,
): Connection {
  const eventTakers: ((event: TrainerEvent) => void)[] = [];
  const deathTakers: ((reason: Problem) => void)[] = [];
  let client: Client<TrainerRequests> | null = null;

  const ask: Ask = async (name, input) => {
    try {
      return client ? await client.call(name, input) : null;
    } catch (cause) {
      notices.notify(cause);
      return null;
    }
  };

  async function probe(): Promise<boolean> {
    const found = await ask("probe", {});
    if (!found) return false;
    const measured = measuredBackend(found, keptCheck(), clientName());
    set({ backends: (measured && (await ask("probe", { measured }))) ?? found });
    return true;
  }

  function died(reason: Problem): void {
    set({ worker: { type: "dead", problem: reason }, opening: null });
    for (const take of deathTakers) take(reason);
  }

  return {
    call: (name, input) =>
      client
        ? client.call(name, input)
        : Promise.reject(problemError("worker-died", { reason: "it has not been started" })),
    ask,
    probe,
    async restart() {
      client?.close();
      set({ worker: { type: "starting" } });
      client = connect({
        onEvent(event) {
          for (const take of eventTakers) take(event);
        },
        onDeath: died,
      });
      const isReady = await probe();
      if (isReady) set({ worker: { type: "ready" } });
      return isReady;
    },
    end(reason) {
      // What waits for its answers is over before they are refused.
      died(reason);
      client?.close();
    },
    onEvent: (take) => void eventTakers.push(take),
    onDeath: (take) => void deathTakers.push(take),
  };
}
