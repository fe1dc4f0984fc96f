// Tabs of one browser, as far as runs are kept: each has the library in a worker of its own, here behind a port, over the
// same database, files and locks.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Client, createClient } from "../../src/base/rpc/client.ts";
import type { Port, WorkerPort } from "../../src/base/rpc/port.ts";
import { serve } from "../../src/base/rpc/serve.ts";
import { type CheckpointStore, createCheckpointStore } from "../../src/checkpoint/checkpointStore.ts";
import { createMemoryDatabase, type LibraryDatabase } from "../../src/library/database.ts";
import { createLibrary } from "../../src/library/library.ts";
import type { LibraryEvent, LibraryRequests } from "../../src/library/requests.ts";
import type { ConnectLibrary } from "../../src/store/library/libraryClient.ts";
import { openDiskStorage } from "../checkpoint/diskStorage.ts";

export interface LibraryTabs {
  folder: string;
  database: LibraryDatabase;
  checkpoints: CheckpointStore;
  /** Runs that some tab trains. */
  open: Set<string>;
  /** Milliseconds since 1970. */
  time: { now: number };
  /** A tab's line to its library. */
  connect: ConnectLibrary;
}

/** An empty profile; it is gone when the test is. */
export async function createLibraryTabs(): Promise<LibraryTabs> {
  const folder = mkdtempSync(join(tmpdir(), "library-"));
  const storage = await openDiskStorage(folder);
  const openStore = () => createCheckpointStore({ storage, budget: 1e9, breathe: async () => {} });
  const database = createMemoryDatabase(null);
  const open = new Set<string>();
  const time = { now: 1.75e12 };
  const emitters = new Set<(event: LibraryEvent) => void>();
  const clients: Client<LibraryRequests>[] = [];
  onTestFinished(() => {
    for (const client of clients) client.close();
    rmSync(folder, { recursive: true });
  });
  return {
    folder,
    database,
    checkpoints: openStore(),
    open,
    time,
    connect(listeners) {
      const { port1, port2 } = new MessageChannel();
      const store = openStore();
      serve<LibraryRequests, LibraryEvent>(port2 as unknown as Port, ({ emit }) => {
        emitters.add(emit);
        return createLibrary({
          database: Promise.resolve(database),
          checkpoints: async () => store,
          openRuns: async () => new Set(open),
          announce() {
            for (const other of emitters) if (other !== emit) other({ type: "changed" });
          },
          emit,
          now: () => time.now,
        });
      });
      const client = createClient<LibraryRequests, LibraryEvent>({
        port: port1 as unknown as WorkerPort,
        deathCode: "library-worker-died",
        ...listeners,
      });
      clients.push(client);
      return client;
    },
  };
}
