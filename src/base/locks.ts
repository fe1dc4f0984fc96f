// What one tab alone may hold, or several together but nobody alone: the browser's locks end with the tab or worker that
// holds them, however it ends.

/** Takes a lock; gives what lets it go again, or null when somebody holds it in a way that forbids this one. */
export async function takeLock(
  name: string,
  mode: "exclusive" | "shared" = "exclusive",
): Promise<(() => void) | null> {
  // Browsers offer locks on secure addresses only; without them nobody else can be seen.
  if (!navigator.locks) return () => {};
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { ifAvailable: true, mode }, (lock) => {
        if (!lock) {
          resolve(null);
          return;
        }
        return new Promise<void>((release) => resolve(release));
      })
      // A browser that keeps nothing for the page refuses locks too; what is not kept no other tab can have.
      .catch((cause) => (isRefusal(cause) ? resolve(() => {}) : reject(cause)));
  });
}

/** What follows `prefix` in the names of locks that this tab or another one holds. */
export async function heldLocks(prefix: string): Promise<Set<string>> {
  const held = await allHeld();
  const names = held.map(({ name = "" }) => name).filter((name) => name.startsWith(prefix));
  return new Set(names.map((name) => name.slice(prefix.length)));
}

async function allHeld(): Promise<LockInfo[]> {
  try {
    return (await navigator.locks?.query())?.held ?? [];
  } catch (cause) {
    if (isRefusal(cause)) return [];
    throw cause;
  }
}

function isRefusal(cause: unknown): boolean {
  return cause instanceof DOMException && cause.name === "SecurityError";
}
