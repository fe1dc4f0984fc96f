// How a session and a race are trained, paused and stopped as a whole.

import type { RunControl } from "./control.ts";

export interface Steered {
  readonly control: RunControl;
  /** Trains to the end; settles when all is over or was stopped. Rejects with what is not a Problem. */
  train(): Promise<void>;
  /** Pauses after the step under way; settles when all members have paused, or training is over. */
  pause(): Promise<void>;
  resume(): void;
  /**
   * Pauses as above until the function that it gives is called: training then continues, unless it was paused otherwise too.
   */
  hold(): Promise<() => void>;
  /** Trains so many steps, then pauses as above. */
  allow(steps: number): Promise<void>;
  /** Ends after the step under way; settles when training is over. */
  stop(): Promise<void>;
}

export interface Steering {
  /** To be called when all members have paused, or continue. */
  notePaused(isPaused: boolean): void;
  steered: Steered;
}

/** `trainAll` does the steps that `control` allows. */
export function createSteering(control: RunControl, trainAll: () => Promise<void>): Steering {
  let isPaused = false;
  let isOver = false;
  let trained: Promise<void> = Promise.resolve();
  /** Those who wait for a pause, or the end. */
  const waiting: (() => void)[] = [];

  function settle(): void {
    for (const resolve of waiting.splice(0)) resolve();
  }
  function nextPause(): Promise<void> {
    return isOver ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
  }
  return {
    notePaused(now) {
      isPaused = now;
      if (isPaused) settle();
    },
    steered: {
      control,
      train() {
        trained = trainAll().finally(() => {
          isOver = true;
          settle();
        });
        return trained;
      },
      pause() {
        control.pause();
        return isPaused ? Promise.resolve() : nextPause();
      },
      resume: control.resume,
      async hold() {
        const release = control.hold();
        if (!isPaused) await nextPause();
        return release;
      },
      allow(steps) {
        const paused = nextPause();
        control.allow(steps);
        return paused;
      },
      async stop() {
        control.stop();
        await trained.catch(() => {});
      },
    },
  };
}
