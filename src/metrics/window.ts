// The last rows of a stream, for progressive AUC.

import { auc } from "./auc.ts";

/** The rows that a window holds, in its own order. */
export interface WindowRows {
  /** Rows that ever entered. */
  pushed: number;
  /** Row-major [heads, rows held], and [rows held]. */
  logits: Float32Array;
  labels: Float32Array;
}

export interface ScoreWindow {
  /** Takes in a batch: logits row-major [B, heads], labels [B]. */
  push(logits: Float32Array, labels: Float32Array): void;
  /** AUC of each head over the rows held; null where they hold one class only. Sorts the window once a head. */
  aucs(): number[] | null;
  /** A copy of what it holds. */
  rows(): WindowRows;
}

/** A window over the last `capacity` rows of `heads` outputs each, empty or with what another one held. */
export function createWindow(capacity: number, heads: number, from?: WindowRows): ScoreWindow {
  const logits = Array.from({ length: heads }, () => new Float32Array(capacity));
  const labels = new Float32Array(capacity);
  let pushed = from?.pushed ?? 0;
  const held = () => Math.min(pushed, capacity);
  if (from) {
    labels.set(from.labels);
    for (const [h, head] of logits.entries())
      head.set(from.logits.subarray(h * from.labels.length, (h + 1) * from.labels.length));
  }

  return {
    push(batchLogits, batchLabels) {
      for (let r = 0; r < batchLabels.length; r++) {
        const slot = (pushed + r) % capacity;
        labels[slot] = batchLabels[r]!;
        for (let h = 0; h < heads; h++) logits[h]![slot] = batchLogits[r * heads + h]!;
      }
      pushed += batchLabels.length;
    },
    aucs() {
      const values = logits.map((head) => auc(head.subarray(0, held()), labels.subarray(0, held())));
      return values.every((value) => value !== null) ? (values as number[]) : null;
    },
    rows() {
      const copy = new Float32Array(heads * held());
      for (const [h, head] of logits.entries()) copy.set(head.subarray(0, held()), h * held());
      return { pushed, logits: copy, labels: labels.slice(0, held()) };
    },
  };
}
