// How a person steers a run: the loop asks between two steps whether it may do another one.

/** Pause, step and stop. Every request takes effect after the step under way. */
export interface RunControl {
  pause(): void;
  resume(): void;
  /** Allows `steps` more steps, then pauses again. */
  allow(steps: number): void;
  stop(): void;
  /** Keeps the loop from further steps until what it returns is called, whatever else is asked for meanwhile. */
  hold(): () => void;
  readonly stopping: boolean;
  /** Whether the loop has to wait before its next step. */
  readonly waiting: boolean;
  /** For the loop: settles when a further step may be done or the run shall stop. */
  permission(): Promise<void>;
  /** For the loop: one step was done. */
  stepped(): void;
}

/** A control whose run continues until it is paused or stopped, or waits from the start when `paused`. */
export function createControl(paused = false): RunControl {
  let allowed = paused ? 0 : Number.POSITIVE_INFINITY;
  let stopping = false;
  let holds = 0;
  let wake: (() => void) | null = null;
  const isWaiting = () => !stopping && (allowed === 0 || holds > 0);

  function wakeIfAllowed(): void {
    if (isWaiting()) return;
    wake?.();
    wake = null;
  }
  function change(steps: number): void {
    allowed = steps;
    wakeIfAllowed();
  }
  return {
    pause: () => change(0),
    resume: () => change(Number.POSITIVE_INFINITY),
    allow: (steps) => change(Number.isFinite(allowed) ? allowed + steps : steps),
    stop() {
      stopping = true;
      wakeIfAllowed();
    },
    hold() {
      let isHeld = true;
      holds++;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holds--;
        wakeIfAllowed();
      };
    },
    get stopping() {
      return stopping;
    },
    get waiting() {
      return isWaiting();
    },
    permission() {
      if (!isWaiting()) return Promise.resolve();
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
    stepped() {
      // A pause can arrive while a step is under way: that step was allowed already.
      if (allowed > 0) allowed -= 1;
    },
  };
}
