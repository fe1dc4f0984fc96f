// How the fast engine lays a model out: which matrices its parameters fill, padded to blocks of 16 columns, and what every
// layer reads and writes. Both backends share it; they differ only in how a matrix lies in memory.
// F fields, D embedding size, K order of a unit.

import type { NamedArrays } from "../base/batch.ts";
import {
  type BranchConfig,
  type Config,
  type InputShape,
  parameterSpecs,
  projectionWidth,
  runningSpecs,
  type UnitConfig,
} from "../model/config.ts";

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

export interface BranchPlan {
  gating: { weight: Matrix; bias: Matrix } | null;
  units: UnitPlan[];
  head: { weight: Matrix; bias: Matrix };
}

export interface Plan {
  fields: number;
  /** D */
  embeddingDim: number;
  tableRows: number;
  /** All branches' first projections, and the fusion gate's, as one: `[F·D, columns]` and its bias. */
  shared: { weight: Matrix; bias: Matrix };
  /** Where the fusion gate's scores begin in the shared projection; null: the branches are averaged. */
  fusionColumn: number | null;
  branches: BranchPlan[];
  /** Every parameter but the table, in the order of `parameterSpecs`. */
  parameters: NamedPlace[];
  running: NamedPlace[];
  /** Numbers in the store of parameters (gradients and moments have the same), and in that of running statistics. */
  parameterFloats: number;
  runningFloats: number;
}

export function padded(columns: number): number {
  return Math.ceil(columns / COLUMN_BLOCK) * COLUMN_BLOCK;
}

export function totalColumns(blocks: Blocks): number {
  return blocks.count * blocks.padded;
}

export function planModel(config: Config, shape: InputShape): Plan {
  const { fields, tableRows } = shape;
  const D = config.embeddingDim;
  const parameters = createStore();
  const running = createStore();
  const places = new Map<string, Piece[]>();
  const runningPlaces = new Map<string, Piece[]>();

  const firstColumns = config.branches.map((branch) => totalColumns(blocksOfZ(branch.units[0]!)));
  const fusionColumns = config.fusion === "gate" ? padded(config.branches.length) : 0;
  const columns = firstColumns.reduce((sum, n) => sum + n, fusionColumns);
  const shared = { weight: parameters.take(fields * D, columns), bias: parameters.take(1, columns) };
  const inputRows = straight(fields * D);
  let sharedColumn = 0;
  const branches = config.branches.map((branch, b) => {
    const plan = planBranch(branch, b, sharedColumn);
    sharedColumn += firstColumns[b]!;
    return plan;
  });
  const fusionColumn = config.fusion === "gate" ? sharedColumn : null;
  if (fusionColumn !== null) {
    const blocks = { count: 1, width: branches.length, padded: fusionColumns };
    places.set("fusion/weight", [
      { matrix: shared.weight, rows: inputRows, columns: segments(blocks, fusionColumn) },
    ]);
    places.set("fusion/bias", [
      { matrix: shared.bias, rows: straight(1), columns: segments(blocks, fusionColumn) },
    ]);
  }

  function planBranch(branch: BranchConfig, b: number, column: number): BranchPlan {
    let gating: BranchPlan["gating"] = null;
    if (branch.featureGating) {
      gating = { weight: parameters.take(fields, padded(fields)), bias: parameters.take(1, padded(fields)) };
      places.set(`branch${b}/gating/weight`, [whole(gating.weight, fields, fields)]);
      places.set(`branch${b}/gating/bias`, [whole(gating.bias, 1, fields)]);
    }
    const units: UnitPlan[] = [];
    for (const [u, unit] of branch.units.entries()) {
      const below = units[u - 1];
      units.push(
        below ? laterUnit(unit, `branch${b}/unit${u}`, below) : firstUnit(unit, b, column, gating !== null),
      );
    }
    const last = units.at(-1)!;
    const head = { weight: parameters.take(1, totalColumns(last.y)), bias: parameters.take(1, COLUMN_BLOCK) };
    places.set(`branch${b}/head/weight`, [
      { matrix: head.weight, rows: straight(1), columns: segments(last.y, 0) },
    ]);
    places.set(`branch${b}/head/bias`, [whole(head.bias, 1, 1)]);
    return { gating, units, head };
  }

  function firstUnit(unit: UnitConfig, b: number, column: number, gated: boolean): UnitPlan {
    const name = `branch${b}/unit0`;
    const z = blocksOfZ(unit);
    const inShared = segments(z, column);
    const pieces: Piece[] = [{ matrix: shared.weight, rows: inputRows, columns: inShared }];
    let gatedWeight: Matrix | null = null;
    if (gated) {
      gatedWeight = parameters.take(fields * D, totalColumns(z));
      const rows = [{ from: fields * D, to: 0, length: fields * D }];
      pieces.push({ matrix: gatedWeight, rows, columns: segments(z, 0) });
    }
    places.set(`${name}/weight`, pieces);
    places.set(`${name}/bias`, [{ matrix: shared.bias, rows: straight(1), columns: inShared }]);
    const bias = { at: shared.bias.at + column, rows: 1, columns: totalColumns(z) };
    return { ...rest(unit, name), z, weight: null, gatedWeight, sharedColumn: column, bias };
  }

  function laterUnit(unit: UnitConfig, name: string, below: UnitPlan): UnitPlan {
    const z = blocksOfZ(unit);
    const weight = parameters.take(totalColumns(below.y), totalColumns(z));
    const bias = parameters.take(1, totalColumns(z));
    places.set(`${name}/weight`, [{ matrix: weight, rows: segments(below.y, 0), columns: segments(z, 0) }]);
    places.set(`${name}/bias`, [{ matrix: bias, rows: straight(1), columns: segments(z, 0) }]);
    return { ...rest(unit, name), z, weight, gatedWeight: null, sharedColumn: 0, bias };
  }

  function rest(unit: UnitConfig, name: string): Pick<UnitPlan, "name" | "unit" | "y" | "batchNorm"> {
    const y = blocksOfY(unit);
    if (!unit.batchNorm) return { name, unit, y, batchNorm: null };
    const [gamma, beta] = [parameters.take(1, totalColumns(y)), parameters.take(1, totalColumns(y))];
    const [mean, variance] = [running.take(1, totalColumns(y)), running.take(1, totalColumns(y))];
    const columns = segments(y, 0);
    const place = (matrix: Matrix): Piece[] => [{ matrix, rows: straight(1), columns }];
    places.set(`${name}/gamma`, place(gamma));
    places.set(`${name}/beta`, place(beta));
    runningPlaces.set(`${name}/mean`, place(mean));
    runningPlaces.set(`${name}/variance`, place(variance));
    return { name, unit, y, batchNorm: { gamma, beta, mean, variance } };
  }

  const named = (spec: { name: string; shape: number[] }, from: Map<string, Piece[]>): NamedPlace => ({
    name: spec.name,
    shape: spec.shape,
    // A head's [size, 1] lies as a row, like a bias.
    rowLength: spec.name.endsWith("/head/weight") ? spec.shape[0]! : spec.shape.at(-1)!,
    pieces: from.get(spec.name)!,
  });
  return {
    fields,
    embeddingDim: D,
    tableRows,
    shared,
    fusionColumn,
    branches,
    parameters: parameterSpecs(config, shape)
      .filter((spec) => spec.kind !== "embedding")
      .map((spec) => named(spec, places)),
    running: runningSpecs(config).map((spec) => named(spec, runningPlaces)),
    parameterFloats: parameters.floats(),
    runningFloats: running.floats(),
  };
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

function blocksOfZ(unit: UnitConfig): Blocks {
  const width = projectionWidth(unit);
  return { count: unit.order, width, padded: padded(width) };
}

function blocksOfY(unit: UnitConfig): Blocks {
  const width = projectionWidth(unit);
  return { count: unit.interaction === "concat" ? unit.order : 1, width, padded: padded(width) };
}

/** Where the columns of blocks lie, from `column` on. */
function segments({ count, width, padded }: Blocks, column: number): Segment[] {
  return Array.from({ length: count }, (_, k) => ({
    from: k * width,
    to: column + k * padded,
    length: width,
  }));
}

function straight(length: number): Segment[] {
  return [{ from: 0, to: 0, length }];
}

function whole(matrix: Matrix, rows: number, columns: number): Piece {
  return { matrix, rows: straight(rows), columns: straight(columns) };
}

/** Gives out places in a store, one after the other. */
function createStore(): { take(rows: number, columns: number): Matrix; floats(): number } {
  let at = 0;
  return {
    take(rows, columns) {
      const matrix = { at, rows, columns };
      at += rows * columns;
      return matrix;
    },
    floats: () => at,
  };
}

/** An array of a state, which must be there. */
export function arrayOf(arrays: NamedArrays, name: string): { values: Float32Array } {
  const array = arrays.get(name);
  if (!array) throw new Error(`the state has no ${name}`);
  return array;
}
