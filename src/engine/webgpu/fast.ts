// The fast engine on WebGPU: a step is a list of dispatches over buffers that are made once, sent in one pass and one
// submit, and nothing is read back but for reports (DESIGN section 5). What it computes is src/model.

import type { Batch } from "../../base/batch.ts";
import type { Config, InputShape } from "../../model/config.ts";
import { dropEmbeddings } from "../embeddingDropout.ts";
import type { Engine } from "../engine.ts";
import type { FieldPolicy } from "../fieldChoice.ts";
import { createIdGrouper } from "../idGroups.ts";
import { splitTable } from "../plan.ts";
import { backward, forward } from "./branches.ts";
import type { ProductTile } from "./kernels/product.ts";
import { slotNumbers } from "./memory.ts";
import { createReports } from "./reports.ts";
import { readArrays, readState, writeInitial, writeState } from "./state.ts";
import { fastestTile } from "./tiles.ts";
import { sumPenalised, update } from "./update.ts";
import { createUploader, type Loaded } from "./upload.ts";
import { createWorkspace, type Workspace } from "./workspace.ts";

// Slots that there is room for at first, as a share of rows × fields; more are made room for when they come.
const FIRST_SLOT_SHARE = 0.4;

export interface GpuFastOptions {
  /** The products' shape, where it is not to be found by timing. */
  tile?: ProductTile;
  /** How fields are multiplied. */
  fields?: FieldPolicy;
  /** Bytes of one buffer of the table, where fewer than the device allows. */
  largestTableBytes?: number;
}

export async function createGpuFastEngine(
  config: Config,
  shape: InputShape,
  { tile, fields: policy = "choose", largestTableBytes }: GpuFastOptions = {},
): Promise<Engine> {
  const values = Math.min(config.batchSize, shape.tableRows) * shape.fields;
  const first = { rows: config.batchSize, slots: Math.ceil(FIRST_SLOT_SHARE * values), plainColumns: 0 };
  const options = { tile: tile ?? (await fastestTile()), largestBytes: largestTableBytes };
  const w = await createWorkspace(config, shape, first, options);
  const { plan, meter } = w;
  const reports = createReports(w);
  const grouper = createIdGrouper(plan.tableRows);
  // Reports lie in a buffer of their own size.
  const uploader = createUploader(w, policy, reports.read);
  const load = (batch: Batch): Promise<Loaded> => uploader.load(batch, grouper.group(batch));
  let updates = 0;
  writeInitial(w);

  return {
    description: { engine: "fast", backend: "webgpu", threads: 1 },
    async step(batch, learningRate) {
      const step = updates + 1;
      if (reports.isFull) await reports.read();
      meter.enter("read");
      const loaded = await load(dropEmbeddings(batch, config, step));
      meter.enter("forward");
      forward(w, loaded, { type: "training", step });
      meter.enter("backward");
      backward(w, loaded, step);
      meter.enter("update");
      update(w, loaded, learningRate, step);
      meter.enter("report");
      reports.keep(step, batch.labels);
      meter.dispatched(w.recorder.dispatches);
      w.recorder.submit();
      meter.leave();
      updates = step;
      meter.step({
        rows: loaded.B,
        fields: plan.fields,
        uniqueIds: loaded.groups.slotIds.length,
        uploadedBytes: loaded.bytes,
        submits: 1,
      });
    },
    async drain() {
      await reports.read();
      return reports.take();
    },
    async evaluate(batch) {
      await reports.read();
      const loaded = await load(batch);
      forward(w, loaded, { type: "evaluation" });
      if (config.l2Embedding > 0) sumPenalised(w, loaded);
      return reports.evaluate(loaded.B);
    },
    async gradients(batch) {
      const loaded = await load(dropEmbeddings(batch, config, updates + 1));
      forward(w, loaded, { type: "training", step: updates + 1 });
      backward(w, loaded, updates + 1);
      w.recorder.submit();
      const ofTable = splitTable(plan, await tableGradient(w, loaded));
      const others = await readArrays(w, plan.parameters, w.floats.gradients, plan.parameterFloats);
      return new Map([...ofTable, ...others]);
    },
    async gradientsOf(source, batch) {
      const step = updates + 1;
      const loaded = await load(dropEmbeddings(batch, config, step));
      forward(w, loaded, { type: "training", step, source });
      backward(w, loaded, step);
      w.recorder.submit();
      const touched = { ...plan, tableRows: loaded.groups.tableRows.length };
      const ofTable = splitTable(touched, await touchedGradient(w, loaded));
      const others = await readArrays(w, plan.parameters, w.floats.gradients, plan.parameterFloats);
      return new Map([...ofTable, ...others]);
    },
    read: () => readState(w, updates),
    async write(state) {
      writeState(w, state);
      updates = state.step;
    },
    cost: () => meter.take(w.bytes + reports.bytes),
    dispose() {
      w.dispose();
      reports.free();
    },
  };
}

/** The table's gradient with L2's part, dense. */
async function tableGradient(w: Workspace, { groups }: Loaded): Promise<Float32Array> {
  const { config, plan, table, floats } = w;
  const T = plan.tableWidth;
  const { embeddingDim, gap } = slotNumbers(plan);
  const values = await table.read("table");
  const { at, stride } = floats.embeddingGradients;
  const bySlot = await w.read(at, groups.slotIds.length * stride);
  const penalised = config.updates === "dense" ? null : new Set(groups.tableRows);
  for (let i = 0; i < values.length; i++)
    values[i] = penalised && !penalised.has(Math.floor(i / T)) ? 0 : config.l2Embedding * values[i]!;
  for (const [slot, row] of groups.slotIds.entries())
    for (let d = 0; d < T; d++)
      values[row * T + d]! += bySlot[slot * stride + (d < embeddingDim ? d : d + gap)]!;
  return values;
}

/** The gradient of the batch's table rows without L2's part, row-major [rows, T]. */
async function touchedGradient(w: Workspace, { groups }: Loaded): Promise<Float32Array> {
  const T = w.plan.tableWidth;
  const { embeddingDim, gap } = slotNumbers(w.plan);
  const { tableRows, tableStarts, tableSlots, slotIds } = groups;
  const { at, stride } = w.floats.embeddingGradients;
  const bySlot = await w.read(at, slotIds.length * stride);
  const values = new Float32Array(tableRows.length * T);
  for (let row = 0; row < tableRows.length; row++)
    for (let i = tableStarts[row]!; i < tableStarts[row + 1]!; i++)
      for (let d = 0; d < T; d++)
        values[row * T + d]! += bySlot[tableSlots[i]! * stride + (d < embeddingDim ? d : d + gap)]!;
  return values;
}
