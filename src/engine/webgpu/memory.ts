// Where everything lies in the stores of floats and integers, counted in numbers. B rows, N columns of the shared
// projection, F fields, D embedding size, U slots.

import {
  type CrossPlan,
  inputColumns,
  type Plan,
  padded,
  totalColumns,
  type UnitPlan,
  unitsOfPlan,
} from "../plan.ts";
import { LOSS_SUMS } from "./kernels/loss.ts";
import { SLOT_TILE } from "./kernels/product.ts";
import { MOST_BLOCKS } from "./table.ts";

/** A matrix in the store of floats. */
export interface Place {
  at: number;
  /** Numbers from row to row. */
  stride: number;
}

/** How large a batch there is room for. */
export interface Capacity {
  rows: number;
  slots: number;
  /** Columns of the plain product's input. */
  plainColumns: number;
}

/** Positions that one thread adds up at most; a longer slot is summed in parts. */
export const RUN_LENGTH = 256;
// Numbers of a chunk of projected slots: 256 MiB. Wider projections are made in several chunks.
const MOST_CHUNK = 2 ** 26;
// A product is split along its depth until about this many workgroups share it, but in parts no shorter than this.
const WORKGROUPS_WANTED = 256;
const LEAST_PART = 512;
const SPLIT_TILE = 64;

export interface UnitPlaces {
  z: Place;
  y: Place;
  out: Place;
  mean: number;
  variance: number;
}

/** Columns that a slot's embedding takes: filled up to a multiple of four with zeros, since products read it by fours. */
export function embeddingColumns({ embeddingDim }: Plan): number {
  return 4 * Math.ceil(embeddingDim / 4);
}

/** What kernels need to find a column of the table in a slot's row (kernels/slot.ts). */
export function slotNumbers(plan: Plan): { embeddingDim: number; gap: number } {
  return { embeddingDim: plan.embeddingDim, gap: embeddingColumns(plan) - plan.embeddingDim };
}

/** Columns of a slot: its embedding, then its linear weights. */
function slotColumns(plan: Plan): number {
  return embeddingColumns(plan) + plan.tableWidth - plan.embeddingDim;
}

/** Parts of a product `m × n` of depth k. The same on every adapter, so results do not depend on its tile. */
export function productParts(m: number, n: number, k: number): number {
  const tiles = Math.ceil(m / SPLIT_TILE) * Math.ceil(n / SPLIT_TILE);
  return Math.max(1, Math.min(Math.ceil(WORKGROUPS_WANTED / tiles), Math.floor(k / LEAST_PART)));
}

/** Columns of the shared projection, N of them, that are worked on at once for a batch's slots. */
export function chunkColumns(chunkFloats: number, B: number, F: number, U: number, N: number): number {
  return Math.min(N, Math.floor(chunkFloats / chunkRows(B, F, U) / 16) * 16);
}

/** A row a slot, and one a part of those that are summed in parts. */
function chunkRows(B: number, F: number, U: number): number {
  return U + 2 * Math.ceil((B * F) / RUN_LENGTH);
}

/** Places in the store of floats. The parameters' first four stores are of `plan.parameterFloats` each. */
export type FloatPlaces = ReturnType<typeof placeFloats>;

/** Places every matrix in the store of floats, for batches of at most that capacity. */
export function placeFloats(plan: Plan, { rows: B, slots: U, plainColumns }: Capacity) {
  const { take, matrix, end } = createCounter();
  const { fields: F, embeddingDim: D, branches, parameterFloats } = plan;
  const S = slotColumns(plan);
  const N = plan.shared.weight.columns;
  const values = B * F;
  const all = unitsOfPlan(plan);
  const crossed = branches.some(({ kind }) => kind === "cross");
  const widestOutput = Math.max(crossed ? inputColumns(plan) : 0, ...all.map(({ y }) => totalColumns(y)));
  const gated = branches.some((branch) => branch.kind === "final" && branch.gating);
  const rows = chunkRows(B, F, U);
  const chunkFloats = Math.min(rows * N, Math.max(rows * 16, MOST_CHUNK));
  // Rows that fill the fields up stay zero: a product over pairs of fields takes them along.
  const byField = () => matrix(padded(F), B * D);
  let parts = 0;
  const splits = (m: number, n: number, k: number) => {
    parts = Math.max(parts, productParts(m, n, k) * m * n);
  };
  for (const { weight, gatedWeight } of all) {
    if (weight) splits(weight.rows, weight.columns, B);
    if (gatedWeight) splits(gatedWeight.rows, gatedWeight.columns, B);
  }
  if (crossed) splits(inputColumns(plan), inputColumns(plan), B);
  if (gated) splits(F, padded(F), padded(B * D));
  for (let rows = D; rows <= plainColumns; rows += D) splits(rows, N, B);

  const state = {
    parameters: take(parameterFloats),
    gradients: take(parameterFloats),
    first: take(parameterFloats),
    second: take(parameterFloats),
    running: take(plan.runningFloats),
  };
  const stateEnd = end();
  const sums = take(LOSS_SUMS + 1);
  const shared = matrix(B, N);
  const unit = (unitPlan: UnitPlan): UnitPlaces => {
    const columns = totalColumns(unitPlan.y);
    const z = unitPlan.weight
      ? matrix(B, totalColumns(unitPlan.z))
      : { at: shared.at + unitPlan.sharedColumn, stride: shared.stride };
    const y = matrix(B, columns);
    if (!unitPlan.batchNorm) return { z, y, out: y, mean: 0, variance: 0 };
    return { z, y, out: matrix(B, columns), mean: take(columns), variance: take(columns) };
  };
  const cross = ({ layers }: CrossPlan) => ({
    products: layers.map(({ weight }) => (weight ? matrix(B, F * D) : shared)),
    outputs: layers.map(() => matrix(B, F * D)),
  });
  return {
    ...state,
    /** Numbers before this are the model's state. */
    stateEnd,
    /** What a step leaves for its report: LOSS_SUMS sums, then Σ E². */
    sums,
    squares: sums + LOSS_SUMS,
    squareParts: take(MOST_BLOCKS),
    /** Of gradient clipping: sums of squares, and what gradients are multiplied by. */
    clipParts: take(2 * MOST_BLOCKS),
    clip: take(1),
    labels: take(B),
    weights: take(values),
    positionWeights: take(values),
    /** Projected slots or sums by slot, with the parts of long slots behind them, as many columns as fit (`chunkColumns`). */
    chunk: take(chunkFloats),
    chunkFloats,
    /** Embeddings and linear weights of the U slots (`slotColumns`) and their gradients. */
    embeddings: matrix(U, S),
    embeddingGradients: matrix(U, S),
    /** [B, P] input of the plain product and its gradient. */
    plain: { input: matrix(B, plainColumns), inputGradient: matrix(B, plainColumns) },
    shared,
    gating: gated ? { fields: byField(), fieldGradients: byField(), inputGradient: matrix(B, F * D) } : null,
    /** [B, F·D] the whole input and its gradient, where cross layers need them. */
    input: crossed ? { x: matrix(B, F * D), dx: matrix(B, F * D) } : null,
    /** Sums of slots by row and what pairs of fields add, which become their gradients. */
    wide: plan.wide ? { sums: matrix(B, S), pairs: matrix(B, S) } : null,
    branches: branches.map((branch) => {
      const isGated = branch.kind === "final" && branch.gating !== null;
      return {
        gates: isGated ? byField() : null,
        gatedInput: isGated ? matrix(B, F * D) : null,
        units: branch.kind === "final" ? branch.units.map(unit) : [],
        /** x_l·W_l + b_l of the layers, the first of which lies in the shared projection, and their outputs. */
        cross: branch.kind === "cross" ? cross(branch) : null,
      };
    }),
    logits: take(B * (branches.length + 1)),
    logitGradients: take(B * branches.length),
    outputGradients: [matrix(B, widestOutput), matrix(B, widestOutput)] as const,
    /** Parts of a split product. */
    parts: take(parts),
    end: end(),
  };
}

export type IntegerPlaces = ReturnType<typeof placeIntegers>;

/** Places ids, slots and positions in the store of integers, in the same way. */
export function placeIntegers(plan: Plan, { rows: B, slots: U }: Omit<Capacity, "plainColumns">) {
  const { take, end } = createCounter();
  const values = B * plan.fields;
  const long = Math.ceil(values / RUN_LENGTH);
  return {
    slots: take(values),
    slotIds: take(U),
    slotFields: take(U),
    positionStarts: take(U + 1),
    positions: take(values),
    /** The fields that go by unique ids: field, first slot, end. */
    uniqueFields: take(3 * plan.fields),
    /** Field, first slot, slots of a tile; target, first position, end of a run; slot, first part, parts of a long slot. */
    tiles: take(3 * (Math.ceil(U / SLOT_TILE) + plan.fields)),
    runs: take(3 * (U + 2 * long)),
    longSlots: take(3 * long),
    tableRows: take(U),
    tableStarts: take(U + 1),
    tableSlots: take(U),
    end: end(),
  };
}

function createCounter() {
  let at = 0;
  function take(count: number): number {
    const taken = at;
    at += Math.ceil(count / 16) * 16;
    return taken;
  }
  return {
    take,
    matrix(rows: number, columns: number): Place {
      const stride = padded(columns);
      return { at: take(rows * stride), stride };
    },
    end: () => at,
  };
}
