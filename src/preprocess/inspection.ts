// What there is to know of a data set before training. Types only: the page speaks them too.

import type { Split } from "../base/batch.ts";
import type { Finding } from "./findings/findings.ts";
import type { RecommendedMode } from "./recommendedMode.ts";

interface CommonInspection {
  name: string;
  /** Of the counted rows; null where their number is not known. */
  missingShare: number | null;
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
  /**
   * Rows that missing shares, distinct and frequent values, bounds, histograms and top values were counted in: all, those
   * of the training split, or those of the data set whose ids are used.
   */
  counted: { of: "all" | "train" | "given"; rows: number | null };
  splits: Record<Split, { rows: number; clickRate: number }>;
  shards: { file: string; rows: number; clickRate: number }[];
  columns: ColumnInspection[];
  /** Different ids of training batches of so many rows: their mean, and as a share of the batch's values. */
  uniqueIds: { batchRows: number; ids: number; share: number };
  /** Rows that look to a model like a row of another split, label included: the same ids, integers as buckets. */
  testRowsInTraining: number;
  validRowsInTraining: number;
  testRowsInValid: number;
  /** What is odd, the worst first; some of it estimated from a sample of the rows. */
  findings: Finding[];
  /** How each column of numbers should enter, and why. */
  recommended: Record<string, RecommendedMode>;
}
