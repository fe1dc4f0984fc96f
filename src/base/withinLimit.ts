/** An answer that did not come in time. */
export class TooLate extends Error {}

/**
 * What `answer` settles with, if it does so within `limitMs`; else rejects with TooLate: "it did not … within … seconds", where
 * `verb` says what was awaited: "start", "answer".
 */
export function withinLimit<T>(answer: Promise<T>, limitMs: number, verb: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new TooLate(`it did not ${verb} within ${limitMs / 1000} seconds`)),
      limitMs,
    );
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
