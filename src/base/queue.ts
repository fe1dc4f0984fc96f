// Asynchronous work in the order in which it was asked for.

export type Queue = <T>(work: () => Promise<T>) => Promise<T>;

/** Runs one piece of work after the other; each call settles as its own work does, and a failure stops none after it. */
export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
}
