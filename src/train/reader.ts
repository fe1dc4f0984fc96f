// The reading side of training: opens a data set, reads its batches and groups their ids, on a thread of its own. Whoever
// trains has it as a data set like any other (remoteDataset.ts), and asks for batches ahead.

import type { Batch } from "../base/batch.ts";
import type { IdGroups } from "../base/idGroups.ts";
import type { Handlers } from "../base/rpc/serve.ts";
import { createIdGrouper } from "../engine/idGroups.ts";
import type { BatchOptions, Dataset } from "../shards/dataset.ts";
import type { Manifest } from "../shards/manifest.ts";

/** What can be asked of a reader of data sets at locations `L`; one data set is open at a time. */
export interface ReaderRequests<L> {
  open: { input: { location: L }; output: { manifest: Manifest; identity: string } };
  /** Begins a pass over batches, under a number that the asker chooses. */
  begin: { input: { pass: number; options: BatchOptions }; output: undefined };
  /** The pass's next batch; null after the last one. */
  next: { input: { pass: number }; output: WireBatch | null };
  end: { input: { pass: number }; output: undefined };
  close: { input: Record<string, never>; output: undefined };
}

/** Called with the progress of the work that opening takes. */
export interface ReaderEvent {
  stage: string;
  done: number;
  total: number;
}

/** A batch with its groups as a message: the arrays' buffers, which are transferred. */
export interface WireBatch {
  rowCount: number;
  fields: number;
  ids: ArrayBuffer;
  /** null: every weight is 1. */
  weights: ArrayBuffer | null;
  labels: ArrayBuffer;
  groups: Record<GroupArray, ArrayBuffer>;
}

const GROUP_ARRAYS = [
  "fieldStarts",
  "slotIds",
  "slots",
  "positionStarts",
  "positions",
  "tableRows",
  "tableStarts",
  "tableSlots",
] as const;
type GroupArray = (typeof GROUP_ARRAYS)[number] | "positionWeights";

/** The handlers of a reader that opens data sets by `openDataset`. */
export function createReader<L>(
  openDataset: (
    location: L,
    onProgress: (stage: string, done: number, total: number) => void,
  ) => Promise<Dataset>,
  emit: (event: ReaderEvent) => void,
): Handlers<ReaderRequests<L>> {
  let dataset: Dataset | null = null;
  const passes = new Map<number, AsyncGenerator<WireBatch>>();

  async function close(): Promise<undefined> {
    await Promise.all([...passes.keys()].map(end));
    await dataset?.close();
    dataset = null;
  }

  async function end(pass: number): Promise<undefined> {
    const batches = passes.get(pass);
    passes.delete(pass);
    await batches?.return(undefined);
  }

  return {
    async open({ location }) {
      await close();
      dataset = await openDataset(location, (stage, done, total) => emit({ stage, done, total }));
      return { manifest: dataset.manifest, identity: dataset.identity };
    },
    async begin({ pass, options }) {
      if (!dataset) throw new Error("no data set is open for reading");
      passes.set(pass, groupedBatches(dataset, options));
    },
    async next({ pass }) {
      const { value, done } = (await passes.get(pass)?.next()) ?? { value: null, done: true };
      if (done) passes.delete(pass);
      return done ? null : value;
    },
    end: ({ pass }) => end(pass),
    close,
  };
}

async function* groupedBatches(dataset: Dataset, options: BatchOptions): AsyncGenerator<WireBatch> {
  const grouper = createIdGrouper(dataset.shape(options.integers).tableRows);
  // What crosses is copied.
  for await (const batch of dataset.batches({ ...options, reuse: true }))
    yield toWire(batch, grouper.group(batch));
}

function toWire({ rowCount, fields, ids, weights, labels }: Batch, groups: IdGroups): WireBatch {
  const buffers = GROUP_ARRAYS.map((name) => [name, copyOf(groups[name])]);
  const ones = groups.unitWeights;
  return {
    rowCount,
    fields,
    ids: copyOf(ids),
    labels: copyOf(labels),
    weights: ones ? null : copyOf(weights),
    groups: {
      ...(Object.fromEntries(buffers) as Record<(typeof GROUP_ARRAYS)[number], ArrayBuffer>),
      positionWeights: ones ? new ArrayBuffer(0) : copyOf(groups.positionWeights),
    },
  };
}

/** A buffer that can be transferred: batches may share arrays, and the grouper uses its own again. */
function copyOf(values: Int32Array | Float32Array): ArrayBuffer {
  return values.slice().buffer as ArrayBuffer;
}

/** The batch again. `ones` gives a shared array of that many ones. */
export function fromWire(wire: WireBatch, ones: (count: number) => Float32Array<ArrayBuffer>): Batch {
  const { rowCount, fields } = wire;
  const allOnes = wire.weights ? null : ones(rowCount * fields);
  const arrays = Object.fromEntries(
    GROUP_ARRAYS.map((name) => [name, new Int32Array(wire.groups[name])]),
  ) as Record<(typeof GROUP_ARRAYS)[number], Int32Array>;
  return {
    rowCount,
    fields,
    ids: new Int32Array(wire.ids),
    labels: new Float32Array(wire.labels),
    weights: allOnes ?? new Float32Array(wire.weights!),
    groups: {
      rowCount,
      fields,
      ...arrays,
      unitWeights: allOnes !== null,
      positionWeights: allOnes ?? new Float32Array(wire.groups.positionWeights),
    },
  };
}
