// The fast engine on WebGPU: a step is a list of dispatches over buffers that are made once, sent in one pass and one
// submit, and nothing is read back but for reports (DESIGN section 5). What it computes is src/model.
// B rows, F fields, D embedding size, U slots, n branches.

import type { Batch, NamedArrays } from "../../base/batch.ts";
import { adamStep } from "../../model/adam.ts";
import { type Config, FUNCTIONS, INTERACTIONS, type InputShape } from "../../model/config.ts";
import { dropoutKey, dropoutThreshold } from "../../model/dropout.ts";
import { initialParameters, initialRunning } from "../../model/initialize.ts";
import { BATCH_NORM_MOMENTUM } from "../../model/layers.ts";
import { createCostMeter, plainFlopsPerRow } from "../cost.ts";
import type { Engine, Losses, ModelState, StepReport } from "../engine.ts";
import { createIdGrouper, type IdGroups } from "../idGroups.ts";
import {
  forEachNumber,
  type Matrix,
  type NamedPlace,
  planModel,
  totalColumns,
  type UnitPlan,
} from "../plan.ts";
import { compileKernels, createStores, type GpuStores, gpuDevice, type Recorder } from "./device.ts";
import {
  adam,
  adamTable,
  gatherSum,
  joinRuns,
  markRows,
  segmentSum,
  sumSquares,
  TABLE_THREADS,
  tableSquares,
  VECTORS_OF_THREAD,
} from "./embedding.ts";
import type { Kernel } from "./kernel.ts";
import {
  activate,
  activateBackward,
  addFieldGradients,
  batchNorm,
  batchNormBackward,
  blendRunning,
  clear,
  columnSums,
  fieldSums,
  fillFields,
  gateFields,
  gateFieldsBackward,
  head,
  headBackward,
  interact,
  interactBackward,
  lookupByField,
} from "./layers.ts";
import { LOSS_SUMS, losses } from "./loss.ts";
import {
  type Capacity,
  chunkColumns,
  type FloatPlaces,
  type IntegerPlaces,
  type Place,
  placeFloats,
  placeIntegers,
  productParts,
  RUN_LENGTH,
  TABLE_WORKGROUPS,
  type UnitPlaces,
} from "./memory.ts";
import {
  PRODUCT_FORMS,
  type ProductForm,
  type ProductTile,
  productGrid,
  productKernel,
  SLOT_TILE,
  sumParts,
  tileOf,
} from "./product.ts";
import { fastestTile } from "./tiles.ts";

const KERNELS: readonly Kernel[] = [
  ...[adam, adamTable, gatherSum, joinRuns, markRows, segmentSum, sumSquares, tableSquares, sumParts, losses],
  ...[activate, activateBackward, addFieldGradients, batchNorm, batchNormBackward, blendRunning, clear],
  ...[columnSums, fieldSums, fillFields, gateFields, gateFieldsBackward, head, headBackward, interact],
  ...[interactBackward, lookupByField],
];

// Reports that wait on the device; one more is read before it is overwritten.
const REPORTS = 32;
// Slots that there is room for at first, as a share of rows × fields; more are made room for when they come.
const FIRST_SLOT_SHARE = 0.4;

export interface GpuFastOptions {
  /** The products' shape, where it is not to be found by timing. */
  tile?: ProductTile;
}

/** The batch that is on the device. */
interface Loaded {
  B: number;
  groups: IdGroups;
  tiles: number;
  runs: number;
  longSlots: number;
  bytes: number;
}

export async function createGpuFastEngine(
  config: Config,
  shape: InputShape,
  options: GpuFastOptions = {},
): Promise<Engine> {
  const device = gpuDevice();
  const tile = options.tile ?? (await fastestTile(device));
  const products = Object.fromEntries(
    PRODUCT_FORMS.map((form) => [form, productKernel(form, tileOf(form, tile, config.embeddingDim))]),
  ) as Record<ProductForm, Kernel>;
  await compileKernels(device, [...KERNELS, ...Object.values(products)]);

  const plan = planModel(config, shape);
  const { fields: F, embeddingDim: D, shared } = plan;
  const N = shared.weight.columns;
  const n = config.branches.length;
  const dense = config.updates === "dense";
  const tableFloats = plan.tableRows * D;
  const grouper = createIdGrouper(plan.tableRows);
  const meter = createCostMeter(plainFlopsPerRow(config, F));

  let capacity: Capacity = { rows: 0, slots: 0 };
  let floats!: FloatPlaces;
  // Where the batch's integers lie: as close together as it allows, so that little is uploaded.
  let integers!: IntegerPlaces;
  let upload!: Int32Array;
  let stores!: GpuStores;
  let recorder!: Recorder;
  let reports!: GPUBuffer;
  let reportFloats = 0;
  let waiting: { step: number; labels: Float32Array }[] = [];
  let ready: StepReport[] = [];
  let updates = 0;

  makeRoom(
    config.batchSize,
    Math.ceil(Math.min(config.batchSize * F, plan.tableRows * F) * FIRST_SLOT_SHARE),
  );
  writeInitial();

  /** Buffers for so many rows and slots. The table and the parameters move over from smaller ones. */
  function makeRoom(rows: number, slots: number): void {
    if (rows <= capacity.rows && slots <= capacity.slots) return;
    const grown = {
      rows: Math.max(rows, capacity.rows),
      slots: Math.max(slots, capacity.slots),
    };
    const placed = placeFloats(plan, grown);
    const placedIntegers = placeIntegers(plan, grown);
    const before: GpuStores | undefined = stores;
    const { table, tableFirst, tableSecond, marks } = before?.buffers ?? {};
    const kept = before ? { table, tableFirst, tableSecond, marks } : {};
    const sizes = { floats: placed.end, integers: placedIntegers.end };
    const tables = { table: tableFloats, tableFirst: tableFloats, tableSecond: tableFloats };
    stores = createStores(device, { ...sizes, ...tables, marks: plan.tableRows }, kept as object);
    if (before) {
      const encoder = device.createCommandEncoder();
      encoder.copyBufferToBuffer(before.buffers.floats, 0, stores.buffers.floats, 0, 4 * placed.stateEnd);
      device.queue.submit([encoder.finish()]);
      before.free(["table", "tableFirst", "tableSecond", "marks"]);
      reports.destroy();
    }
    [capacity, floats] = [grown, placed];
    upload = new Int32Array(placedIntegers.end);
    recorder = stores.recorder();
    reportFloats = grown.rows * (n + 1) + LOSS_SUMS + 1;
    reports = device.createBuffer({
      label: "final-studio reports",
      size: 4 * reportFloats * REPORTS,
      usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
  }

  /** Hands a batch and its groups to the device. */
  async function load(batch: Batch): Promise<Loaded> {
    const groups = grouper.group(batch);
    const { rowCount: B } = batch;
    const U = groups.slotIds.length;
    if (B > capacity.rows || U > capacity.slots) {
      // Reports lie in a buffer of their own size.
      await readReports();
      makeRoom(B, U > capacity.slots ? Math.min(B * F, Math.ceil(1.25 * U)) : U);
    }
    integers = placeIntegers(plan, { rows: B, slots: U });
    const values = upload.subarray(0, integers.end);
    values.set(groups.slots, integers.slots);
    values.set(groups.slotIds, integers.slotIds);
    values.set(groups.positionStarts, integers.positionStarts);
    values.set(groups.positions, integers.positions);
    values.set(groups.fieldStarts, integers.fieldStarts);
    values.set(groups.tableRows, integers.tableRows);
    values.set(groups.tableStarts, integers.tableStarts);
    values.set(groups.tableSlots, integers.tableSlots);
    if (floats.gating) values.set(batch.ids, integers.ids);
    const lists = listWork(groups, values, integers);
    stores.write("integers", 0, values);
    stores.write("floats", floats.labels, batch.labels);
    let bytes = values.byteLength + batch.labels.byteLength;
    if (floats.gating || !groups.unitWeights) {
      stores.write("floats", floats.weights, batch.weights);
      stores.write("floats", floats.positionWeights, groups.positionWeights);
      bytes += 2 * batch.weights.byteLength;
    }
    return { B, groups, ...lists, bytes };
  }

  function dispatchProduct(
    form: ProductForm,
    [m, k, columns]: [number, number, number],
    [a, b, c]: [Place, Place, Place],
    more: { accumulate?: boolean; bias?: number; parts?: number } = {},
  ): void {
    const parts = more.parts ?? 1;
    const target = parts > 1 ? { at: floats.parts, stride: c.stride } : c;
    recorder.dispatch(
      products[form],
      {
        ...{ m, n: columns, k, a: a.at, aStride: a.stride, b: b.at, bStride: b.stride },
        ...{ c: target.at, cStride: target.stride, splits: parts, accumulate: more.accumulate ? 1 : 0 },
        ...{ bias: more.bias ?? 0, hasBias: more.bias === undefined ? 0 : 1, list: 0, embeddingDim: D },
      },
      productGrid(tile, m, columns, parts),
    );
    meter.product(m, columns, k);
    if (parts > 1)
      recorder.dispatch(
        sumParts,
        { count: (m * c.stride) / 4, parts, source: floats.parts, sum: c.at },
        { threads: (m * c.stride) / 4 },
      );
  }

  const parameter = (matrix: Matrix): Place => ({
    at: floats.parameters + matrix.at,
    stride: matrix.columns,
  });
  const gradient = (matrix: Matrix): Place => ({ at: floats.gradients + matrix.at, stride: matrix.columns });
  const fromColumn = ({ at, stride }: Place, column: number): Place => ({ at: at + column, stride });

  /** Workgroups of a product over a list of slot tiles. */
  const slotGrid = (form: ProductForm, tiles: number, columns: number): [number, number, number] => [
    Math.ceil(columns / tileOf(form, tile, D).columns),
    tiles,
    1,
  ];

  /** Calls `visit` for chunks of the shared projection's columns, and the matrix that holds them by slot. */
  function forEachChunk(
    { B, groups }: Loaded,
    visit: (column: number, columns: number, bySlot: Place) => void,
  ): void {
    const step = chunkColumns(floats.chunkFloats, B, F, groups.slotIds.length, N);
    for (let column = 0; column < N; column += step) {
      const columns = Math.min(step, N - column);
      visit(column, columns, { at: floats.chunk, stride: columns });
    }
  }

  /** Numbers of a product over slots, whose operand `a` is the slots' ids or a matrix by slot. */
  function slotNumbers(
    columns: number,
    k: number,
    [a, b, c]: [Place, Place, Place],
    list: number,
    accumulate: boolean,
  ): Record<string, number> {
    return {
      ...{ m: D, n: columns, k, a: a.at, aStride: a.stride, b: b.at, bStride: b.stride, c: c.at },
      ...{ cStride: c.stride, splits: 1, accumulate: accumulate ? 1 : 0, bias: 0, hasBias: 0, list },
      embeddingDim: D,
    };
  }

  function projectForward(loaded: Loaded): void {
    const { B, groups, tiles } = loaded;
    const ids = { at: integers.slotIds, stride: 0 };
    forEachChunk(loaded, (column, columns, bySlot) => {
      const w = fromColumn(parameter(shared.weight), column);
      const numbers = slotNumbers(columns, D, [ids, w, bySlot], integers.tiles, false);
      recorder.dispatch(products.project, numbers, slotGrid("project", tiles, columns));
      meter.product(groups.slotIds.length, columns, D);
      const z = fromColumn(floats.shared, column);
      recorder.dispatch(
        gatherSum,
        {
          ...{ rows: B, columns, fields: F, slots: integers.slots, weights: floats.weights },
          weighted: groups.unitWeights ? 0 : 1,
          ...{ projected: bySlot.at, projectedStride: bySlot.stride },
          ...{ bias: floats.parameters + shared.bias.at + column, z: z.at, zStride: z.stride },
        },
        { threads: (B * columns) / (4 * VECTORS_OF_THREAD) },
      );
      meter.additions(B * F * columns);
    });
  }

  function projectBackward(loaded: Loaded): void {
    const { B, groups, tiles, runs, longSlots } = loaded;
    const ids = { at: integers.slotIds, stride: 0 };
    sumColumns(B, floats.shared, N, floats.gradients + shared.bias.at);
    forEachChunk(loaded, (column, columns, bySlot) => {
      const dz = fromColumn(floats.shared, column);
      recorder.dispatch(
        segmentSum,
        {
          ...{ runs, columns, list: integers.runs, positions: integers.positions },
          ...{ weights: floats.positionWeights, weighted: groups.unitWeights ? 0 : 1 },
          ...{ rows: dz.at, rowsStride: dz.stride },
          ...{ sums: bySlot.at, sumsStride: bySlot.stride },
        },
        { threads: (runs * columns) / (4 * VECTORS_OF_THREAD) },
      );
      if (longSlots > 0)
        recorder.dispatch(
          joinRuns,
          { slots: longSlots, columns, list: integers.longSlots, sums: bySlot.at, sumsStride: bySlot.stride },
          { threads: (longSlots * columns) / 4 },
        );
      meter.additions(B * F * columns);
      const dw = fromColumn(gradient(shared.weight), column);
      recorder.dispatch(
        products.projectColumns,
        slotNumbers(columns, D, [ids, bySlot, dw], integers.fieldStarts, false),
        productGrid(tileOf("projectColumns", tile, D), D, columns, F),
      );
      const w = fromColumn(parameter(shared.weight), column);
      const numbers = slotNumbers(
        D,
        columns,
        [bySlot, w, floats.embeddingGradients],
        integers.tiles,
        column > 0,
      );
      recorder.dispatch(products.projectTransposed, numbers, slotGrid("projectTransposed", tiles, D));
      meter.product(2 * groups.slotIds.length, columns, D);
    });
  }

  function sumColumns(B: number, matrix: Place, columns: number, sums: number): void {
    const numbers = { rows: B, matrix: matrix.at, matrixStride: matrix.stride, sums };
    recorder.dispatch(columnSums, numbers, [columns / 16, 1, 1]);
  }

  function forward(loaded: Loaded, training: boolean, step: number): void {
    const { B } = loaded;
    projectForward(loaded);
    if (floats.gating) {
      const { fields: e } = floats.gating;
      recorder.dispatch(
        lookupByField,
        {
          ...{ rows: B, fields: F, embeddingDim: D, ids: integers.ids, weights: floats.weights },
          ...{ e: e.at, stride: e.stride },
        },
        { threads: F * e.stride },
      );
    }
    for (const [b, branch] of plan.branches.entries()) {
      const places = floats.branches[b]!;
      if (branch.gating) forwardGating(B, b);
      let input: Place | null = null;
      for (const [u, unit] of branch.units.entries()) {
        const unitPlaces = places.units[u]!;
        if (unit.weight)
          dispatchProduct(
            "rows",
            [B, unit.weight.rows, unit.weight.columns],
            [input!, parameter(unit.weight), unitPlaces.z],
            { bias: floats.parameters + unit.bias.at },
          );
        forwardUnit(B, unit, unitPlaces, training, step, [b, u]);
        input = unitPlaces.out;
      }
      const last = branch.units.at(-1)!;
      recorder.dispatch(
        head,
        {
          ...{ rows: B, columns: totalColumns(last.y), input: input!.at, inputStride: input!.stride },
          weight: floats.parameters + branch.head.weight.at,
          bias: floats.parameters + branch.head.bias.at,
          ...{ logits: floats.logits + b, logitsStride: n + 1 },
        },
        { threads: B },
      );
      meter.product(B, 1, totalColumns(last.y));
    }
    recorder.dispatch(
      losses,
      {
        ...{ rows: B, branches: n, logits: floats.logits, gated: plan.fusionColumn === null ? 0 : 1 },
        ...{ scores: floats.shared.at + (plan.fusionColumn ?? 0), scoresStride: N },
        ...{ labels: floats.labels, dLogits: floats.logitGradients, sums: floats.sums },
        distillationWeight: config.distillationWeight,
      },
      [1, 1, 1],
    );
  }

  function forwardUnit(
    B: number,
    unitPlan: UnitPlan,
    { z, y, out, mean, variance }: UnitPlaces,
    training: boolean,
    step: number,
    [b, u]: [number, number],
  ): void {
    const { unit } = unitPlan;
    const columns = totalColumns(unitPlan.y);
    recorder.dispatch(
      interact,
      { ...interactionOf(B, unitPlan), z: z.at, zStride: z.stride, y: y.at, yStride: y.stride },
      { threads: (B * unitPlan.z.padded) / 4 },
    );
    if (unitPlan.batchNorm) {
      const norm = unitPlan.batchNorm;
      recorder.dispatch(
        batchNorm,
        {
          ...{ rows: B, training: training ? 1 : 0, matrix: y.at, out: out.at, stride: y.stride },
          mean: training ? mean : floats.running + norm.mean.at,
          variance: training ? variance : floats.running + norm.variance.at,
          gamma: floats.parameters + norm.gamma.at,
          beta: floats.parameters + norm.beta.at,
        },
        [columns / 16, 1, 1],
      );
    }
    const dropout = training ? unit.dropout : 0;
    if (unit.activation !== "linear" || dropout > 0)
      recorder.dispatch(
        activate,
        { ...activationOf(B, unitPlan, dropout, step, b, u), matrix: out.at, stride: out.stride },
        { threads: (B * columns) / 4 },
      );
  }

  function backward(loaded: Loaded, step: number): void {
    const { B, groups } = loaded;
    if (floats.gating) {
      const { at, stride } = floats.gating.fieldGradients;
      recorder.dispatch(clear, { count: F * stride, matrix: at }, { threads: F * stride });
    }
    for (const [b, branch] of plan.branches.entries()) {
      const { units } = floats.branches[b]!;
      const last = branch.units.at(-1)!;
      const columns = totalColumns(last.y);
      // Each unit's gradient is as wide as its output, so rows lie close together.
      const [one, other] = floats.outputGradients;
      let d = { at: one.at, stride: columns };
      let spare = other.at;
      const { out } = units.at(-1)!;
      recorder.dispatch(
        headBackward,
        {
          ...{ rows: B, input: out.at, inputStride: out.stride, d: floats.logitGradients + b, dStride: n },
          weight: floats.parameters + branch.head.weight.at,
          ...{ dInput: d.at, dInputStride: d.stride },
          dWeight: floats.gradients + branch.head.weight.at,
          dBias: floats.gradients + branch.head.bias.at,
        },
        [columns / 16, 1, 1],
      );
      meter.product(2 * B, 1, columns);
      for (let u = branch.units.length - 1; u >= 0; u--) {
        const unit = branch.units[u]!;
        backwardUnit(B, unit, units[u]!, d, step, [b, u]);
        if (!unit.weight) continue;
        const { rows, columns: outColumns } = unit.weight;
        const { z } = units[u]!;
        const dInput = { at: spare, stride: rows };
        sumColumns(B, z, outColumns, floats.gradients + unit.bias.at);
        dispatchProduct("columns", [rows, B, outColumns], [units[u - 1]!.out, z, gradient(unit.weight)], {
          parts: productParts(rows, outColumns, B),
        });
        dispatchProduct("transposed", [B, outColumns, rows], [z, parameter(unit.weight), dInput]);
        spare = d.at;
        d = dInput;
      }
      if (branch.gating) backwardGating(B, b);
    }
    projectBackward(loaded);
    if (floats.gating) {
      const { fieldGradients: de } = floats.gating;
      const out = floats.embeddingGradients;
      const slots = groups.slotIds.length;
      recorder.dispatch(
        addFieldGradients,
        {
          ...{ slots, embeddingDim: D, starts: integers.positionStarts, positions: integers.positions },
          ...{ weights: floats.positionWeights, fieldOf: integers.slotFields },
          ...{ de: de.at, stride: de.stride, out: out.at, outStride: out.stride },
        },
        { threads: slots * D },
      );
      meter.additions(B * F * D);
    }
  }

  function backwardUnit(
    B: number,
    unitPlan: UnitPlan,
    { z, y, out, variance }: UnitPlaces,
    d: Place,
    step: number,
    [b, u]: [number, number],
  ): void {
    const { unit } = unitPlan;
    const columns = totalColumns(unitPlan.y);
    if (unit.activation !== "linear" || unit.dropout > 0)
      recorder.dispatch(
        activateBackward,
        { ...activationOf(B, unitPlan, unit.dropout, step, b, u), y: out.at, d: d.at, stride: d.stride },
        { threads: (B * columns) / 4 },
      );
    if (unitPlan.batchNorm) {
      const { gamma, beta } = unitPlan.batchNorm;
      recorder.dispatch(
        batchNormBackward,
        {
          ...{ rows: B, normalised: y.at, d: d.at, stride: d.stride, variance },
          gamma: floats.parameters + gamma.at,
          dGamma: floats.gradients + gamma.at,
          dBeta: floats.gradients + beta.at,
        },
        [columns / 16, 1, 1],
      );
    }
    recorder.dispatch(
      interactBackward,
      { ...interactionOf(B, unitPlan), z: z.at, zStride: z.stride, dy: d.at, dyStride: d.stride },
      { threads: (B * unitPlan.z.padded) / 4 },
    );
  }

  /** g = Wᵀ·e + b by field; the gated input e⊙g times the unit's other half of weights is added to its z. */
  function forwardGating(B: number, b: number): void {
    const { weight, bias } = plan.branches[b]!.gating!;
    const gated = plan.branches[b]!.units[0]!.gatedWeight!;
    const { gates, gatedInput, units } = floats.branches[b]!;
    const e = floats.gating!.fields;
    const g = gates!;
    recorder.dispatch(
      fillFields,
      { fields: F, stride: g.stride, bias: floats.parameters + bias.at, g: g.at },
      { threads: F * g.stride },
    );
    dispatchProduct("columns", [F, F, e.stride], [parameter(weight), e, g], { accumulate: true });
    recorder.dispatch(
      gateFields,
      {
        ...{ rows: B, fields: F, embeddingDim: D, e: e.at, g: g.at, stride: g.stride },
        ...{ out: gatedInput!.at, outStride: gatedInput!.stride },
      },
      { threads: B * F * D },
    );
    dispatchProduct("rows", [B, F * D, gated.columns], [gatedInput!, parameter(gated), units[0]!.z], {
      accumulate: true,
    });
  }

  function backwardGating(B: number, b: number): void {
    const { weight, bias } = plan.branches[b]!.gating!;
    const gated = plan.branches[b]!.units[0]!.gatedWeight!;
    const { gates, gatedInput, units } = floats.branches[b]!;
    const { fields: e, fieldGradients: de, inputGradient: dx } = floats.gating!;
    const g = gates!;
    const dz = units[0]!.z;
    dispatchProduct("columns", [F * D, B, gated.columns], [gatedInput!, dz, gradient(gated)], {
      parts: productParts(gated.rows, gated.columns, B),
    });
    dispatchProduct("transposed", [B, gated.columns, F * D], [dz, parameter(gated), dx]);
    recorder.dispatch(
      gateFieldsBackward,
      {
        ...{ rows: B, fields: F, embeddingDim: D, e: e.at, g: g.at, de: de.at, stride: g.stride },
        ...{ dx: dx.at, dxStride: dx.stride },
      },
      { threads: F * g.stride },
    );
    // The gates' place now holds their gradients.
    const sums = { fields: F, stride: g.stride, g: g.at, sums: floats.gradients + bias.at };
    recorder.dispatch(fieldSums, sums, [F, 1, 1]);
    dispatchProduct("transposed", [F, g.stride, weight.columns], [e, g, gradient(weight)], {
      parts: productParts(F, weight.columns, g.stride),
    });
    dispatchProduct("rows", [F, F, g.stride], [parameter(weight), g, de], { accumulate: true });
  }

  function update({ B, groups }: Loaded, learningRate: number, step: number): void {
    const { beta1, beta2, rate, secondScale, epsilon } = adamStep(config.optimizer, learningRate, step);
    const factors = { beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, rate, secondScale, epsilon };
    const { parameters, gradients, first, second } = floats;
    recorder.dispatch(
      adam,
      { count: plan.parameterFloats, parameters, gradients, first, second, ...factors },
      { threads: plan.parameterFloats / 4 },
    );
    const touched = groups.tableRows.length;
    const mark = (marked: number) =>
      recorder.dispatch(markRows, { count: touched, rows: integers.tableRows, marked }, { threads: touched });
    if (dense) mark(1);
    const grid = squaresGrid(dense ? tableFloats : touched * D);
    recorder.dispatch(
      adamTable,
      {
        ...{ count: dense ? tableFloats : touched * D, embeddingDim: D, dense: dense ? 1 : 0 },
        ...{ rows: integers.tableRows, starts: integers.tableStarts, slots: integers.tableSlots },
        ...{ gradients: floats.embeddingGradients.at, gradientsStride: floats.embeddingGradients.stride },
        ...{ squares: floats.squareParts, l2: config.l2Embedding, ...factors },
      },
      grid,
    );
    addSquares(grid[0]);
    if (dense) mark(0);
    blendStatistics(B);
  }

  /** Running mean and variance take a share of the batch's; the variance is the unbiased one, a single row has none. */
  function blendStatistics(B: number): void {
    for (const [b, branch] of plan.branches.entries())
      for (const [u, { batchNorm: norm, y }] of branch.units.entries()) {
        if (!norm) continue;
        const { mean, variance } = floats.branches[b]!.units[u]!;
        const columns = totalColumns(y);
        const blend = (running: Matrix, fresh: number, scale: number) =>
          recorder.dispatch(
            blendRunning,
            { columns, running: floats.running + running.at, fresh, keep: BATCH_NORM_MOMENTUM, scale },
            { threads: columns / 4 },
          );
        blend(norm.mean, mean, 1);
        if (B > 1) blend(norm.variance, variance, B / (B - 1));
      }
  }

  /** At least 16 numbers a thread, and no more workgroups than there is room for their sums. */
  const squaresGrid = (count: number): [number, number, number] => [
    Math.max(1, Math.min(TABLE_WORKGROUPS, Math.ceil(count / (16 * TABLE_THREADS)))),
    1,
    1,
  ];
  const addSquares = (count: number) =>
    recorder.dispatch(sumSquares, { count, squares: floats.squareParts, sum: floats.squares }, [1, 1, 1]);

  /** Reads what the steps so far left for their reports. */
  async function readReports(): Promise<void> {
    if (waiting.length === 0) return;
    const steps = waiting;
    waiting = [];
    const values = await stores.read(reports, 0, steps.length * reportFloats);
    for (const [i, { step, labels }] of steps.entries()) {
      const report = values.subarray(i * reportFloats, (i + 1) * reportFloats);
      ready.push({ step, labels, rowCount: labels.length, ...toReport(report, labels.length) });
    }
  }

  /** A report on the device is sums, Σ E², logits. */
  function copyReport(B: number, to: GPUBuffer, at: number): void {
    recorder.copyOut(floats.sums, LOSS_SUMS + 1, to, at);
    recorder.copyOut(floats.logits, B * (n + 1), to, at + LOSS_SUMS + 1);
  }

  function toReport(report: Float32Array, B: number): { losses: Losses; logits: Float32Array } {
    const mean = (i: number) => report[i]! / B;
    const distillation = Array.from({ length: n }, (_, b) => mean(8 + b));
    const taught = n > 1 ? config.distillationWeight * distillation.reduce((a, b) => a + b, 0) : 0;
    const l2 = (config.l2Embedding / 2) * report[LOSS_SUMS]!;
    return {
      losses: {
        fused: mean(0),
        weightedBranches: mean(1),
        teacherEntropy: mean(2),
        branches: Array.from({ length: n }, (_, b) => mean(4 + b)),
        distillation,
        l2,
        total: mean(0) + taught + l2,
      },
      logits: report.slice(LOSS_SUMS + 1, LOSS_SUMS + 1 + B * (n + 1)),
    };
  }

  function interactionOf(B: number, { unit, z }: UnitPlan): Record<string, number> {
    const interaction = INTERACTIONS.indexOf(unit.interaction);
    return { rows: B, block: z.padded, order: unit.order, interaction, gate: FUNCTIONS.indexOf(unit.gate) };
  }

  function activationOf(
    B: number,
    { unit, y }: UnitPlan,
    dropout: number,
    step: number,
    b: number,
    u: number,
  ): Record<string, number> {
    return {
      ...{ rows: B, columns: totalColumns(y), kind: FUNCTIONS.indexOf(unit.activation) },
      ...{ block: y.padded, width: y.width, size: y.count * y.width },
      ...{ threshold: dropoutThreshold(dropout), key: dropoutKey(config.seed, step, b, u) },
      kept: 1 / (1 - dropout),
    };
  }

  function writeArrays(places: NamedPlace[], at: number, count: number, arrays: NamedArrays): void {
    const numbers = new Float32Array(count);
    for (const place of places) {
      const { values } = arrayOf(arrays, place.name);
      forEachNumber(place, rowMajor, (index, to) => {
        numbers[to] = values[index]!;
      });
    }
    stores.write("floats", at, numbers);
  }

  async function readArrays(places: NamedPlace[], at: number, count: number): Promise<NamedArrays> {
    const numbers = await stores.read(stores.buffers.floats, at, count);
    return new Map(
      places.map((place) => {
        const values = new Float32Array(place.shape.reduce((a, b) => a * b, 1));
        forEachNumber(place, rowMajor, (index, from) => {
          values[index] = numbers[from]!;
        });
        return [place.name, { shape: place.shape, values }];
      }),
    );
  }

  function writeInitial(): void {
    const parameters = initialParameters(config, shape);
    writeArrays(plan.parameters, floats.parameters, plan.parameterFloats, parameters);
    stores.write("table", 0, arrayOf(parameters, "embedding").values);
    writeArrays(plan.running, floats.running, plan.runningFloats, initialRunning(config));
  }

  async function readAll(at: number, table: GPUBuffer): Promise<NamedArrays> {
    const values = await stores.read(table, 0, tableFloats);
    const arrays = await readArrays(plan.parameters, at, plan.parameterFloats);
    return new Map([["embedding", { shape: [plan.tableRows, D], values }], ...arrays]);
  }

  return {
    description: { engine: "fast", backend: "webgpu", threads: 1 },
    async step(batch, learningRate) {
      const step = updates + 1;
      if (waiting.length === REPORTS) await readReports();
      meter.enter("read");
      const loaded = await load(batch);
      meter.enter("forward");
      forward(loaded, true, step);
      meter.enter("backward");
      backward(loaded, step);
      meter.enter("update");
      update(loaded, learningRate, step);
      meter.enter("report");
      copyReport(loaded.B, reports, waiting.length * reportFloats);
      waiting.push({ step, labels: batch.labels });
      meter.dispatched(recorder.dispatches);
      recorder.submit();
      meter.leave();
      updates = step;
      meter.step({
        rows: loaded.B,
        fields: F,
        uniqueIds: loaded.groups.slotIds.length,
        uploadedBytes: loaded.bytes,
        submits: 1,
      });
    },
    async drain() {
      await readReports();
      const reports = ready;
      ready = [];
      return reports;
    },
    async evaluate(batch) {
      await readReports();
      const loaded = await load(batch);
      forward(loaded, false, 0);
      const count = dense ? tableFloats : loaded.groups.tableRows.length * D;
      if (config.l2Embedding > 0) {
        const grid = squaresGrid(count);
        recorder.dispatch(
          tableSquares,
          {
            ...{ count, embeddingDim: D, dense: dense ? 1 : 0, rows: integers.tableRows },
            squares: floats.squareParts,
          },
          grid,
        );
        addSquares(grid[0]);
      }
      copyReport(loaded.B, reports, 0);
      recorder.submit();
      const report = await stores.read(reports, 0, LOSS_SUMS + 1 + loaded.B * (n + 1));
      return { rowCount: loaded.B, ...toReport(report, loaded.B) };
    },
    async gradients(batch) {
      const loaded = await load(batch);
      forward(loaded, true, updates + 1);
      backward(loaded, updates + 1);
      recorder.submit();
      const { slotIds, tableRows } = loaded.groups;
      const table = await stores.read(stores.buffers.table, 0, tableFloats);
      const { at, stride } = floats.embeddingGradients;
      const bySlot = await stores.read(stores.buffers.floats, at, slotIds.length * stride);
      const values = new Float32Array(tableFloats);
      const penalise = (i: number) => {
        values[i] = config.l2Embedding * table[i]!;
      };
      if (dense) for (let i = 0; i < tableFloats; i++) penalise(i);
      else for (const row of tableRows) for (let d = 0; d < D; d++) penalise(row * D + d);
      for (const [slot, row] of slotIds.entries())
        for (let d = 0; d < D; d++) values[row * D + d]! += bySlot[slot * stride + d]!;
      const others = await readArrays(plan.parameters, floats.gradients, plan.parameterFloats);
      return new Map([["embedding", { shape: [plan.tableRows, D], values }], ...others]);
    },
    async read() {
      const { table, tableFirst, tableSecond } = stores.buffers;
      return {
        step: updates,
        parameters: await readAll(floats.parameters, table),
        running: await readArrays(plan.running, floats.running, plan.runningFloats),
        firstMoments: await readAll(floats.first, tableFirst),
        secondMoments: await readAll(floats.second, tableSecond),
      };
    },
    async write(state: ModelState) {
      const { parameters, firstMoments, secondMoments } = state;
      writeArrays(plan.parameters, floats.parameters, plan.parameterFloats, parameters);
      writeArrays(plan.parameters, floats.first, plan.parameterFloats, firstMoments);
      writeArrays(plan.parameters, floats.second, plan.parameterFloats, secondMoments);
      writeArrays(plan.running, floats.running, plan.runningFloats, state.running);
      stores.write("table", 0, arrayOf(parameters, "embedding").values);
      stores.write("tableFirst", 0, arrayOf(firstMoments, "embedding").values);
      stores.write("tableSecond", 0, arrayOf(secondMoments, "embedding").values);
      updates = state.step;
    },
    cost: () => meter.take(stores.bytes + reports.size),
    dispose() {
      stores.free();
      reports.destroy();
    },
  };
}

/** Lists slot tiles, runs and long slots into the integers. */
function listWork(
  { fieldStarts, positionStarts, slotIds, fields }: IdGroups,
  integers: Int32Array,
  places: IntegerPlaces,
): { tiles: number; runs: number; longSlots: number } {
  const U = slotIds.length;
  let tiles = 0;
  for (let f = 0; f < fields; f++) {
    const end = fieldStarts[f + 1]!;
    for (let slot = fieldStarts[f]!; slot < end; slot += SLOT_TILE)
      integers.set([f, slot, Math.min(SLOT_TILE, end - slot)], places.tiles + 3 * tiles++);
    integers.fill(f, places.slotFields + fieldStarts[f]!, places.slotFields + end);
  }
  let runs = 0;
  let longSlots = 0;
  let nextPart = U;
  function addRun(target: number, start: number, end: number): void {
    const at = places.runs + 3 * runs++;
    integers[at] = target;
    integers[at + 1] = start;
    integers[at + 2] = end;
  }
  for (let slot = 0; slot < U; slot++) {
    const [start, end] = [positionStarts[slot]!, positionStarts[slot + 1]!];
    if (end - start <= RUN_LENGTH) {
      addRun(slot, start, end);
      continue;
    }
    const firstPart = nextPart;
    for (let at = start; at < end; at += RUN_LENGTH) addRun(nextPart++, at, Math.min(end, at + RUN_LENGTH));
    integers.set([slot, firstPart, nextPart - firstPart], places.longSlots + 3 * longSlots++);
  }
  return { tiles, runs, longSlots };
}

function rowMajor({ at, columns }: Matrix, row: number, column: number): number {
  return at + row * columns + column;
}

function arrayOf(arrays: NamedArrays, name: string): { values: Float32Array } {
  const array = arrays.get(name);
  if (!array) throw new Error(`the state has no ${name}`);
  return array;
}
