// What a device's own kernels reach: the figures of a roofline, measured with the kernels that training uses.

/** Sizes of the measured matrices: a batch of rows, the columns of a first layer, and its depth. */
export const ROWS = 4096;
export const COLUMNS = 512;
export const DEPTH = 256;
/** Columns of categories, and the slots that their ids fill in a batch (a sixth of rows × fields, as in Criteo's log). */
export const FIELDS = 26;
export const SLOTS = 16_384;

export interface KernelFigures {
  /** Bytes read and written a second by a copy of 64 MiB. */
  copyBytes: number;
  /** Floating-point operations a second of C = A·B, Aᵀ·B and A·Bᵀ (a multiplication and an addition are two). */
  products: { rows: number; columns: number; transposed: number };
  /**
   * Bytes read and written a second where projected rows are added up by row, and where gradients are by slot. A row is read as
   * often as it is added, so that caches may give more than the copy's speed.
   */
  gatherBytes: number;
  segmentSumBytes: number;
}

/** Starts one piece of work on a device, and settles when it is done. */
export type Work = () => Promise<void>;

export interface KernelBench {
  copy: Work;
  rows: Work;
  columns: Work;
  transposed: Work;
  gather: Work;
  segmentSum: Work;
  free(): void;
}

export const COPY_BYTES = 64 * 2 ** 20;

/** Slots of every row and field, spread over the table as ids are: a few come often. */
export function drawSlots(): Int32Array {
  const slots = new Int32Array(ROWS * FIELDS);
  let state = 1;
  for (let i = 0; i < slots.length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    slots[i] = Math.floor(SLOTS * (state / 2 ** 32) ** 3);
  }
  return slots;
}

/** For each slot where its positions begin, one more at the end, and the row of each position, slot after slot. */
export function groupBySlot(slots: Int32Array): { starts: Int32Array; rows: Int32Array } {
  const starts = new Int32Array(SLOTS + 1);
  for (const slot of slots) starts[slot + 1]!++;
  for (let slot = 0; slot < SLOTS; slot++) starts[slot + 1]! += starts[slot]!;
  const next = starts.slice();
  const rows = new Int32Array(slots.length);
  for (const [i, slot] of slots.entries()) rows[next[slot]!++] = Math.floor(i / FIELDS);
  return { starts, rows };
}

/** The fastest of several runs: what the device reaches, not what else it does at the time. */
export async function measureKernels(bench: KernelBench): Promise<KernelFigures> {
  const flops = 2 * ROWS * COLUMNS * DEPTH;
  const addends = ROWS * FIELDS * COLUMNS * 4;
  return {
    copyBytes: (2 * COPY_BYTES) / (await fastest(bench.copy)),
    products: {
      rows: flops / (await fastest(bench.rows)),
      columns: flops / (await fastest(bench.columns)),
      transposed: flops / (await fastest(bench.transposed)),
    },
    gatherBytes: (addends + ROWS * COLUMNS * 4) / (await fastest(bench.gather)),
    segmentSumBytes: (addends + SLOTS * COLUMNS * 4) / (await fastest(bench.segmentSum)),
  };
}

const LEAST_SECONDS = 0.15;
const LEAST_RUNS = 3;

/** Seconds of the fastest run; the first one, which may compile, is not counted. */
async function fastest(work: Work): Promise<number> {
  await work();
  let best = Number.POSITIVE_INFINITY;
  let total = 0;
  for (let run = 0; run < LEAST_RUNS || total < LEAST_SECONDS; run++) {
    const started = performance.now();
    await work();
    const seconds = Math.max(1e-6, (performance.now() - started) / 1000);
    total += seconds;
    best = Math.min(best, seconds);
    // A slow device is not made to wait for its third run.
    if (total > 10 * LEAST_SECONDS) break;
  }
  return best;
}
