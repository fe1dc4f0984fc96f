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
  const layout = startLayout(config, shape);
  const { tables, wideBias, shared } = layout;
  const specs = parameterSpecs(config, shape);
  let column = 0;
  const branches = config.branches.map((branch, b) => {
    const plan = planBranch(layout, branch, b, column);
    column += firstColumns(branch, layout.input);
    return plan;
  });
  const fusionColumn = config.fusion === "gate" ? column : null;
  if (fusionColumn !== null) dense(layout, "fusion", fusionBlocks(config), fusionColumn);
  return {
    fields: shape.fields,
    embeddingDim: config.embeddingDim,
    tableRows: shape.tableRows,
    tableWidth: config.embeddingDim + tables.length - 1,
    tables,
    wide: wideBias && { pairs: branches.some(({ kind }) => kind === "fm"), bias: wideBias },
    shared,
    fusionColumn,
    branches,
    parameters: specs
      .filter((spec) => !tables.some(({ name }) => name === spec.name))
      .map((spec) => namedPlace(spec, layout.places)),
    decayed: decayedMatrices(specs, layout.places),
    running: runningSpecs(config).map((spec) => namedPlace(spec, layout.runningPlaces)),
    parameterFloats: layout.parameters.floats(),
    runningFloats: layout.running.floats(),
  };
}

/** What is laid out so far. */
interface Layout {
  readonly fields: number;
  readonly embeddingDim: number;
  /** All embeddings of a row. */
  readonly input: Blocks;
  readonly parameters: Store;
  readonly running: Store;
  /** The parts of the stores that a parameter, or a running statistic, is made of, by its name. */
  readonly places: Map<string, Piece[]>;
  readonly runningPlaces: Map<string, Piece[]>;
  /** The first layers of all branches and the fusion's gate, side by side: one product with the input. */
  readonly shared: { weight: Matrix; bias: Matrix };
  readonly tables: TableColumns[];
  /** null without a linear or fm branch. */
  readonly wideBias: Matrix | null;
}

function startLayout(config: Config, { fields }: InputShape): Layout {
  const width = fields * config.embeddingDim;
  const input: Blocks = { count: 1, width, padded: padded(width) };
  const parameters = createStore();
  const columns = config.branches.reduce(
    (sum, branch) => sum + firstColumns(branch, input),
    config.fusion === "gate" ? totalColumns(fusionBlocks(config)) : 0,
  );
  const shared = { weight: parameters.take(width, columns), bias: parameters.take(1, columns) };
  const isWide = config.branches.some(({ kind }) => kind === "linear" || kind === "fm");
  return {
    fields,
    embeddingDim: config.embeddingDim,
    input,
    parameters,
    running: createStore(),
    places: new Map(),
    runningPlaces: new Map(),
    shared,
    tables: [{ name: "embedding", first: 0, width: config.embeddingDim }],
    wideBias: isWide ? parameters.take(1, COLUMN_BLOCK) : null,
  };
}

/** Columns of the shared projection that belong to the branch. */
function firstColumns(branch: BranchConfig, input: Blocks): number {
  if (branch.kind === "cross") return input.padded;
  return branch.kind === "final" ? totalColumns(blocksOfZ(branch.units[0]!)) : 0;
}

function fusionBlocks({ branches }: Config): Blocks {
  return { count: 1, width: branches.length, padded: padded(branches.length) };
}

/** `column`: where the branch's part of the shared projection begins. */
function planBranch(layout: Layout, branch: BranchConfig, b: number, column: number): BranchPlan {
  switch (branch.kind) {
    case "linear":
    case "fm":
      return planWide(layout, branch.kind, b);
    case "cross":
      return planCross(layout, branch.layers, b, column);
    case "final":
      return planFinal(layout, branch, b, column);
  }
}

function planWide(
  { tables, embeddingDim, places, wideBias }: Layout,
  kind: "linear" | "fm",
  b: number,
): WideBranchPlan {
  const biasColumn = tables.length - 1;
  const tableColumn = embeddingDim + biasColumn;
  tables.push({ name: `branch${b}/linear/weight`, first: tableColumn, width: 1 });
  const columns = [{ from: 0, to: biasColumn, length: 1 }];
  places.set(`branch${b}/linear/bias`, [{ matrix: wideBias!, rows: straight(1), columns }]);
  return { kind, tableColumn, biasColumn };
}

function planCross(layout: Layout, layers: number, b: number, column: number): CrossPlan {
  const { input, parameters, places } = layout;
  const first = dense(layout, `branch${b}/cross0`, input, column);
  const later = Array.from({ length: layers - 1 }, (_, l): CrossLayerPlan => {
    const weight = parameters.take(input.padded, input.padded);
    const bias = parameters.take(1, input.padded);
    places.set(`branch${b}/cross${l + 1}/weight`, [whole(weight, input.width, input.width)]);
    places.set(`branch${b}/cross${l + 1}/bias`, [whole(bias, 1, input.width)]);
    return { weight, sharedColumn: 0, bias };
  });
  const layerPlans = [{ weight: null, sharedColumn: column, bias: first }, ...later];
  return { kind: "cross", layers: layerPlans, head: planHead(layout, b, input) };
}

/** A dense layer's place in the shared projection. Returns its bias. */
function dense({ input, shared, places }: Layout, name: string, blocks: Blocks, column: number): Matrix {
  const columns = segments(blocks, column);
  places.set(`${name}/weight`, [{ matrix: shared.weight, rows: straight(input.width), columns }]);
  places.set(`${name}/bias`, [{ matrix: shared.bias, rows: straight(1), columns }]);
  return { at: shared.bias.at + column, rows: 1, columns: totalColumns(blocks) };
}

function planHead({ parameters, places }: Layout, b: number, from: Blocks): HeadPlan {
  const head = { weight: parameters.take(1, totalColumns(from)), bias: parameters.take(1, COLUMN_BLOCK) };
  places.set(`branch${b}/head/weight`, [
    { matrix: head.weight, rows: straight(1), columns: segments(from, 0) },
  ]);
  places.set(`branch${b}/head/bias`, [whole(head.bias, 1, 1)]);
  return head;
}

function planFinal(layout: Layout, branch: FinalBranch, b: number, column: number): FinalPlan {
  const gating = branch.featureGating ? planGating(layout, b) : null;
  const units: UnitPlan[] = [];
  for (const [u, unit] of branch.units.entries()) {
    const name = `branch${b}/unit${u}`;
    const below = units[u - 1];
    units.push(
      below
        ? laterUnit(layout, unit, name, below)
        : firstUnit(layout, unit, name, { column, gated: branch.featureGating }),
    );
  }
  return { kind: "final", gating, units, head: planHead(layout, b, units.at(-1)!.y) };
}

function planGating({ fields, parameters, places }: Layout, b: number): FinalPlan["gating"] {
  const weight = parameters.take(fields, padded(fields));
  const bias = parameters.take(1, padded(fields));
  places.set(`branch${b}/gating/weight`, [whole(weight, fields, fields)]);
  places.set(`branch${b}/gating/bias`, [whole(bias, 1, fields)]);
  return { weight, bias };
}

function firstUnit(
  layout: Layout,
  unit: UnitConfig,
  name: string,
  { column, gated }: { column: number; gated: boolean },
): UnitPlan {
  const { input, parameters, places } = layout;
  const z = blocksOfZ(unit);
  const bias = dense(layout, name, z, column);
  let gatedWeight: Matrix | null = null;
  if (gated) {
    gatedWeight = parameters.take(input.width, totalColumns(z));
    const rows = [{ from: input.width, to: 0, length: input.width }];
    places.get(`${name}/weight`)!.push({ matrix: gatedWeight, rows, columns: segments(z, 0) });
  }
  const { y, batchNorm } = planOutput(layout, unit, name);
  return { name, unit, z, y, weight: null, gatedWeight, sharedColumn: column, bias, batchNorm };
}

function laterUnit(layout: Layout, unit: UnitConfig, name: string, below: UnitPlan): UnitPlan {
  const { parameters, places } = layout;
  const z = blocksOfZ(unit);
  const weight = parameters.take(totalColumns(below.y), totalColumns(z));
  const bias = parameters.take(1, totalColumns(z));
  places.set(`${name}/weight`, [{ matrix: weight, rows: segments(below.y, 0), columns: segments(z, 0) }]);
  places.set(`${name}/bias`, [{ matrix: bias, rows: straight(1), columns: segments(z, 0) }]);
  const { y, batchNorm } = planOutput(layout, unit, name);
  return { name, unit, z, y, weight, gatedWeight: null, sharedColumn: 0, bias, batchNorm };
}

/** A unit's output, and its batch norm where it has one. */
function planOutput(
  { parameters, running, places, runningPlaces }: Layout,
  unit: UnitConfig,
  name: string,
): Pick<UnitPlan, "y" | "batchNorm"> {
  const y = blocksOfY(unit);
  if (!unit.batchNorm) return { y, batchNorm: null };
  const [gamma, beta] = [parameters.take(1, totalColumns(y)), parameters.take(1, totalColumns(y))];
  const [mean, variance] = [running.take(1, totalColumns(y)), running.take(1, totalColumns(y))];
  const columns = segments(y, 0);
  const place = (matrix: Matrix): Piece[] => [{ matrix, rows: straight(1), columns }];
  places.set(`${name}/gamma`, place(gamma));
  places.set(`${name}/beta`, place(beta));
  runningPlaces.set(`${name}/mean`, place(mean));
  runningPlaces.set(`${name}/variance`, place(variance));
  return { y, batchNorm: { gamma, beta, mean, variance } };
}

function namedPlace(spec: { name: string; shape: number[] }, from: Map<string, Piece[]>): NamedPlace {
  return {
    name: spec.name,
    shape: spec.shape,
    // A head's [size, 1] lies as a row, like a bias.
    rowLength: spec.name.endsWith("/head/weight") ? spec.shape[0]! : spec.shape.at(-1)!,
    pieces: from.get(spec.name)!,
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

interface Store {
  take(rows: number, columns: number): Matrix;
  /** How many are given out. */
  floats(): number;
}

/** Gives out places in a store, one after the other. */
function createStore(): Store {
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
