// Asynchronous work in the order in which it was asked for.

/** Runs one piece of work after the other; each call settles as its own work does, and a failure stops none after it. */
export function createQueue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
}
