// Lays a model out: gives each parameter its place, and each layer what it reads and writes (plan.ts has the terms).

import {
  type BranchConfig,
  type Config,
  type FinalBranch,
  type InputShape,
  projectionWidth,
  type UnitConfig,
} from "../model/config.ts";
import { decays, type ParameterSpec, parameterSpecs, runningSpecs } from "../model/parameters.ts";
import {
  type Blocks,
  type BranchPlan,
  COLUMN_BLOCK,
  type CrossLayerPlan,
  type CrossPlan,
  type FinalPlan,
  type HeadPlan,
  type Matrix,
  type NamedPlace,
  type Piece,
  type Plan,
  padded,
  type Segment,
  type TableColumns,
  totalColumns,
  type UnitPlan,
  type WideBranchPlan,
} from "./plan.ts";

/** The layout of a model on data of this shape. */
export function planModel(config: Config, shape: InputShape): Plan {
  const { fields, tableRows } = shape;
  const D = config.embeddingDim;
  const parameters = createStore();
  const running = createStore();
  const places = new Map<string, Piece[]>();
  const runningPlaces = new Map<string, Piece[]>();

  const input: Blocks = { count: 1, width: fields * D, padded: padded(fields * D) };
  const firstColumns = config.branches.map((branch) => {
    if (branch.kind === "cross") return input.padded;
    return branch.kind === "final" ? totalColumns(blocksOfZ(branch.units[0]!)) : 0;
  });
  const fusionColumns = config.fusion === "gate" ? padded(config.branches.length) : 0;
  const columns = firstColumns.reduce((sum, n) => sum + n, fusionColumns);
  const shared = { weight: parameters.take(fields * D, columns), bias: parameters.take(1, columns) };
  const inputRows = straight(fields * D);
  const tables: TableColumns[] = [{ name: "embedding", first: 0, width: D }];
  const wideBias = planWideBias();
  let sharedColumn = 0;
  const branches = config.branches.map((branch, b) => {
    const plan = planBranch(branch, b, sharedColumn);
    sharedColumn += firstColumns[b]!;
    return plan;
  });
  const fusionColumn = config.fusion === "gate" ? sharedColumn : null;
  if (fusionColumn !== null)
    dense("fusion", inputRows, { count: 1, width: branches.length, padded: fusionColumns }, fusionColumn);

  function planBranch(branch: BranchConfig, b: number, column: number): BranchPlan {
    switch (branch.kind) {
      case "linear":
      case "fm":
        return planWide(branch.kind, b);
      case "cross":
        return planCross(branch.layers, b, column);
      case "final":
        return planFinal(branch, b, column);
    }
  }

  function planWideBias(): Matrix | null {
    const isThere = config.branches.some(({ kind }) => kind === "linear" || kind === "fm");
    return isThere ? parameters.take(1, COLUMN_BLOCK) : null;
  }

  function planWide(kind: "linear" | "fm", b: number): WideBranchPlan {
    const biasColumn = tables.length - 1;
    const tableColumn = D + biasColumn;
    tables.push({ name: `branch${b}/linear/weight`, first: tableColumn, width: 1 });
    const columns = [{ from: 0, to: biasColumn, length: 1 }];
    places.set(`branch${b}/linear/bias`, [{ matrix: wideBias!, rows: straight(1), columns }]);
    return { kind, tableColumn, biasColumn };
  }

  function planCross(layers: number, b: number, column: number): CrossPlan {
    const first = dense(`branch${b}/cross0`, inputRows, input, column);
    const later = Array.from({ length: layers - 1 }, (_, l): CrossLayerPlan => {
      const weight = parameters.take(input.padded, input.padded);
      const bias = parameters.take(1, input.padded);
      places.set(`branch${b}/cross${l + 1}/weight`, [whole(weight, input.width, input.width)]);
      places.set(`branch${b}/cross${l + 1}/bias`, [whole(bias, 1, input.width)]);
      return { weight, sharedColumn: 0, bias };
    });
    const layerPlans = [{ weight: null, sharedColumn: column, bias: first }, ...later];
    return { kind: "cross", layers: layerPlans, head: planHead(b, input) };
  }

  /** A dense layer's place in the shared projection. Returns its bias. */
  function dense(name: string, rows: Segment[], blocks: Blocks, column: number): Matrix {
    const inShared = segments(blocks, column);
    places.set(`${name}/weight`, [{ matrix: shared.weight, rows, columns: inShared }]);
    places.set(`${name}/bias`, [{ matrix: shared.bias, rows: straight(1), columns: inShared }]);
    return { at: shared.bias.at + column, rows: 1, columns: totalColumns(blocks) };
  }

  function planHead(b: number, from: Blocks): HeadPlan {
    const head = { weight: parameters.take(1, totalColumns(from)), bias: parameters.take(1, COLUMN_BLOCK) };
    places.set(`branch${b}/head/weight`, [
      { matrix: head.weight, rows: straight(1), columns: segments(from, 0) },
    ]);
    places.set(`branch${b}/head/bias`, [whole(head.bias, 1, 1)]);
    return head;
  }

  function planFinal(branch: FinalBranch, b: number, column: number): FinalPlan {
    let gating: FinalPlan["gating"] = null;
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
    return { kind: "final", gating, units, head: planHead(b, units.at(-1)!.y) };
  }

  function firstUnit(unit: UnitConfig, b: number, column: number, gated: boolean): UnitPlan {
    const name = `branch${b}/unit0`;
    const z = blocksOfZ(unit);
    const bias = dense(name, inputRows, z, column);
    const pieces = places.get(`${name}/weight`)!;
    let gatedWeight: Matrix | null = null;
    if (gated) {
      gatedWeight = parameters.take(fields * D, totalColumns(z));
      const rows = [{ from: fields * D, to: 0, length: fields * D }];
      pieces.push({ matrix: gatedWeight, rows, columns: segments(z, 0) });
    }
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
    tableWidth: D + tables.length - 1,
    tables,
    wide: wideBias && { pairs: branches.some(({ kind }) => kind === "fm"), bias: wideBias },
    shared,
    fusionColumn,
    branches,
    parameters: parameterSpecs(config, shape)
      .filter((spec) => !tables.some(({ name }) => name === spec.name))
      .map((spec) => named(spec, places)),
    decayed: decayedMatrices(parameterSpecs(config, shape), places),
    running: runningSpecs(config).map((spec) => named(spec, runningPlaces)),
    parameterFloats: parameters.floats(),
    runningFloats: running.floats(),
  };
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

function decayedMatrices(specs: ParameterSpec[], places: Map<string, Piece[]>): Matrix[] {
  const pieces = specs.filter(decays).flatMap(({ name }) => places.get(name)!);
  // Branches share a matrix, of which nothing else is a part.
  return [...new Set(pieces.map(({ matrix }) => matrix))];
}
