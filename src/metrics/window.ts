// The last rows of a stream, for progressive AUC.

import { auc } from "./auc.ts";

export interface ScoreWindow {
  /** Takes in a batch: logits row-major [B, heads], labels [B]. */
  push(logits: Float32Array, labels: Float32Array): void;
  /** AUC of each head over the rows held; null where they hold one class only. Sorts the window once a head. */
  aucs(): number[] | null;
}

/** A window over the last `capacity` rows of `heads` outputs each. */
export function createWindow(capacity: number, heads: number): ScoreWindow {
  const logits = Array.from({ length: heads }, () => new Float32Array(capacity));
  const labels = new Float32Array(capacity);
  let pushed = 0;

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
      const held = Math.min(pushed, capacity);
      const values = logits.map((head) => auc(head.subarray(0, held), labels.subarray(0, held)));
      return values.every((value) => value !== null) ? (values as number[]) : null;
    },
  };
}
