// What can be said of scores that pass by in any number: exactly of as many as fit, then from bins of a fixed number.

import { auc } from "./auc.ts";
import { type Calibration, calibration, reliability } from "./calibration.ts";

/** Rows that are kept, and so the most of which AUC is exact: nine bytes a row and head. */
const MOST_EXACT_ROWS = 4_000_000;
/** Bins of logits: the upper bits of a float32 in the order of the numbers, so that each is as wide as its values need. */
const BIN_BITS = 20;
const CALIBRATION_BINS = 15;

export interface ScoreSummary {
  /** With a label. */
  rows: number;
  positives: number;
  /** One a head, branches first; null where one class is missing. */
  auc: (number | null)[];
  /** How far each AUC can be from the exact one: 0 up to `MOST_EXACT_ROWS` rows. */
  aucErrorBound: number;
  /** Of the fused output. */
  calibration: Calibration | null;
}

export interface ScoreSums {
  /** Row-major logits [rows, heads], the fused one last, and labels 0 or 1. */
  add(logits: Float32Array, labels: Float32Array, rows: number): void;
  summary(): ScoreSummary;
}

/** Sums over scores of `heads` heads; `mostExact` rows are kept. */
export function createScoreSums(heads: number, mostExact = MOST_EXACT_ROWS): ScoreSums {
  let kept: KeptScores | null = emptyScores(heads, 1 << 16);
  let bins: Bins[] | null = null;
  let rows = 0;
  let positives = 0;

  function toBins(): Bins[] {
    const made = Array.from({ length: heads }, createBins);
    for (let h = 0; h < heads; h++)
      for (let r = 0; r < rows; r++) made[h]!.add(kept!.logits[h]![r]!, kept!.labels[r]!);
    kept = null;
    return made;
  }

  return {
    add(logits, labels, count) {
      if (kept && rows + count > mostExact) bins = toBins();
      if (kept && rows + count > kept.labels.length)
        kept = grown(kept, Math.min(mostExact, 2 * (rows + count)));
      for (let r = 0; r < count; r++) {
        const label = labels[r]!;
        positives += label;
        for (let h = 0; h < heads; h++) {
          const logit = logits[r * heads + h]!;
          if (kept) kept.logits[h]![rows + r] = logit;
          else bins![h]!.add(logit, label);
        }
        if (kept) kept.labels[rows + r] = label;
      }
      rows += count;
    },
    summary() {
      if (kept) {
        const labels = kept.labels.subarray(0, rows);
        const logits = kept.logits.map((head) => head.subarray(0, rows));
        return {
          rows,
          positives,
          auc: logits.map((head) => auc(head, labels)),
          aucErrorBound: 0,
          calibration: calibration(logits.at(-1)!, labels, CALIBRATION_BINS),
        };
      }
      const areas = bins!.map((head) => head.auc());
      return {
        rows,
        positives,
        auc: areas.map((area) => area?.value ?? null),
        aucErrorBound: Math.max(...areas.map((area) => area?.bound ?? 0)),
        calibration: bins!.at(-1)!.calibration(rows),
      };
    },
  };
}

interface KeptScores {
  logits: Float32Array[];
  labels: Float32Array;
}

function emptyScores(heads: number, capacity: number): KeptScores {
  return {
    logits: Array.from({ length: heads }, () => new Float32Array(capacity)),
    labels: new Float32Array(capacity),
  };
}

function grown({ logits, labels }: KeptScores, capacity: number): KeptScores {
  const larger = emptyScores(logits.length, capacity);
  for (const [h, head] of logits.entries()) larger.logits[h]!.set(head);
  larger.labels.set(labels);
  return larger;
}

interface Bins {
  add(logit: number, label: number): void;
  /** Pairs within a bin count half; `bound` is what they can be off by. */
  auc(): { value: number; bound: number } | null;
  calibration(rows: number): Calibration | null;
}

function createBins(): Bins {
  const size = 2 ** BIN_BITS;
  const [positives, negatives, predicted] = [
    new Float64Array(size),
    new Float64Array(size),
    new Float64Array(size),
  ];
  const float = new Float32Array(1);
  const bits = new Int32Array(float.buffer);
  let isNumber = true;
  return {
    add(logit, label) {
      isNumber &&= !Number.isNaN(logit);
      float[0] = logit + 0;
      const b = bits[0]!;
      const bin = ((b < 0 ? ~b : b ^ 0x80000000) >>> 0) >>> (32 - BIN_BITS);
      (label > 0 ? positives : negatives)[bin]!++;
      predicted[bin]! += 1 / (1 + Math.exp(-logit));
    },
    auc() {
      const totals = [positives, negatives].map((counts) => counts.reduce((a, b) => a + b, 0));
      const pairs = totals[0]! * totals[1]!;
      if (pairs === 0 || !isNumber) return null;
      let above = totals[0]!;
      let ordered = 0;
      let unsure = 0;
      for (let bin = 0; bin < size; bin++) {
        const [p, n] = [positives[bin]!, negatives[bin]!];
        above -= p;
        ordered += n * (above + p / 2);
        unsure += (p * n) / 2;
      }
      return { value: ordered / pairs, bound: unsure / pairs };
    },
    calibration(rows) {
      if (!isNumber || rows === 0) return null;
      const groups: { rows: number; clicks: number; predicted: number }[] = [];
      let group = { rows: 0, clicks: 0, predicted: 0 };
      let done = 0;
      for (let bin = 0; bin < size; bin++) {
        const count = positives[bin]! + negatives[bin]!;
        if (count === 0) continue;
        group.rows += count;
        group.clicks += positives[bin]!;
        group.predicted += predicted[bin]!;
        done += count;
        if (done < Math.round(((groups.length + 1) * rows) / CALIBRATION_BINS) && done < rows) continue;
        groups.push(group);
        group = { rows: 0, clicks: 0, predicted: 0 };
      }
      return reliability(groups);
    },
  };
}
