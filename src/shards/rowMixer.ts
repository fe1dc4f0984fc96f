// Row groups → their rows in disorder → batches. All of it lies in a memory of the kernels' own: one order for all
// columns, and each column in as few bytes a value as hold it.

import type { Batch } from "../base/batch.ts";
import { type Random, shuffle } from "../base/random.ts";
import type { ColumnEncoder } from "./encoding.ts";
import type { StoredGroup } from "./shardFile.ts";
import { type DataKernels, dataKernels, pagesFor } from "./wasm/dataKernels.ts";

/** Rows cut at a time, column by column: their part of a batch stays in the processor's first cache. */
const TILE_ROWS = 128;

export interface RowMixer {
  /** Whether rows have weights other than 1. */
  weighted: boolean;
  /** Encodes and mixes the rows of some row groups, which replace those before; without `random` in the groups' order. */
  fill(groups: StoredGroup[], random: Random | null): void;
  /** Puts `count` of the mixed rows, from the `position`-th on, into `batch` from its row `at` on. */
  cut(position: number, count: number, batch: Batch, at: number): void;
  /** Gives its memory to the next one. */
  close(): void;
}

interface Workplace {
  memory: WebAssembly.Memory;
  kernels: DataKernels;
}

/** Those of closed mixers: a browser allows only so many memories. */
const idle: Workplace[] = [];

/** A mixer of at most `rows` rows at a time. */
export function createRowMixer(encoders: ColumnEncoder[], rows: number): RowMixer {
  const fields = encoders.length;
  const weighted = encoders.some(({ Values }) => Values === Float32Array);
  let end = 0;
  const room = (byteLength: number) => {
    const start = end;
    end += (byteLength + 15) & ~15;
    return start;
  };
  const orderAt = room(4 * rows);
  const unmixedAt = room(4 * rows);
  const labelsAt = room(rows);
  const columnsAt = encoders.map(({ Values }) => room(Values.BYTES_PER_ELEMENT * rows));
  const tileAt = room(4 * TILE_ROWS * fields);
  const tileWeightsAt = room(weighted ? 4 * TILE_ROWS * fields : 0);

  const place = takeWorkplace(end);
  const { kernels } = place;
  const { buffer } = place.memory;
  const labels = new Uint8Array(buffer, labelsAt, rows);
  const tile = new Int32Array(buffer, tileAt, TILE_ROWS * fields);
  const tileWeights = new Float32Array(buffer, tileWeightsAt, weighted ? TILE_ROWS * fields : 0).fill(1);

  return {
    weighted,
    fill(groups, random) {
      const count = groups.reduce((sum, group) => sum + group.count, 0);
      writeOrder(new Uint32Array(buffer, orderAt, count), random);
      const mix = (c: number, { Values, encode }: Pick<ColumnEncoder, "Values" | "encode">, out: number) => {
        const unmixed = new Values(buffer, unmixedAt, count);
        let first = 0;
        for (const group of groups) {
          encode(group.columns[c]!, unmixed, first);
          first += group.count;
        }
        kernels[GATHERS[Values.BYTES_PER_ELEMENT as 1 | 2 | 4]](unmixedAt, orderAt, count, out);
      };
      mix(0, LABELS, labelsAt);
      for (const [c, encoder] of encoders.entries()) mix(c + 1, encoder, columnsAt[c]!);
    },
    cut(position, count, batch, at) {
      batch.labels.set(labels.subarray(position, position + count), at);
      for (let from = 0; from < count; from += TILE_ROWS) {
        const some = Math.min(TILE_ROWS, count - from);
        for (const [c, { Values, oovRow, base }] of encoders.entries()) {
          const width = Values.BYTES_PER_ELEMENT;
          const values = columnsAt[c]! + width * (position + from);
          if (Values === Float32Array)
            kernels.cutWeights(values, some, oovRow, tileAt + 4 * c, tileWeightsAt + 4 * c, fields);
          else kernels.cutIds(values, width, some, oovRow, base, tileAt + 4 * c, fields);
        }
        const start = (at + from) * fields;
        batch.ids.set(tile.subarray(0, some * fields), start);
        if (weighted) batch.weights.set(tileWeights.subarray(0, some * fields), start);
      }
    },
    close() {
      idle.push(place);
    },
  };
}

const GATHERS = { 1: "gather1", 2: "gather2", 4: "gather4" } as const;

const LABELS: Pick<ColumnEncoder, "Values" | "encode"> = {
  Values: Uint8Array,
  encode: ({ codes }, out, first) => out.set(codes, first),
};

function takeWorkplace(byteLength: number): Workplace {
  let place = idle.pop();
  if (!place) {
    const memory = new WebAssembly.Memory({ initial: pagesFor(byteLength) });
    place = { memory, kernels: dataKernels(memory) };
  }
  const missing = pagesFor(byteLength) - pagesFor(place.memory.buffer.byteLength);
  if (missing > 0) place.memory.grow(missing);
  return place;
}

/** Fills `order` with the rows from 0 on: row r comes where shuffling puts it, without `random` in its own place. */
function writeOrder(order: Uint32Array, random: Random | null): void {
  for (let row = 0; row < order.length; row++) order[row] = row;
  if (!random) return;
  const places = shuffle(order.slice(), random);
  for (let row = 0; row < places.length; row++) order[places[row]!] = row;
}
