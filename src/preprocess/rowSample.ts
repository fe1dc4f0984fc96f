// Rows by their hash, to find those that occur twice: of a large data set only every k-th hash is kept, which is the same
// sample in every split, so that counts of it times k are right on average.

import type { Batch } from "../base/batch.ts";
import { mix32 } from "../base/random.ts";

const KEPT_ROWS = 1 << 22;

export interface RowSample {
  /** Rows that one kept row stands for. */
  weight: number;
  add(hash: number, check: number): void;
  has(hash: number, check: number): boolean;
}

/** A sample of `rows` rows; `hash` and `check` are two independent 32-bit hashes of a row. */
export function createRowSample(rows: number): RowSample {
  const weight = Math.max(1, Math.ceil(rows / KEPT_ROWS));
  let slots = 1024;
  while (slots < (3 * rows) / weight) slots *= 2;
  // Open addressing: pairs (hash, check), and whether a slot is taken.
  const table = new Uint32Array(2 * slots);
  const taken = new Uint8Array(slots);

  /** The slot of this row, or the free one where it belongs. */
  function slotOf(hash: number, check: number): number {
    let slot = check & (slots - 1);
    while (taken[slot] === 1 && (table[2 * slot] !== hash || table[2 * slot + 1] !== check))
      slot = (slot + 1) & (slots - 1);
    return slot;
  }
  return {
    weight,
    add(hash, check) {
      if (hash % weight !== 0) return;
      const slot = slotOf(hash, check);
      taken[slot] = 1;
      table[2 * slot] = hash;
      table[2 * slot + 1] = check;
    },
    has: (hash, check) => hash % weight === 0 && taken[slotOf(hash, check)] === 1,
  };
}

/** Two hashes of each row: of its label and all of its ids. */
export function eachRowHash(
  { rowCount, fields, ids, labels }: Batch,
  onValue: (hash: number, check: number) => void,
): void {
  for (let r = 0, at = 0; r < rowCount; r++) {
    let hash = labels[r]!;
    let check = ~labels[r]!;
    for (let f = 0; f < fields; f++, at++) {
      hash = mix32(hash ^ ids[at]!);
      check = mix32((Math.imul(check, 31) + ids[at]!) | 0);
    }
    onValue(hash, check);
  }
}
