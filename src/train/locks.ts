// One tab trains a run at a time: the browser's locks end with the tab that holds them, however it ends.

const PREFIX = "final-studio/run/";

/** Takes the run for this tab; gives what lets it go again, or null when another tab has it. */
export async function lockRun(runId: string): Promise<(() => void) | null> {
  // Browsers offer locks on secure addresses only; without them nobody else can be seen.
  if (!navigator.locks) return () => {};
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(PREFIX + runId, { ifAvailable: true }, (lock) => {
        if (!lock) {
          resolve(null);
          return;
        }
        return new Promise<void>((release) => resolve(release));
      })
      .catch(reject);
  });
}

/** Runs that this tab or another one holds. */
export async function lockedRuns(): Promise<Set<string>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const names = held.map(({ name = "" }) => name).filter((name) => name.startsWith(PREFIX));
  return new Set(names.map((name) => name.slice(PREFIX.length)));
}
