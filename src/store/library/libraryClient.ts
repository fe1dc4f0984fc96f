// How the page asks its library of runs, which is in a worker.

import type { Problem } from "../../base/problem.ts";
import { asProblem } from "../../base/result.ts";
import type { Client } from "../../base/rpc/client.ts";
import type { LibraryEvent, LibraryList, LibraryRequests } from "../../library/requests.ts";

/** Makes a client of a new worker. */
export type ConnectLibrary = (listeners: {
  onEvent(event: LibraryEvent): void;
  onDeath(reason: Problem): void;
}) => Client<LibraryRequests>;

/** Asks the library; null after a problem, which was reported. */
type Ask = <K extends keyof LibraryRequests>(
  name: K,
  input: LibraryRequests[K]["input"],
) => Promise<LibraryRequests[K]["output"] | null>;

export interface LibraryClient {
  ask: Ask;
  /** Asks for a change; afterwards the list is what the library says. */
  write: Ask;
  /** Asks for the list. One at a time: what is asked for meanwhile comes after it. */
  refresh(): Promise<void>;
}

/** `onList` takes each list that no change has made out of date. */
export function createLibraryClient(
  connect: ConnectLibrary,
  onList: (list: LibraryList) => void,
  onProblem: (found: Problem) => void,
): LibraryClient {
  let client: Client<LibraryRequests> | null = null;
  /** Changes that are being written, and how many there were: a list that was asked for before one is out of date. */
  let writing = 0;
  let writes = 0;
  let listing: Promise<void> | null = null;
  let isListWanted = false;

  const ask: Ask = async (name, input) => {
    client ??= connect({
      onEvent: () => void refresh(),
      onDeath() {
        client = null;
      },
    });
    try {
      return await client.call(name, input);
    } catch (cause) {
      onProblem(asProblem(cause));
      return null;
    }
  };

  const write: Ask = async (name, input) => {
    writing++;
    writes++;
    try {
      return await ask(name, input);
    } finally {
      writing--;
      if (writing === 0) void refresh();
    }
  };

  function refresh(): Promise<void> {
    isListWanted = true;
    listing ??= (async () => {
      while (isListWanted) {
        isListWanted = false;
        const before = writes;
        const list = await ask("listRuns", {});
        if (list && writing === 0 && writes === before) onList(list);
      }
      listing = null;
    })();
    return listing;
  }

  return { ask, write, refresh };
}
