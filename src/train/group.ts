// The learners of a loop: each does the same in turn; one that meets a problem reports it and leaves, and the others continue.

import type { Problem } from "../base/problem.ts";
import { ProblemError } from "../base/result.ts";
import type { TrainEvent } from "../runs/events.ts";
import type { Learner } from "./learner.ts";

/** Takes in an event of the learner with that index; the loop waits for it. */
export type Emit = (learner: number, event: TrainEvent) => void | Promise<void>;

/** What a learner does in its turn, and how it says what came of it. */
type Turn = (learner: Learner, emit: (event: TrainEvent) => void | Promise<void>) => void | Promise<void>;

export interface Group {
  /** Learners that still train; all stand at the same step. */
  readonly size: number;
  readonly first: Learner | undefined;
  /** Gives every learner that still trains its turn. A ProblemError thrown in it makes the learner leave. */
  each(turn: Turn): Promise<void>;
  /** Emits one event of each, in the same way. */
  emitEach(event: (learner: Learner) => TrainEvent): Promise<void>;
  /** The learner has come to its end. */
  leave(learner: Learner): void;
  /** All of them meet the same problem. */
  fail(problem: Problem): Promise<void>;
}

export function createGroup(learners: Learner[], emit: Emit): Group {
  const active = new Set(learners);

  async function each(turn: Turn): Promise<void> {
    for (const [index, learner] of learners.entries()) {
      if (!active.has(learner)) continue;
      // A lone learner's time includes the reading of its batches, since nobody shares it.
      if (learners.length > 1) learner.restartClock();
      try {
        await turn(learner, (event) => emit(index, event));
      } catch (cause) {
        if (!(cause instanceof ProblemError)) throw cause;
        active.delete(learner);
        await emit(index, { type: "failed", problem: cause.problem });
      }
    }
  }
  return {
    get size() {
      return active.size;
    },
    get first() {
      const [first] = active;
      return first;
    },
    each,
    emitEach: (event) => each((learner, emitOne) => emitOne(event(learner))),
    leave: (learner) => void active.delete(learner),
    fail: (problem) => each((_, emitOne) => emitOne({ type: "failed", problem })),
  };
}
