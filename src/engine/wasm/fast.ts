// The fast engine on WASM: one step as a fixed sequence of kernels over memory that is laid out beforehand
// (DESIGN section 5). What it computes is src/model; test/engine holds the two together.
// B rows, F fields, D embedding size, n branches.

import type { Batch, NamedArrays } from "../../base/batch.ts";
import { adamStep } from "../../model/adam.ts";
import { type Config, FUNCTIONS, INTERACTIONS, type InputShape } from "../../model/config.ts";
import { dropoutKey, dropoutThreshold } from "../../model/dropout.ts";
import { initialParameters, initialRunning } from "../../model/initialize.ts";
import { BATCH_NORM_MOMENTUM } from "../../model/layers.ts";
import { createCostMeter, plainFlopsPerRow } from "../cost.ts";
import type { Engine, Losses, ModelState, StepReport } from "../engine.ts";
import { chooseFields, type FieldChoice, type FieldPolicy } from "../fieldChoice.ts";
import { createIdGrouper, type IdGroups } from "../idGroups.ts";
import { lossesOf } from "../lossReport.ts";
import {
  arrayOf,
  forEachNumber,
  type NamedPlace,
  padded,
  planModel,
  totalColumns,
  type UnitPlan,
} from "../plan.ts";
import { createFirstLayer, type FirstLayer } from "./firstLayer.ts";
import {
  allocateBlock,
  floatsAt,
  fromColumn,
  type HeapBlock,
  type Panels,
  panelIndex,
  panelsOf,
  ROW,
} from "./heap.ts";
import { wasmKernels } from "./kernels.ts";
import { type Capacity, layState, layWork, type UnitWork, type Work } from "./memory.ts";

export interface FastOptions {
  /** How fields are multiplied: as it pays for each, or all one way, for checks and for measuring what unique ids save. */
  fields?: FieldPolicy;
}

type Mode = { type: "training"; step: number } | { type: "evaluation" };

export function createWasmFastEngine(config: Config, shape: InputShape, options: FastOptions = {}): Engine {
  const { exports: kernels, heap } = wasmKernels();
  const plan = planModel(config, shape);
  const { fields: F, embeddingDim: D } = plan;
  const n = config.branches.length;
  const tableFloats = plan.tableRows * D;
  const { block: stateBlock, held: state } = allocateBlock(heap, (block) => layState(block, plan));
  const grouper = createIdGrouper(plan.tableRows);
  const meter = createCostMeter(plainFlopsPerRow(config, F));
  let workBlock: HeapBlock | null = null;
  let work!: Work;
  let firstLayer!: FirstLayer;
  let capacity: Capacity = { rows: 0, slots: 0, plainFields: 0 };
  let waiting: StepReport[] = [];
  let updates = 0;
  // Σ E² of the whole table as it is now; null: not yet known.
  let tableSquares: number | null = null;

  const initial = initialParameters(config, shape);
  writeArrays(plan.parameters, state.parameters, initial);
  writeTable(state.table, initial);
  writeArrays(plan.running, state.running, initialRunning(config));

  /** Makes room for a batch, groups its ids and hands all to the kernels. Returns the bytes copied. */
  function load(batch: Batch): { groups: IdGroups; bytes: number } {
    const groups = grouper.group(batch);
    const choice = chooseFields(groups, D, options.fields ?? "choose");
    makeRoom(batch.rowCount, groups, choice);
    floatsAt(heap, work.labels, batch.rowCount).set(batch.labels);
    return { groups, bytes: batch.labels.byteLength + firstLayer.load(groups, choice, batch) };
  }

  function makeRoom(rows: number, groups: IdGroups, choice: FieldChoice): void {
    const slots = groups.slotIds.length;
    const plainFields = choice.plain.length;
    if (rows <= capacity.rows && slots <= capacity.slots && plainFields <= capacity.plainFields) return;
    workBlock?.free();
    capacity = {
      rows: Math.max(rows, capacity.rows),
      // Some more than this batch has: others hold somewhat more ids.
      slots: Math.min(Math.max(rows, capacity.rows) * F, Math.max(Math.ceil(slots * 1.25), capacity.slots)),
      plainFields: Math.max(plainFields, capacity.plainFields),
    };
    const allocated = allocateBlock(heap, (block) => layWork(block, plan, capacity));
    workBlock = allocated.block;
    work = allocated.held;
    firstLayer = createFirstLayer(kernels, heap, plan, state, work, meter);
  }

  /** Logits of every branch, and of training mode all that the gradients need. */
  function forward(B: number, mode: Mode): void {
    meter.enter("project");
    firstLayer.forward();
    meter.enter("forward");
    if (work.gating) loadFields(B, work.gating.fields);
    for (const [b, branch] of plan.branches.entries()) {
      if (branch.gating) forwardGating(B, b);
      let input: Panels | null = null;
      for (const [u, unit] of branch.units.entries()) {
        const unitWork = work.branches[b]!.units[u]!;
        forwardUnit(B, unit, unitWork, input, mode, [b, u]);
        input = unitWork.out;
      }
      const last = branch.units.at(-1)!;
      const w = parameter(branch.head.weight.at);
      const bias = parameter(branch.head.bias.at);
      const columns = totalColumns(last.y);
      kernels.head(B, columns / 16, input!.at, input!.panel, w, bias, work.logits + 4 * b, 4 * (n + 1));
      meter.product(B, 1, columns);
    }
    const scores = plan.fusionColumn === null ? 0 : fromColumn(work.shared, plan.fusionColumn).at;
    kernels.lossesAndGradients(
      ...[B, n, config.distillationWeight, work.logits, scores],
      ...[work.labels, work.logitGradients, state.sums],
    );
  }

  /** Gradients of all parameters but L2's, and of every slot's embedding. */
  function backward(B: number, step: number): void {
    meter.enter("backward");
    const gating = work.gating;
    if (gating) clear(gating.fieldGradients, F, B * D);
    for (const [b, branch] of plan.branches.entries()) {
      const units = work.branches[b]!.units;
      let [d, next] = outputGradients();
      const last = branch.units.at(-1)!;
      const { out } = units.at(-1)!;
      kernels.headBackward(
        ...[B, totalColumns(last.y) / 16, work.logitGradients + 4 * b, 4 * n, out.at, out.panel],
        ...[parameter(branch.head.weight.at), d.at, d.panel],
        ...[gradient(branch.head.weight.at), gradient(branch.head.bias.at)],
      );
      meter.product(2 * B, 1, totalColumns(last.y));
      for (let u = branch.units.length - 1; u >= 0; u--) {
        const unit = branch.units[u]!;
        backwardUnit(B, unit, units[u]!, d, step, [b, u]);
        if (u > 0) backwardProduct(B, unit, units[u]!.z, units[u - 1]!.out, next);
        [d, next] = [next, d];
      }
      if (branch.gating) backwardGating(B, b);
    }
    meter.enter("project");
    firstLayer.backward();
    if (gating) addFieldGradients(gating.fieldGradients);
  }

  function forwardUnit(
    B: number,
    plan: UnitPlan,
    unitWork: UnitWork,
    input: Panels | null,
    mode: Mode,
    [b, u]: [number, number],
  ): void {
    const { unit, weight } = plan;
    const { y, out } = unitWork;
    const z = zOf(plan, unitWork);
    const panels = totalColumns(plan.y) / 16;
    if (weight) {
      const w = panelsOf(state.parameters, weight);
      kernels.fillRows(B, weight.columns / 16, parameter(plan.bias.at), z.at, z.panel);
      kernels.productRows(
        ...[B, weight.columns, weight.rows, input!.at, input!.panel, w.at, w.panel, z.at, z.panel, 1],
      );
      meter.product(B, weight.columns, weight.rows);
    }
    kernels.interact(
      ...[B, plan.z.padded / 16, unit.order, INTERACTIONS.indexOf(unit.interaction)],
      ...[FUNCTIONS.indexOf(unit.gate), z.at, z.panel, y.at, y.panel],
    );
    if (plan.batchNorm) {
      const { gamma, beta, mean, variance } = plan.batchNorm;
      let [m, v] = [state.running + 4 * mean.at, state.running + 4 * variance.at];
      if (mode.type === "training") {
        [m, v] = [unitWork.mean, unitWork.variance];
        kernels.moments(B, panels, y.at, y.panel, m, v);
      }
      kernels.normalise(B, panels, m, v, y.at, y.panel);
      const scale = [parameter(gamma.at), parameter(beta.at)];
      kernels.scaleAndShift(B, panels, ...scale, y.at, y.panel, out.at, out.panel);
    }
    const dropout = mode.type === "training" ? unit.dropout : 0;
    if (unit.activation !== "linear" || dropout > 0) {
      const step = mode.type === "training" ? mode.step : 0;
      kernels.activate(B, panels, ...activationOf(plan, dropout, step, b, u), out.at, out.panel);
    }
  }

  /** `d`, the gradient of the unit's output, becomes that of z in z's place. */
  function backwardUnit(
    B: number,
    plan: UnitPlan,
    unitWork: UnitWork,
    d: Panels,
    step: number,
    [b, u]: [number, number],
  ): void {
    const { unit } = plan;
    const { y, out } = unitWork;
    const z = zOf(plan, unitWork);
    const panels = totalColumns(plan.y) / 16;
    if (unit.activation !== "linear" || unit.dropout > 0)
      kernels.activateBackward(
        ...[B, panels, ...activationOf(plan, unit.dropout, step, b, u)],
        ...[out.at, out.panel, d.at, d.panel],
      );
    if (plan.batchNorm) {
      const { gamma, beta } = plan.batchNorm;
      kernels.normaliseBackward(
        ...[B, panels, unitWork.variance, parameter(gamma.at), y.at, y.panel, d.at, d.panel],
        ...[gradient(gamma.at), gradient(beta.at)],
      );
    }
    kernels.interactBackward(
      ...[B, plan.z.padded / 16, unit.order, INTERACTIONS.indexOf(unit.interaction)],
      ...[FUNCTIONS.indexOf(unit.gate), d.at, d.panel, z.at, z.panel, state.scratch],
    );
  }

  /** Gradients of a later unit's bias, weight and input from that of its z. */
  function backwardProduct(B: number, plan: UnitPlan, dz: Panels, input: Panels, dInput: Panels): void {
    const weight = plan.weight!;
    const { rows, columns } = weight;
    const [w, dw] = [panelsOf(state.parameters, weight), panelsOf(state.gradients, weight)];
    const wT = { at: work.transposed, panel: columns * ROW };
    kernels.columnSums(B, columns / 16, dz.at, dz.panel, gradient(plan.bias.at));
    kernels.productColumns(rows, columns, B, input.at, input.panel, dz.at, dz.panel, dw.at, dw.panel, 0);
    kernels.transpose(rows, columns, w.at, w.panel, wT.at, wT.panel);
    kernels.productRows(B, rows, columns, dz.at, dz.panel, wT.at, wT.panel, dInput.at, dInput.panel, 0);
    meter.product(2 * B, rows, columns);
  }

  function loadFields(B: number, e: Panels): void {
    // What lies beyond column B·D in the last panel must be zero: sums run over whole panels.
    const last = fromColumn(e, padded(B * D) - 16);
    heap.HEAPU8.fill(0, last.at, last.at + e.panel);
    kernels.lookupByField(B, F, D, state.table, work.ids, work.weights, e.at, e.panel);
  }

  /** g = Wᵀ·e + b by field; the gated input e⊙g times the unit's other half of weights is added to its z. */
  function forwardGating(B: number, b: number): void {
    const { weight, bias } = plan.branches[b]!.gating!;
    const unit = plan.branches[b]!.units[0]!;
    const gates = work.branches[b]!.gates!;
    const e = work.gating!.fields;
    const w = panelsOf(state.parameters, weight);
    kernels.fillFields(F, padded(B * D) / 16, parameter(bias.at), gates.at, gates.panel);
    kernels.productColumns(F, B * D, F, w.at, w.panel, e.at, e.panel, gates.at, gates.panel, 1);
    meter.product(F, B * D, F);
    const x = { at: work.branches[b]!.gatedInput, panel: B * ROW };
    kernels.gateFields(B, F, D, e.at, gates.at, gates.panel, x.at, x.panel);
    const gated = unit.gatedWeight!;
    const v = panelsOf(state.parameters, gated);
    const z = fromColumn(work.shared, unit.sharedColumn);
    kernels.productRows(B, gated.columns, F * D, x.at, x.panel, v.at, v.panel, z.at, z.panel, 1);
    meter.product(B, gated.columns, F * D);
  }

  function backwardGating(B: number, b: number): void {
    const { weight, bias } = plan.branches[b]!.gating!;
    const unit = plan.branches[b]!.units[0]!;
    const gated = unit.gatedWeight!;
    const gates = work.branches[b]!.gates!;
    const { fields: e, fieldGradients: de, transposed, inputGradient } = work.gating!;
    const x = { at: work.branches[b]!.gatedInput, panel: B * ROW };
    const dx = { at: inputGradient, panel: B * ROW };
    const dz = fromColumn(work.shared, unit.sharedColumn);
    const [v, dv] = [panelsOf(state.parameters, gated), panelsOf(state.gradients, gated)];
    const vT = { at: transposed, panel: gated.columns * ROW };
    kernels.productColumns(F * D, gated.columns, B, x.at, x.panel, dz.at, dz.panel, dv.at, dv.panel, 0);
    kernels.transpose(F * D, gated.columns, v.at, v.panel, vT.at, vT.panel);
    kernels.productRows(B, F * D, gated.columns, dz.at, dz.panel, vT.at, vT.panel, dx.at, dx.panel, 0);
    meter.product(2 * B, gated.columns, F * D);
    kernels.gateFieldsBackward(B, F, D, dx.at, dx.panel, e.at, gates.at, de.at, de.panel);
    // The gates' place now holds their gradients.
    const [w, dw] = [panelsOf(state.parameters, weight), panelsOf(state.gradients, weight)];
    kernels.fieldSums(F, B * D, gates.at, gates.panel, gradient(bias.at));
    kernels.fieldProducts(F, B * D, e.at, gates.at, gates.panel, dw.at, dw.panel);
    kernels.productRows(F, B * D, F, w.at, w.panel, gates.at, gates.panel, de.at, de.panel, 1);
    meter.product(2 * F, B * D, F);
  }

  /** What feature gating makes of the embeddings reaches the table by the same slots. */
  function addFieldGradients(de: Panels): void {
    const { embeddingGradients: out, positionStarts, positions, positionWeights } = work;
    const { fieldStarts } = current!;
    for (let f = 0; f < F; f++)
      kernels.segmentSumGated(
        ...[fieldStarts[f]!, fieldStarts[f + 1]!, D, f, positionStarts, positions, positionWeights],
        ...[de.at, de.panel, out.at, out.panel],
      );
    meter.additions(current!.rowCount * F * D);
  }

  /** Moves every parameter. Returns Σ E² over the rows that L2 acts on, before the update. */
  function update(learningRate: number, step: number): number {
    meter.enter("update");
    const factors = adamStep(config.optimizer, learningRate, step);
    const { beta1, beta2, rate, secondScale, epsilon } = factors;
    floatsAt(heap, state.factors, 7).set([beta1, 1 - beta1, beta2, 1 - beta2, rate, secondScale, epsilon]);
    kernels.adam(
      ...[plan.parameterFloats, state.parameters, state.gradients, state.first, state.second, state.factors],
    );
    const { embeddingGradients: de } = work;
    const squares = kernels.adamTable(
      ...[plan.tableRows, D, config.updates === "dense" ? 1 : 0, config.l2Embedding],
      ...[current!.tableRows.length, work.tableRows, work.tableStarts, work.tableSlots, de.at, de.panel],
      ...[state.table, state.tableFirst, state.tableSecond, state.factors],
    );
    tableSquares = null;
    return squares;
  }

  /** Running mean and variance take a share of the batch's; the variance is the unbiased one, a single row has none. */
  function blendRunning(B: number): void {
    for (const [b, branch] of plan.branches.entries())
      for (const [u, unit] of branch.units.entries()) {
        if (!unit.batchNorm) continue;
        const columns = totalColumns(unit.y);
        const seen = work.branches[b]!.units[u]!;
        const blend = (at: number, from: number, scale: number) => {
          const running = floatsAt(heap, state.running + 4 * at, columns);
          const fresh = floatsAt(heap, from, columns);
          for (let c = 0; c < columns; c++)
            running[c] = running[c]! * BATCH_NORM_MOMENTUM + fresh[c]! * scale * (1 - BATCH_NORM_MOMENTUM);
        };
        blend(unit.batchNorm.mean.at, seen.mean, 1);
        if (B > 1) blend(unit.batchNorm.variance.at, seen.variance, B / (B - 1));
      }
  }

  /** Σ E² over the rows that L2 acts on: all, or with lazy updates the batch's. */
  function penalisedSquares(groups: IdGroups): number {
    if (config.l2Embedding === 0) return 0;
    if (config.updates === "dense") return (tableSquares ??= kernels.squares(tableFloats, state.table));
    let sum = 0;
    for (const row of groups.tableRows) sum += kernels.squares(D, state.table + 4 * row * D);
    return sum;
  }

  function reportedLosses(B: number, squares: number): Losses {
    const [fused, weightedBranches, teacherEntropy, ...byBranch] = new Float64Array(
      heap.HEAPU8.buffer,
      state.sums,
      11,
    );
    const singles = { fused: fused!, weightedBranches: weightedBranches!, teacherEntropy: teacherEntropy! };
    const sums = { ...singles, branches: byBranch.slice(0, 4), distillation: byBranch.slice(4), squares };
    return lossesOf(config, B, sums);
  }

  // The groups of the batch under way.
  let current: IdGroups | null = null;

  const parameter = (at: number) => state.parameters + 4 * at;
  const gradient = (at: number) => state.gradients + 4 * at;
  const logitsOf = (B: number) => floatsAt(heap, work.logits, B * (n + 1)).slice();
  const zOf = (unit: UnitPlan, { z }: UnitWork) => (unit.weight ? z : fromColumn(z, unit.sharedColumn));
  const outputGradients = () =>
    work.outputGradients.map((at) => ({ at, panel: capacity.rows * ROW })) as [Panels, Panels];

  /** The numbers that the activation kernels take of a unit. */
  function activationOf(plan: UnitPlan, dropout: number, step: number, b: number, u: number): number[] {
    const { unit, y } = plan;
    const kept = 1 / (1 - dropout);
    const key = dropoutKey(config.seed, step, b, u);
    const kind = FUNCTIONS.indexOf(unit.activation);
    return [kind, y.padded, y.width, y.count * y.width, dropoutThreshold(dropout), kept, key];
  }

  /** Zeroes the rows and columns in use. */
  function clear(matrix: Panels, rows: number, columns: number): void {
    for (let column = 0; column < columns; column += 16) {
      const { at } = fromColumn(matrix, column);
      heap.HEAPU8.fill(0, at, at + rows * ROW);
    }
  }

  function writeArrays(places: NamedPlace[], store: number, arrays: NamedArrays): void {
    for (const place of places) {
      const { values } = arrayOf(arrays, place.name);
      const floats = new Float32Array(heap.HEAPU8.buffer);
      forEachNumber(place, panelIndex, (index, at) => {
        floats[store / 4 + at] = values[index]!;
      });
    }
  }

  function readArrays(places: NamedPlace[], store: number): NamedArrays {
    const floats = new Float32Array(heap.HEAPU8.buffer);
    return new Map(
      places.map((place) => {
        const values = new Float32Array(place.shape.reduce((a, b) => a * b, 1));
        forEachNumber(place, panelIndex, (index, at) => {
          values[index] = floats[store / 4 + at]!;
        });
        return [place.name, { shape: place.shape, values }];
      }),
    );
  }

  function writeTable(at: number, arrays: NamedArrays): void {
    floatsAt(heap, at, tableFloats).set(arrayOf(arrays, "embedding").values);
  }

  function readAll(store: number, table: number): NamedArrays {
    const embedding = { shape: [plan.tableRows, D], values: floatsAt(heap, table, tableFloats).slice() };
    return new Map([["embedding", embedding], ...readArrays(plan.parameters, store)]);
  }

  return {
    description: { engine: "fast", backend: "wasm", threads: 1 },
    async step(batch, learningRate) {
      const { rowCount: B } = batch;
      const step = updates + 1;
      meter.enter("read");
      const { groups, bytes } = load(batch);
      current = groups;
      forward(B, { type: "training", step });
      backward(B, step);
      const squares = update(learningRate, step);
      blendRunning(B);
      meter.enter("report");
      const losses = reportedLosses(B, squares);
      waiting.push({ step, rowCount: B, losses, logits: logitsOf(B), labels: batch.labels });
      updates = step;
      meter.leave();
      meter.step({
        rows: B,
        fields: F,
        uniqueIds: groups.slotIds.length,
        uploadedBytes: bytes,
        submits: 0,
      });
    },
    async drain() {
      const reports = waiting;
      waiting = [];
      return reports;
    },
    async evaluate(batch) {
      const { groups } = load(batch);
      forward(batch.rowCount, { type: "evaluation" });
      meter.leave();
      return {
        rowCount: batch.rowCount,
        losses: reportedLosses(batch.rowCount, penalisedSquares(groups)),
        logits: logitsOf(batch.rowCount),
      };
    },
    async gradients(batch) {
      const { groups } = load(batch);
      current = groups;
      forward(batch.rowCount, { type: "training", step: updates + 1 });
      backward(batch.rowCount, updates + 1);
      meter.leave();
      const table = floatsAt(heap, state.table, tableFloats);
      const values = new Float32Array(tableFloats);
      const l2 = config.l2Embedding;
      if (config.updates === "dense") for (let i = 0; i < tableFloats; i++) values[i] = l2 * table[i]!;
      else
        for (const row of groups.tableRows)
          for (let i = row * D; i < (row + 1) * D; i++) values[i] = l2 * table[i]!;
      const { at, panel } = work.embeddingGradients;
      for (const [slot, row] of groups.slotIds.entries())
        for (let d = 0; d < D; d++)
          values[row * D + d]! += floatsAt(heap, at + (d >> 4) * panel + slot * ROW + 4 * (d & 15), 1)[0]!;
      const dense = readArrays(plan.parameters, state.gradients);
      return new Map([["embedding", { shape: [plan.tableRows, D], values }], ...dense]);
    },
    async read() {
      return {
        step: updates,
        parameters: readAll(state.parameters, state.table),
        running: readArrays(plan.running, state.running),
        firstMoments: readAll(state.first, state.tableFirst),
        secondMoments: readAll(state.second, state.tableSecond),
      };
    },
    async write(model: ModelState) {
      const { parameters, running, firstMoments, secondMoments } = model;
      writeArrays(plan.parameters, state.parameters, parameters);
      writeArrays(plan.parameters, state.first, firstMoments);
      writeArrays(plan.parameters, state.second, secondMoments);
      writeArrays(plan.running, state.running, running);
      writeTable(state.table, parameters);
      writeTable(state.tableFirst, firstMoments);
      writeTable(state.tableSecond, secondMoments);
      updates = model.step;
      tableSquares = null;
    },
    cost: () => meter.take(stateBlock.bytes + (workBlock?.bytes ?? 0)),
    dispose() {
      workBlock?.free();
      stateBlock.free();
      waiting = [];
    },
  };
}
