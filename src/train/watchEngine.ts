// What a worker must know of its engine besides the numbers: how long it will be silent, and whether its device failed.

import type { Problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import type { Engine } from "../engine/engine.ts";

/** What a first step may take: it compiles, and on a CPU a large model takes its time. */
export const FIRST_STEP_MS = 180_000;
/** A slow device draws at least so many initial values in a millisecond. */
export const PARAMETERS_PER_MS = 1000;
/** Steps shorter than this leave the worker free to answer in time. */
const SHORT_STEP_MS = 1000;

export interface Watch {
  /** Announces a silence of at most so many milliseconds: no ping is answered while a batch is computed. */
  computing(forAtMostMs: number): void;
  /** What the device reported apart from any call; null while it is well. */
  fault(): Problem | null;
}

/** The same engine, which announces long batches, and throws the device's fault instead of handing out its numbers. */
export function watchEngine(engine: Engine, { computing, fault }: Watch): Engine {
  let longestMs = FIRST_STEP_MS;
  let isFirst = true;

  async function sound<T>(work: () => Promise<T>): Promise<T> {
    const result = await work();
    const found = fault();
    if (found) throw new ProblemError(found);
    return result;
  }
  async function announced<T>(work: () => Promise<T>): Promise<T> {
    if (longestMs > SHORT_STEP_MS) computing(4 * longestMs);
    const started = performance.now();
    const result = await sound(work);
    const ms = performance.now() - started;
    longestMs = isFirst ? ms : Math.max(longestMs, ms);
    isFirst = false;
    return result;
  }
  return {
    ...engine,
    step: (batch, learningRate) => announced(() => engine.step(batch, learningRate)),
    evaluate: (batch) => announced(() => engine.evaluate(batch)),
    drain: () => sound(engine.drain),
    read: (into) => sound(() => engine.read(into)),
  };
}
