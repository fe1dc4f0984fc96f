// What a sample of the encoded rows shows: copies, rows of one split in another, columns that give the label away alone. The
// sample is chosen by what is in a row, so copies are in it together; memory and time do not grow with the rows.

import { createRowSample, type RowSample } from "../rowSample.ts";
import { TEST, TRAIN, VALID } from "../splits.ts";

/** A row as the census takes it. */
export interface CensusRow {
  /** Place in SPLITS. */
  split: number;
  label: number;
  /** Table row of each field, from place `at` on. */
  ids: Int32Array;
  at: number;
  /** Two independent hashes of label and values. */
  hash: number;
  check: number;
}

export interface RowFacts {
  /** Rows that one of the sample stands for. */
  weight: number;
  /** Rows of each split in the sample. */
  rows: [number, number, number];
  /** Training rows that are copies of another one; rows of the other splits that training has too. */
  copies: number;
  validInTraining: number;
  testInTraining: number;
  /** Of each field, the share of training and of test rows whose value has no id; null where there are no such rows. */
  oov: { train: number[]; test: number[] } | null;
  /** AUC of each field alone on held-out rows; null where these are too few to say. */
  aucs: { rows: number; byField: number[] } | null;
}

/** Of a log with more rows a sample is taken, on average of so many. */
const MOST_ROWS = 1 << 16;
const SAMPLED_ROWS = 1 << 15;
const MOST_HELD_OUT = 1 << 13;
const LEAST_OF_A_LABEL = 30;
/** Click rates this close together count as equal. */
const RATES = 1 << 12;
/** Rows that a value's click rate is drawn towards the mean with. */
const PRIOR_ROWS = 4;

export interface RowCensus {
  /** Whether a row with this hash of some of its values is in the sample. */
  takes(hash: number): boolean;
  add(row: CensusRow): void;
  facts(): RowFacts;
}

/** Of `rows` rows with `fields` fields and ids below `tableRows`. */
export function createRowCensus(rows: number, fields: number, tableRows: number): RowCensus {
  const weight = rows <= MOST_ROWS ? 1 : Math.ceil(rows / SAMPLED_ROWS);
  /** Hashes below it are in the sample. A remainder would take several times as long, and every row is asked for. */
  const limit = 2 ** 32 / weight;
  // Rows of a log that says less of its length than it has still find room.
  const training: RowSample = createRowSample(Math.max(1, Math.min(rows, MOST_ROWS)));
  /** Of each table row the training rows with it, those without a click and those with one side by side. */
  const met = new Uint32Array(2 * tableRows);
  const seen: RowFacts["rows"] = [0, 0, 0];
  const others = { [VALID]: [] as number[], [TEST]: [] as number[] };
  /** Rows that no click rate is taken from. */
  const held = {
    ids: new Int32Array(fields * Math.min(rows, MOST_HELD_OUT)),
    labels: new Uint8Array(Math.min(rows, MOST_HELD_OUT)),
    count: 0,
  };
  const oov = { train: new Float64Array(fields), test: new Float64Array(fields) };
  let copies = 0;
  let trained = 0;
  let trainedClicks = 0;

  /** A field's OOV row has the field's own number. */
  function noteOov(into: Float64Array, { ids, at }: CensusRow): void {
    for (let f = 0; f < fields; f++) if (ids[at + f] === f) into[f]!++;
  }

  function hold({ ids, at, label }: CensusRow): void {
    if (held.count === held.labels.length) return;
    for (let f = 0, to = held.count * fields; f < fields; f++, to++) held.ids[to] = ids[at + f]!;
    held.labels[held.count++] = label;
  }

  /** Notes the ids of a training row; those of its fields without one too. */
  function train({ ids, at, label }: CensusRow): void {
    trained++;
    trainedClicks += label;
    const { train: without } = oov;
    for (let f = 0; f < fields; f++) {
      const id = ids[at + f]!;
      if (id === f) without[f]!++;
      met[2 * id + label]!++;
    }
  }

  function aucs(): RowFacts["aucs"] {
    const { ids, labels, count } = held;
    const positives = labels.reduce((sum, label) => sum + label, 0);
    if (Math.min(positives, count - positives) < LEAST_OF_A_LABEL || trained === 0) return null;
    const mean = trainedClicks / trained;
    // Rows by their value's click rate, those without a click first.
    const rates = new Float64Array(2 * RATES);
    const byField = Array.from({ length: fields }, (_, f) => {
      rates.fill(0);
      for (let i = 0, at = f; i < count; i++, at += fields) {
        const row = 2 * ids[at]!;
        const clicks = met[row + 1]!;
        const rate = (clicks + PRIOR_ROWS * mean) / (met[row]! + clicks + PRIOR_ROWS);
        rates[2 * Math.floor(rate * (RATES - 1)) + labels[i]!]!++;
      }
      return areaOf(rates);
    });
    return { rows: count, byField };
  }

  return {
    takes: (hash) => hash < limit,
    add(row) {
      const { split, hash, check } = row;
      seen[split as 0 | 1 | 2]++;
      if (split !== TRAIN) {
        if (split === TEST) noteOov(oov.test, row);
        others[split as typeof VALID | typeof TEST].push(hash, check);
        hold(row);
        return;
      }
      if (training.has(hash, check)) copies++;
      else training.add(hash, check);
      // Where no other split has rows, some of the training rows stand in for them.
      if ((check & 7) === 0) {
        noteOov(oov.train, row);
        hold(row);
      } else train(row);
    },
    facts() {
      const inTraining = (pairs: number[]) => {
        let found = 0;
        for (let i = 0; i < pairs.length; i += 2) if (training.has(pairs[i]!, pairs[i + 1]!)) found++;
        return found;
      };
      return {
        weight,
        rows: seen,
        copies,
        validInTraining: inTraining(others[VALID]),
        testInTraining: inTraining(others[TEST]),
        oov:
          seen[TRAIN] > 0 && seen[TEST] > 0
            ? { train: shares(oov.train, seen[TRAIN]), test: shares(oov.test, seen[TEST]) }
            : null,
        aucs: aucs(),
      };
    },
  };
}

function shares(rows: Float64Array, of: number): number[] {
  return Array.from(rows, (count) => count / of);
}

/** The share of pairs of a click and a row without one that their rates order rightly, ties half. */
function areaOf(rates: Float64Array): number {
  let below = 0;
  let clicks = 0;
  let ordered = 0;
  for (let i = 0; i < rates.length; i += 2) {
    const none = rates[i]!;
    const clicked = rates[i + 1]!;
    ordered += clicked * (below + none / 2);
    below += none;
    clicks += clicked;
  }
  return ordered / (below * clicks);
}
