// What the fast engine keeps on tfjs' heap: the model's state, made once, and the work of a batch, made for the largest
// batch so far. B rows, N columns of the shared projection, F fields, D embedding size.

import {
  type Blocks,
  type CrossPlan,
  inputColumns,
  type Plan,
  padded,
  totalColumns,
  type UnitPlan,
  unitsOfPlan,
} from "../plan.ts";
import { MOST_BLOCKS } from "./blocks.ts";
import type { HeapBlock, Panels } from "./heap.ts";

/** Numbers of one block's scratch: eight vectors. */
export const SCRATCH_FLOATS = 32;
/** Sums that the losses are made of. */
export const LOSS_SUMS = 11;
/** The table's rows are updated in this many blocks, so that Σ E² is added up alike on every number of threads. */
export const TABLE_BLOCKS = 64;

/** Byte offsets. Gradients and moments of the dense parameters are laid out as the parameters are. */
export type State = ReturnType<typeof layState>;

/** Places what outlives a step: parameters, gradients, moments, running statistics, the table. */
export function layState(block: HeapBlock, plan: Plan) {
  const tableFloats = plan.tableRows * plan.tableWidth;
  return {
    parameters: block.take(plan.parameterFloats),
    gradients: block.take(plan.parameterFloats),
    first: block.take(plan.parameterFloats),
    second: block.take(plan.parameterFloats),
    running: block.take(plan.runningFloats),
    /** [V, T], row-major, and its moments. */
    table: block.take(tableFloats),
    tableFirst: block.take(tableFloats),
    tableSecond: block.take(tableFloats),
    /** Adam's seven numbers of the step. */
    factors: block.take(7),
    /** Float64 of the losses for each block of batch rows, and one a block of table rows. */
    sums: block.take(2 * LOSS_SUMS * MOST_BLOCKS),
    tableSums: block.take(2 * TABLE_BLOCKS),
    /** What `interactBackward` keeps of four numbers, for each block of batch rows. */
    scratch: block.take(SCRATCH_FLOATS * MOST_BLOCKS),
  };
}

/** How large a batch the work's memory serves. */
export interface Capacity {
  rows: number;
  slots: number;
  /** Fields that take the plain product at once. */
  plainFields: number;
}

export interface UnitWork {
  z: Panels;
  /** The interaction; with batch norm what it was normalised to. */
  y: Panels;
  /** The unit's output: y itself where nothing more follows. */
  out: Panels;
  /** Of the batch, with batch norm. */
  mean: number;
  variance: number;
}

/** As many floats of projected slots as stay in the caches. */
export const CACHED_FLOATS = 1 << 19;
/** The widest chunk, in panels of 16 columns. */
export const MOST_CHUNK_PANELS = 8;

export type Work = ReturnType<typeof layWork>;

/** Places what a step needs for a batch of at most that capacity. */
export function layWork(block: HeapBlock, plan: Plan, capacity: Capacity) {
  const { rows: B, slots: U, plainFields: P } = capacity;
  const { fields: F, embeddingDim: D, tableWidth: T, branches } = plan;
  const N = plan.shared.weight.columns;
  const values = B * F;
  const paddedD = padded(D);
  const plainColumns = padded(P * D);
  const gated = branches.some((branch) => branch.kind === "final" && branch.gating);
  const fieldRows = Math.ceil(F / 4) * 4;
  const all = unitsOfPlan(plan);
  const crossed = branches.some(({ kind }) => kind === "cross");
  const crossColumns = crossed ? inputColumns(plan) : 0;
  const isDeep = branches.some((branch) => branch.kind === "cross" && branch.layers.length > 1);
  const widest = (blocks: (unit: UnitPlan) => Blocks) =>
    Math.max(0, ...all.map((unit) => totalColumns(blocks(unit))));
  const widestOutput = Math.max(
    crossColumns,
    widest((u) => u.y),
  );
  const largestWeight = Math.max(
    isDeep ? crossColumns ** 2 : 0,
    ...all.map(({ weight }) => (weight ? weight.rows * weight.columns : 0)),
  );

  function unit(unitPlan: UnitPlan, shared: Panels): UnitWork {
    const columns = totalColumns(unitPlan.y);
    const z = unitPlan.weight ? block.matrix(B, totalColumns(unitPlan.z)) : shared;
    const y = block.matrix(B, columns);
    if (!unitPlan.batchNorm) return { z, y, out: y, mean: 0, variance: 0 };
    return { z, y, out: block.matrix(B, columns), mean: block.take(columns), variance: block.take(columns) };
  }
  const cross = ({ layers }: CrossPlan, shared: Panels) => ({
    products: layers.map(({ weight }) => (weight ? block.matrix(B, F * D) : shared)),
    outputs: layers.map(() => block.matrix(B, F * D)),
  });
  const shared = block.matrix(B, N);
  return {
    labels: block.take(B),
    ids: block.take(values),
    weights: block.take(values),
    /** Slots and weights of the fields that go by unique ids, row by row. */
    slots: block.take(values),
    slotWeights: block.take(values),
    /** Those of every field, where linear or fm branches need them. */
    allSlots: block.take(plan.wide ? values : 0),
    /** Which fields go by unique ids, as tasks take them; where each field's slots begin. */
    uniqueFields: block.take(F),
    fieldStarts: block.take(F + 1),
    slotIds: block.take(values),
    positionStarts: block.take(values + 1),
    positions: block.take(values),
    positionWeights: block.take(values),
    tableRows: block.take(values),
    tableStarts: block.take(values + 1),
    tableSlots: block.take(values),
    /** [U, T] embeddings and linear weights of the slots and their gradients. */
    embeddings: block.matrix(U, T),
    embeddingGradients: block.matrix(U, T),
    /** A chunk of projected slots, or of the sums by slot. */
    chunk: block.take(U * 16 * MOST_CHUNK_PANELS),
    /** The transposed weights of a chunk of columns. */
    chunkTransposed: block.take(MOST_CHUNK_PANELS * 16 * F * paddedD),
    /** [B, N] */
    shared,
    /** [B, P·D] input of the plain product, its gradient, its weights `[P·D, N]`, their gradient and transpose. */
    plain: {
      input: block.take(B * plainColumns),
      inputGradient: block.take(B * plainColumns),
      // Where every field is plain, the weights are used where they lie.
      weight: block.take(Math.min(P, F - 1) * D * N),
      weightGradient: block.take(Math.min(P, F - 1) * D * N),
      weightTransposed: block.take(N * plainColumns),
    },
    gating: gated
      ? {
          fields: block.matrix(fieldRows, B * D),
          fieldGradients: block.matrix(fieldRows, B * D),
          /** The sums of the gates' own weight gradients, [F, F] float64. */
          totals: block.take(2 * F * F),
          transposed: block.take(padded(F * D) * widest((u) => u.z)),
          inputGradient: block.take(B * padded(F * D)),
        }
      : null,
    /** [B, F·D] the whole input and its gradient, where cross layers need them. */
    input: crossed ? { x: block.matrix(B, F * D), dx: block.matrix(B, F * D) } : null,
    /** [B, T] sums by row, which become their gradients; of each row the pairs' sum, which becomes its gradient. */
    wide: plan.wide ? { sums: block.matrix(B, T), pairSums: block.take(B) } : null,
    branches: branches.map((branch) => {
      const isGated = branch.kind === "final" && branch.gating !== null;
      return {
        gates: isGated ? block.matrix(fieldRows, B * D) : null,
        gatedInput: isGated ? block.take(B * padded(F * D)) : 0,
        units: branch.kind === "final" ? branch.units.map((u) => unit(u, shared)) : [],
        /** x_l·W_l + b_l of the layers, the first of which lies in the shared projection, and their outputs. */
        cross: branch.kind === "cross" ? cross(branch, shared) : null,
      };
    }),
    /** [B, n + 1] and [B, n] */
    logits: block.take(B * (branches.length + 1)),
    logitGradients: block.take(B * branches.length),
    /** Two gradients of unit outputs. */
    outputGradients: [block.take(B * widestOutput), block.take(B * widestOutput)] as const,
    /** The transposed weights of one later unit. */
    transposed: block.take(largestWeight),
  };
}
