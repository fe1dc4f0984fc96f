// What is asked of every reader when it gets a file that no person would make on purpose: an answer soon, no array that
// only a length in the file gives reason for, and a refusal that helps.

import { expect } from "vitest";
import type { Problem } from "../../src/base/problem.ts";
import { ProblemError } from "../../src/base/result.ts";

/** Of each kind of damage; `npm run test:full` has 10,000. */
export const CASES = Number(process.env.FUZZ_CASES ?? 150);

/** Of the processor: others on the machine do not make a reader slow. */
const LONGEST_MS = 2000;
/** No array is larger than this many times what was given. */
const MOST_TIMES = 4;
/** What any reader may take, however small the file. */
const FIXED_BYTES = 1 << 20;

let largestArray = 0;

// Readers take these by their global names when they run, so every array that they make is seen here.
for (const name of [
  "ArrayBuffer",
  "SharedArrayBuffer",
  "Uint8Array",
  "Int8Array",
  "Uint16Array",
  "Int16Array",
  "Uint32Array",
  "Int32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
] as const)
  watchArrays(name);

function watchArrays(name: string): void {
  const globals = globalThis as unknown as Record<string, new (...given: unknown[]) => ArrayBuffer>;
  globals[name] = new Proxy(globals[name]!, {
    construct(type, given, newTarget) {
      const made = Reflect.construct(type, given, newTarget === globals[name] ? type : newTarget);
      if (typeof given[0] === "number") largestArray = Math.max(largestArray, made.byteLength);
      return made;
    },
  });
}

export type Outcome<T> = { accepted: T } | { problem: Problem };

/**
 * What `read` makes of `byteLength` bytes that it is given; it may throw a ProblemError and nothing else. `fixedBytes`
 * are those of buffers whose size no file decides.
 */
export async function outcomeOf<T>(
  byteLength: number,
  read: () => T | Promise<T>,
  fixedBytes = FIXED_BYTES,
): Promise<Outcome<T>> {
  largestArray = 0;
  const heldBefore = process.memoryUsage().arrayBuffers;
  const started = process.cpuUsage();
  const outcome = await attempt(read);
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1000).toBeLessThan(LONGEST_MS);
  const most = MOST_TIMES * byteLength + fixedBytes;
  expect(largestArray).toBeLessThanOrEqual(most);
  expect(process.memoryUsage().arrayBuffers - heldBefore).toBeLessThanOrEqual(4 * most);
  if ("problem" in outcome) {
    const { code, sentence, remedy } = outcome.problem;
    expect(code, sentence).not.toBe("unexpected");
    expect(code, sentence).not.toBe("browser-memory-exhausted");
    expect(sentence).toMatch(/\S.*\.$/s);
    expect(remedy).toMatch(/\S.*\.$/s);
  }
  return outcome;
}

async function attempt<T>(read: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    return { accepted: await read() };
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause;
    return { problem: cause.problem };
  }
}
