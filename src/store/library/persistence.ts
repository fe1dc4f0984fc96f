// Whether the browser keeps what the studio stores, data sets and runs, until the person deletes it.

import { createStore, type StoreApi } from "zustand/vanilla";

export interface PersistenceState {
  /** false: the browser may clear it when the disk runs full; null: not known. */
  isPersistent: boolean | null;
}

export interface Persistence {
  readonly store: StoreApi<PersistenceState>;
  /** Asks the browser to keep it, once a visit: some browsers then ask the person. */
  ask(): Promise<void>;
  /** Sees how things are, without asking. */
  look(): Promise<void>;
}

/** `storage` is the browser's; undefined where it has none. */
export function createPersistence(
  storage: Pick<StorageManager, "persist" | "persisted"> | undefined,
): Persistence {
  const store = createStore<PersistenceState>(() => ({ isPersistent: null }));
  let asked = false;

  async function take(answer: Promise<boolean> | undefined): Promise<void> {
    try {
      store.setState({ isPersistent: (await answer) ?? null });
    } catch {
      // A browser that refuses to answer is one where it is not known.
      store.setState({ isPersistent: null });
    }
  }
  return {
    store,
    async ask() {
      if (asked) return;
      asked = true;
      await take(storage?.persist?.());
    },
    look: () => take(storage?.persisted?.()),
  };
}
