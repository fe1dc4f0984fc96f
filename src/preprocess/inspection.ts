// What there is to know of a data set before training. Types only: the page speaks them too.

import type { Split } from "../base/batch.ts";

interface CommonInspection {
  name: string;
  missingShare: number;
  /** Of an integer: buckets. */
  distinct: number;
  frequent: number;
  /** Share of the training rows whose value (of an integer: whose bucket) has no id of its own. */
  oovShare: number;
  /** The same of the test rows. */
  testOovShare: number;
  /** Share of the test rows whose id no training row has; a value that is in none has seldom an id of its own. */
  unseenInTrainingShare: number;
}

export type ColumnInspection = CommonInspection &
  (
    | { kind: "category"; top: { value: string; count: number }[] }
    | {
        kind: "integer";
        /** As the source had them, fractions too. */
        minimum: number | null;
        maximum: number | null;
        /** Where there were fractions: the buckets are those of the value times this. */
        scale?: number;
        /** Rows by FuxiCTR's buckets, in their order. */
        histogram: { bucket: number; count: number }[];
      }
  );

export interface Inspection {
  name: string;
  badLines: number;
  splits: Record<Split, { rows: number; clickRate: number }>;
  shards: { file: string; rows: number; clickRate: number }[];
  columns: ColumnInspection[];
  /** Different ids of training batches of so many rows: their mean, and as a share of the batch's values. */
  uniqueIds: { batchRows: number; ids: number; share: number };
  /** Test rows that look to a model like a training row, label included: the same ids, integers as buckets. */
  testRowsInTraining: number;
}
