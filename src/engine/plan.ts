// How the fast engine lays a model out: which matrices its parameters fill, padded to blocks of 16 columns, and what every
// layer reads and writes. Both backends share it; they differ only in how a matrix lies in memory.
// F fields, D embedding size, T columns of the table, K order of a unit.

import type { NamedArrays } from "../base/batch.ts";
import type { UnitConfig } from "../model/config.ts";

/** Columns are filled up to a multiple of this, so that no kernel has an edge in that direction. */
export const COLUMN_BLOCK = 16;

/** A place in one of the engine's stores of float32: `rows` × `columns` numbers from `at`. */
export interface Matrix {
  at: number;
  rows: number;
  /** A multiple of COLUMN_BLOCK. A vector is a matrix of one row. */
  columns: number;
}

/** `length` indices from `from` in a parameter as it is named lie from `to` in a matrix. */
export interface Segment {
  from: number;
  to: number;
  length: number;
}

/** A part of a parameter, and where it lies. What is between its blocks is padding and stays zero. */
export interface Piece {
  matrix: Matrix;
  rows: Segment[];
  columns: Segment[];
}

/** A parameter but the table, or a running statistic, as the golden files name it. */
export interface NamedPlace {
  name: string;
  shape: number[];
  /** Numbers in one of its rows, as the pieces see it. */
  rowLength: number;
  pieces: Piece[];
}

/** Columns of real numbers in blocks of a padded width. */
export interface Blocks {
  count: number;
  /** Columns in use. */
  width: number;
  /** Columns with padding. */
  padded: number;
}

export interface UnitPlan {
  /** `branch0/unit1` */
  name: string;
  unit: UnitConfig;
  /** z: K blocks. */
  z: Blocks;
  /** y: one block, or K of them in `concat`. */
  y: Blocks;
  /** Of the unit's input. A first unit's plain half lies in the shared matrix instead. */
  weight: Matrix | null;
  /** Of a first unit: the half that works on gated fields, where its branch has feature gating. */
  gatedWeight: Matrix | null;
  /** Of a first unit: where its columns begin in the shared projection. */
  sharedColumn: number;
  /** A first unit's lies within the shared bias. */
  bias: Matrix;
  batchNorm: { gamma: Matrix; beta: Matrix; mean: Matrix; variance: Matrix } | null;
}

/** A dense layer to one logit. */
export interface HeadPlan {
  weight: Matrix;
  bias: Matrix;
}

export interface FinalPlan {
  kind: "final";
  gating: { weight: Matrix; bias: Matrix } | null;
  units: UnitPlan[];
  head: HeadPlan;
}

/** Cross layers: all inputs and outputs are F·D columns, in one block. */
export interface CrossPlan {
  kind: "cross";
  layers: CrossLayerPlan[];
  head: HeadPlan;
}

export interface CrossLayerPlan {
  /** null: the first layer's lies in the shared matrix. */
  weight: Matrix | null;
  /** Of the first layer: where its columns begin in the shared projection. */
  sharedColumn: number;
  /** The first layer's lies within the shared bias. */
  bias: Matrix;
}

/** A linear part, in `fm` with the pairs of fields. */
export interface WideBranchPlan {
  kind: "linear" | "fm";
  /** The table's column that holds its weights. */
  tableColumn: number;
  /** Its place in the row of biases. */
  biasColumn: number;
}

export type BranchPlan = FinalPlan | CrossPlan | WideBranchPlan;

/** A parameter with one row a table row: neighbouring columns of the table. */
export interface TableColumns {
  name: string;
  first: number;
  width: number;
}

/** What all linear and fm branches share. */
export interface WidePlan {
  /** Whether there is an fm branch. */
  pairs: boolean;
  /** A number a wide branch. */
  bias: Matrix;
}

export interface Plan {
  fields: number;
  /** D */
  embeddingDim: number;
  tableRows: number;
  /** T: the embeddings' D columns, then one for each wide branch's weights. */
  tableWidth: number;
  /** The parameters that the table holds. */
  tables: TableColumns[];
  wide: WidePlan | null;
  /** All branches' first projections, and the fusion gate's, as one: `[F·D, columns]` and its bias. */
  shared: { weight: Matrix; bias: Matrix };
  /** Where the fusion gate's scores begin in the shared projection; null: all branches weigh the same. */
  fusionColumn: number | null;
  branches: BranchPlan[];
  /** Every parameter but the table, in the order of `parameterSpecs`. */
  parameters: NamedPlace[];
  running: NamedPlace[];
  /** The matrices that AdamW's weight decay acts on. */
  decayed: Matrix[];
  /** Numbers in the store of parameters (gradients and moments have the same), and in that of running statistics. */
  parameterFloats: number;
  runningFloats: number;
}

/** The linear and fm branches, each with its place among all branches. */
export function wideBranches({ branches }: Plan): [number, WideBranchPlan][] {
  return [...branches.entries()].filter(
    (entry): entry is [number, WideBranchPlan] => entry[1].kind === "linear" || entry[1].kind === "fm",
  );
}

/** Columns filled up to whole blocks of COLUMN_BLOCK. */
export function padded(columns: number): number {
  return Math.ceil(columns / COLUMN_BLOCK) * COLUMN_BLOCK;
}

/** Columns of all blocks together, padding included. */
export function totalColumns(blocks: Blocks): number {
  return blocks.count * blocks.padded;
}

/** The units of all branches. */
export function unitsOfPlan({ branches }: Pick<Plan, "branches">): UnitPlan[] {
  return branches.flatMap((branch) => (branch.kind === "final" ? branch.units : []));
}

/** Columns of the whole input as one block, F·D filled up. */
export function inputColumns({ fields, embeddingDim }: Pick<Plan, "fields" | "embeddingDim">): number {
  return padded(fields * embeddingDim);
}

/**
 * Calls `visit` with the numbers that follow each other both in the named array, from `index` on, and in the store, from
 * `at` on: those of a row within a panel of 16 columns.
 */
export function forEachRun(
  { rowLength, pieces }: NamedPlace,
  indexOf: (matrix: Matrix, row: number, column: number) => number,
  visit: (index: number, at: number, length: number) => void,
): void {
  for (const { matrix, rows, columns: blocks } of pieces)
    for (const row of rows)
      for (let r = 0; r < row.length; r++)
        for (const block of blocks)
          for (let c = 0; c < block.length; ) {
            const column = block.to + c;
            const length = Math.min(block.length - c, COLUMN_BLOCK - (column % COLUMN_BLOCK));
            visit((row.from + r) * rowLength + block.from + c, indexOf(matrix, row.to + r, column), length);
            c += length;
          }
}

/** The parameters of a table `[V, T]`, by name; into the arrays of `into` where that is given. */
export function splitTable(
  { tables, tableRows, tableWidth }: Plan,
  table: Float32Array,
  into?: NamedArrays,
): NamedArrays {
  return new Map(
    tables.map(({ name, first, width }) => {
      const values = into?.get(name)?.values ?? new Float32Array(tableRows * width);
      if (width === tableWidth) values.set(table);
      else
        for (let row = 0, to = 0, from = first; row < tableRows; row++, from += tableWidth)
          for (let c = 0; c < width; c++) values[to++] = table[from + c]!;
      return [name, { shape: [tableRows, width], values }];
    }),
  );
}

/** The table `[V, T]` that holds these parameters. */
export function joinTable({ tables, tableRows, tableWidth }: Plan, arrays: NamedArrays): Float32Array {
  if (tables.length === 1) return arrayOf(arrays, tables[0]!.name).values;
  const table = new Float32Array(tableRows * tableWidth);
  for (const { name, first, width } of tables) {
    const { values } = arrayOf(arrays, name);
    for (let row = 0, from = 0, to = first; row < tableRows; row++, to += tableWidth)
      for (let c = 0; c < width; c++) table[to + c] = values[from++]!;
  }
  return table;
}

/** An array of a state, which must be there. */
export function arrayOf(arrays: NamedArrays, name: string): { values: Float32Array } {
  const array = arrays.get(name);
  if (!array) throw new Error(`the state has no ${name}`);
  return array;
}
