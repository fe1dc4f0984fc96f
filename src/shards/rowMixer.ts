// Row groups → their rows in disorder → batches. All of it lies in a memory of the kernels' own: one order for all
// columns, and each column in as few bytes a value as hold it.

import type { Batch } from "../base/batch.ts";
import { type Random, shuffle } from "../base/random.ts";
import { type ColumnEncoder, LEAST_COMMON, type ValuesConstructor } from "./encoding.ts";
import { MISSING } from "./rows.ts";
import type { StoredColumn, StoredGroup } from "./shardFile.ts";
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
  const codesAt = room(4 * rows);
  const othersAt = room(4 * rows);
  const labelsAt = room(rows);
  const commonAt = encoders.map(({ numbers }) => room(numbers?.common?.byteLength ?? 0));
  const columnsAt = encoders.map(({ Values }) => room(Values.BYTES_PER_ELEMENT * rows));
  const tileAt = room(4 * TILE_ROWS * fields);
  const tileWeightsAt = room(weighted ? 4 * TILE_ROWS * fields : 0);

  const place = takeWorkplace(end);
  const { kernels } = place;
  const { buffer } = place.memory;
  const labels = new Uint8Array(buffer, labelsAt, rows);
  const tile = new Int32Array(buffer, tileAt, TILE_ROWS * fields);
  for (const [c, { numbers, Values }] of encoders.entries())
    if (numbers?.common) new Values(buffer, commonAt[c]!, numbers.common.length).set(numbers.common);

  /** Puts what some stored numbers become at `out`. */
  function encode({ codes, base }: StoredColumn, c: number, out: number): void {
    const { Values, numbers } = encoders[c]!;
    const { common, encode: encodeOne } = numbers!;
    if (!common) {
      const values = new Values(buffer, out, codes.length);
      for (let r = 0; r < codes.length; r++) values[r] = encodeOne(codes[r]!);
      return;
    }
    new Int32Array(buffer, codesAt, codes.length).set(codes);
    const before = base === null ? 0 : base - 1;
    const missing = base === null ? MISSING : 0;
    const others = kernels.encodeIntegers(
      ...([codesAt, codes.length, missing, before - LEAST_COMMON + 1] as const),
      ...([commonAt[c]!, common.length, Values.BYTES_PER_ELEMENT, out, othersAt] as const),
    );
    const values = new Values(buffer, out, codes.length);
    for (const r of new Uint32Array(buffer, othersAt, others))
      values[r] = encodeOne((codes[r]! + before) | 0);
  }
  const tileWeights = new Float32Array(buffer, tileWeightsAt, weighted ? TILE_ROWS * fields : 0).fill(1);

  return {
    weighted,
    fill(groups, random) {
      const count = groups.reduce((sum, group) => sum + group.count, 0);
      writeOrder(new Uint32Array(buffer, orderAt, count), random);
      const mix = (Values: ValuesConstructor, out: number, put: (group: StoredGroup, at: number) => void) => {
        const width = Values.BYTES_PER_ELEMENT as 1 | 2 | 4;
        let at = unmixedAt;
        for (const group of groups) {
          put(group, at);
          at += width * group.count;
        }
        kernels[GATHERS[width]](unmixedAt, orderAt, count, out);
      };
      mix(Uint8Array, labelsAt, ({ columns }, at) => new Uint8Array(buffer, at).set(columns[0]!.codes));
      for (const [c, { Values, numbers }] of encoders.entries())
        mix(Values, columnsAt[c]!, ({ columns }, at) => {
          const stored = columns[c + 1]!;
          if (numbers) encode(stored, c, at);
          else new Values(buffer, at, stored.codes.length).set(stored.codes);
        });
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
