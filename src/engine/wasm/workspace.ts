// What the parts of a WASM step share: the model's plan, where its state and the work of a batch lie on the heap, and the
// threads. The work's memory grows with the batches.

import type { Config, InputShape } from "../../model/config.ts";
import { type CostMeter, createCostMeter, plainFlopsPerRow } from "../cost.ts";
import type { Matrix, Plan } from "../plan.ts";
import { planModel } from "../planModel.ts";
import { allocateBlock, type HeapBlock, type KernelHeap, type Panels, panelsOf } from "./heap.ts";
import { kernelTeam } from "./kernels.ts";
import { type Capacity, layState, layWork, type State, type Work } from "./memory.ts";
import type { KernelTeam } from "./team.ts";

export interface Workspace {
  readonly config: Config;
  readonly plan: Plan;
  readonly team: KernelTeam;
  readonly heap: KernelHeap;
  readonly meter: CostMeter;
  readonly state: State;
  capacity: Capacity;
  work: Work;
  /** Makes the work's memory anew where it is too small. */
  reserve(needed: Capacity): void;
  readonly bytes: number;
  dispose(): void;
}

/**
 * Allocates the state of a model; the work of a step is allocated for the first batch. Throws a ProblemError without
 * memory.
 */
export function createWorkspace(config: Config, shape: InputShape): Workspace {
  const team = kernelTeam();
  const { heap } = team;
  const plan = planModel(config, shape);
  const { block: stateBlock, held: state } = allocateBlock(heap, (block) => layState(block, plan));
  const meter = createCostMeter(plainFlopsPerRow(config, plan.fields));
  const none = { rows: 0, slots: 0, plainFields: 0 };
  let workBlock: HeapBlock | null = null;

  function allocateWork(capacity: Capacity): Work {
    workBlock?.free();
    workBlock = null;
    const { block, held } = allocateBlock(heap, (counted) => layWork(counted, plan, capacity));
    workBlock = block;
    return held;
  }

  const workspace: Workspace = {
    config,
    plan,
    team,
    heap,
    meter,
    state,
    capacity: none,
    work: allocateWork(none),
    reserve({ rows, slots, plainFields }) {
      const { capacity } = workspace;
      if (rows <= capacity.rows && slots <= capacity.slots && plainFields <= capacity.plainFields) return;
      const mostRows = Math.max(rows, capacity.rows);
      // Some more than this batch has: others hold somewhat more ids.
      const mostSlots = Math.max(Math.ceil(slots * 1.25), capacity.slots);
      workspace.capacity = {
        rows: mostRows,
        slots: Math.min(mostRows * plan.fields, mostSlots),
        plainFields: Math.max(plainFields, capacity.plainFields),
      };
      workspace.work = allocateWork(workspace.capacity);
    },
    get bytes() {
      return stateBlock.bytes + (workBlock?.bytes ?? 0);
    },
    dispose() {
      workBlock?.free();
      stateBlock.free();
    },
  };
  return workspace;
}

/** Byte offset of a dense parameter, and of its gradient. */
export function parameterAt({ state }: Workspace, { at }: Matrix): number {
  return state.parameters + 4 * at;
}

/** Byte offset of a parameter's gradient. */
export function gradientAt({ state }: Workspace, { at }: Matrix): number {
  return state.gradients + 4 * at;
}

/** A parameter as panels of 16 columns. */
export function parameterPanels({ state }: Workspace, matrix: Matrix): Panels {
  return panelsOf(state.parameters, matrix);
}

/** A parameter's gradient as panels of 16 columns. */
export function gradientPanels({ state }: Workspace, matrix: Matrix): Panels {
  return panelsOf(state.gradients, matrix);
}

/** Sets a dense parameter's gradient to zero. */
export function clearGradient(w: Workspace, { at, rows, columns }: Matrix): void {
  const start = gradientAt(w, { at, rows, columns });
  w.heap.HEAPU8.fill(0, start, start + 4 * rows * columns);
}
