// The fast engine on WASM: one step as a fixed sequence of kernels over memory that is laid out beforehand
// (DESIGN section 5). What it computes is src/model; test/engine holds the two together.

import type { Batch } from "../../base/batch.ts";
import type { Config, InputShape } from "../../model/config.ts";
import { dropEmbeddings } from "../embeddingDropout.ts";
import type { Engine, Losses, StepReport } from "../engine.ts";
import type { FieldPolicy } from "../fieldChoice.ts";
import { lossesOf } from "../lossReport.ts";
import { splitTable } from "../plan.ts";
import { type Loaded, loadBatch } from "./batch.ts";
import { backward, forward } from "./branches.ts";
import { projectBackward, projectForward } from "./firstLayer.ts";
import { createTeamGrouper } from "./grouping.ts";
import { floatsAt, ROW } from "./heap.ts";
import { kernelsAreRelaxed } from "./kernels.ts";
import { LOSS_SUMS } from "./memory.ts";
import { readArrays, readState, writeInitial, writeState } from "./state.ts";
import type { Mode } from "./units.ts";
import { sumPenalised, update } from "./update.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

export interface FastOptions {
  /** How fields are multiplied. */
  fields?: FieldPolicy;
}

/** An engine on the threads that `installWasmKernels` made ready; their number does not change a result. */
export function createWasmFastEngine(config: Config, shape: InputShape, options: FastOptions = {}): Engine {
  const w = createWorkspace(config, shape);
  const { plan, meter, team } = w;
  const grouper = createTeamGrouper(w);
  let waiting: StepReport[] = [];
  let updates = 0;
  // Σ E² of the whole table as it is now; null: not yet known.
  let tableSquares: number | null = null;
  writeInitial(w);

  function load(batch: Batch): Loaded {
    return loadBatch(w, batch, grouper.group(batch), options.fields ?? "choose");
  }

  function forwardAll(loaded: Loaded, mode: Mode): void {
    meter.enter("project");
    projectForward(w, loaded);
    meter.enter("forward");
    forward(w, loaded, mode);
  }

  function backwardAll(loaded: Loaded, step: number): void {
    meter.enter("backward");
    backward(w, loaded, step, () => {
      meter.enter("project");
      projectBackward(w, loaded);
    });
  }

  /** Σ E² over the rows that L2 acts on; that of a whole table is kept until the next update. */
  function penalisedSquares(loaded: Loaded): number {
    if (config.l2Embedding === 0) return 0;
    if (config.updates === "lazy") return sumPenalised(w, loaded.groups);
    return (tableSquares ??= sumPenalised(w, loaded.groups));
  }

  const logitsOf = (B: number) => floatsAt(w.heap, w.work.logits, B * (config.branches.length + 1)).slice();

  return {
    description: {
      engine: "fast",
      backend: "wasm",
      threads: team.threads,
      ...(kernelsAreRelaxed() && { simd: "relaxed" as const }),
    },
    async step(batch, learningRate) {
      const { rowCount: B } = batch;
      const step = updates + 1;
      meter.enter("read");
      const loaded = load(dropEmbeddings(batch, config, step));
      forwardAll(loaded, { type: "training", step });
      backwardAll(loaded, step);
      meter.enter("update");
      const squares = update(w, loaded.groups, learningRate, step);
      tableSquares = null;
      meter.enter("report");
      const losses = reportedLosses(w, B, squares);
      waiting.push({ step, rowCount: B, losses, logits: logitsOf(B), labels: batch.labels });
      updates = step;
      meter.leave();
      meter.step({
        rows: B,
        fields: plan.fields,
        uniqueIds: loaded.groups.slotIds.length,
        uploadedBytes: loaded.bytes,
        submits: 0,
      });
    },
    async drain() {
      const reports = waiting;
      waiting = [];
      return reports;
    },
    async evaluate(batch) {
      const { rowCount: B } = batch;
      const loaded = load(batch);
      forwardAll(loaded, { type: "evaluation" });
      meter.leave();
      const losses = reportedLosses(w, B, penalisedSquares(loaded));
      return { rowCount: B, losses, logits: logitsOf(B) };
    },
    async gradients(batch) {
      const loaded = load(dropEmbeddings(batch, config, updates + 1));
      forwardAll(loaded, { type: "training", step: updates + 1 });
      backwardAll(loaded, updates + 1);
      meter.leave();
      const ofTable = splitTable(plan, tableGradient(w, loaded));
      return new Map([...ofTable, ...readArrays(w, plan.parameters, w.state.gradients)]);
    },
    async gradientsOf(source, batch) {
      const step = updates + 1;
      const loaded = load(dropEmbeddings(batch, config, step));
      forwardAll(loaded, { type: "training", step, source });
      backwardAll(loaded, step);
      meter.leave();
      const touched = { ...plan, tableRows: loaded.groups.tableRows.length };
      const ofTable = splitTable(touched, touchedGradient(w, loaded));
      return new Map([...ofTable, ...readArrays(w, plan.parameters, w.state.gradients)]);
    },
    async read(into) {
      return readState(w, updates, into);
    },
    async write(state) {
      writeState(w, state);
      updates = state.step;
      tableSquares = null;
    },
    cost: () => meter.take(w.bytes + grouper.bytes),
    dispose() {
      grouper.dispose();
      w.dispose();
      waiting = [];
    },
  };
}

function reportedLosses({ config, heap, state }: Workspace, B: number, squares: number): Losses {
  const sums = new Float64Array(heap.HEAPU8.buffer, state.sums, LOSS_SUMS);
  const [fused, weightedBranches, teacherEntropy] = sums as unknown as [number, number, number];
  const byBranch = { branches: sums.subarray(3, 7), distillation: sums.subarray(7) };
  return lossesOf(config, B, { fused, weightedBranches, teacherEntropy, ...byBranch, squares });
}

/** The table's gradient with L2's part, dense. */
function tableGradient({ config, plan, state, heap, work }: Workspace, { groups }: Loaded): Float32Array {
  const T = plan.tableWidth;
  const table = floatsAt(heap, state.table, plan.tableRows * T);
  const values = new Float32Array(table.length);
  const l2 = config.l2Embedding;
  if (config.updates === "dense") for (let i = 0; i < values.length; i++) values[i] = l2 * table[i]!;
  else
    for (const row of groups.tableRows)
      for (let i = row * T; i < (row + 1) * T; i++) values[i] = l2 * table[i]!;
  const { at, panel } = work.embeddingGradients;
  const floats = new Float32Array(heap.HEAPU8.buffer);
  for (const [slot, row] of groups.slotIds.entries())
    for (let d = 0; d < T; d++)
      values[row * T + d]! += floats[(at + (d >> 4) * panel + slot * ROW + 4 * (d & 15)) / 4]!;
  return values;
}

/** The gradient of the batch's table rows without L2's part, row-major [rows, T]. */
function touchedGradient({ plan, heap, work }: Workspace, { groups }: Loaded): Float32Array {
  const T = plan.tableWidth;
  const { tableRows, tableStarts, tableSlots } = groups;
  const values = new Float32Array(tableRows.length * T);
  const { at, panel } = work.embeddingGradients;
  const floats = new Float32Array(heap.HEAPU8.buffer);
  for (let row = 0; row < tableRows.length; row++)
    for (let i = tableStarts[row]!; i < tableStarts[row + 1]!; i++)
      for (let d = 0; d < T; d++)
        values[row * T + d]! += floats[(at + (d >> 4) * panel + tableSlots[i]! * ROW + 4 * (d & 15)) / 4]!;
  return values;
}
