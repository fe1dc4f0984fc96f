// The worker that reads and writes data sets, seen from the page. It is not the one that trains, so that reading a log
// disturbs no run.

import { type Problem, problem } from "../../base/problem.ts";
import { asProblem } from "../../base/result.ts";
import type { Client } from "../../base/rpc/client.ts";
import type { DataEvent, DataRequests } from "../../datasets/requests.ts";
import type { Notices } from "../notices/notices.ts";
import type { DatasetsStore } from "./datasetsState.ts";

/** Makes a client of a new worker. */
export type ConnectData = (listeners: {
  onEvent(event: DataEvent): void;
  onDeath(reason: Problem): void;
}) => Client<DataRequests>;

export interface DataConnection {
  /** Asks the worker; null after a problem, which is on show then, and which `onProblem` gets. */
  ask<K extends keyof DataRequests>(
    name: K,
    input: DataRequests[K]["input"],
    onProblem?: (found: Problem) => void,
  ): Promise<DataRequests[K]["output"] | null>;
  /** Does one piece of work at a time; null where another one is under way. */
  during<T>(work: DataWork, doIt: () => Promise<T>): Promise<T | null>;
}

/** A piece of work as the page shows it. */
interface DataWork {
  title: string;
  canCancel: boolean;
  /** It writes something, of which nothing stays where the page is left. */
  writes: boolean;
}

export function createDataConnection(
  connect: ConnectData,
  { setState: set, getState: get }: DatasetsStore,
  notices: Pick<Notices, "show">,
): DataConnection {
  /** Made when it is first needed. */
  let client: Client<DataRequests> | null = null;

  function connected(): Client<DataRequests> {
    client ??= connect({
      onEvent({ type: _, ...progress }) {
        set(({ work }) => (work ? { work: { ...work, progress } } : {}));
      },
      onDeath(reason) {
        client = null;
        set({ work: null, looking: false });
        notices.show(reason);
      },
    });
    return client;
  }

  return {
    async ask(name, input, onProblem = () => {}) {
      try {
        return await connected().call(name, input);
      } catch (cause) {
        const found = asProblem(cause);
        onProblem(found);
        // The person knows what he cancelled, and that the worker died is on show already.
        if (found.code !== "import-cancelled" && found.code !== "data-worker-died") notices.show(found);
        return null;
      }
    },
    async during(work, doIt) {
      if (get().work) {
        notices.show(problem("data-busy", {}));
        return null;
      }
      set({ work: { ...work, progress: null } });
      try {
        return await doIt();
      } finally {
        set({ work: null });
      }
    },
  };
}
