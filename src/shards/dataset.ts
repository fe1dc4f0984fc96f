// A data set that is open: its manifest, and batches out of its shards.

import type { Batch, Split } from "../base/batch.ts";
import type { NumberModes } from "../base/numberModes.ts";
import type { Manifest } from "./manifest.ts";

export interface BatchOptions {
  split: Split;
  batchSize: number;
  /** How columns of numbers enter: the configuration's `integers`. */
  integers: NumberModes;
  /** null: file order. Else rows come shuffled by seed and epoch, each exactly once. */
  shuffle: { seed: number; epoch: number } | null;
  /** Batches to pass over first, cheaply: a resumed run starts in the middle of an epoch. */
  skipBatches?: number;
  /** Whether a batch's arrays serve again for a later one: a batch then holds only until the next is asked for. */
  reuse?: boolean;
}

export interface Dataset {
  readonly manifest: Manifest;
  /** SHA-256 over the manifest's content, hexadecimal. */
  readonly identity: string;
  /** F, and V for this way of encoding numbers. Throws a ProblemError where the data set does not allow it. */
  shape(integers: NumberModes): { fields: number; tableRows: number };
  /** Batches of `batchSize` rows, the last one smaller; reads ahead. Throws a ProblemError for damaged shards. */
  batches(options: BatchOptions): AsyncGenerator<Batch>;
  close(): Promise<void>;
}
