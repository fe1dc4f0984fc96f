// The end of a WASM step: Adam on the table and on everything else, and the running statistics. T columns of the table.

import type { IdGroups } from "../../base/idGroups.ts";
import { adamStep, clipScale } from "../../model/adam.ts";
import { BATCH_NORM_MOMENTUM } from "../../model/layers.ts";
import { type Matrix, totalColumns } from "../plan.ts";
import { floatsAt } from "./heap.ts";
import { TABLE_BLOCKS } from "./memory.ts";
import { type Call, call, invoke, type KernelValues } from "./signatures.ts";
import type { Workspace } from "./workspace.ts";

// Dense parameters that a task moves: a multiple of four.
const TASK_FLOATS = 1 << 15;

/** Moves every parameter. Returns Σ E² over the rows that L2 acts on, before the update. */
export function update(w: Workspace, groups: IdGroups, learningRate: number, step: number): number {
  const { config, heap, state, team } = w;
  const adam = adamStep(config.optimizer, learningRate, step);
  const { beta1, beta2, rate, secondScale, epsilon, decay } = adam;
  // A gradient that is scaled by c counts c-fold in the first moment, and c²-fold in the second.
  const c = config.optimizer.clipNorm > 0 ? clipScale(config.optimizer, gradientNorm(w, groups)) : 1;
  const factors = [beta1, (1 - beta1) * c, beta2, (1 - beta2) * c * c, rate, secondScale, epsilon];
  if (decay > 0) decayWeights(w, 1 - decay);
  floatsAt(heap, state.factors, factors.length).set(factors);
  const tableTasks = updateTable(w, groups);
  team.run([...tableTasks, ...updateDense(w)]);
  blendRunning(w, groups.rowCount);
  const sums = new Float64Array(heap.HEAPU8.buffer, state.tableSums, tableTasks.length);
  return sums.reduce((a, b) => a + b, 0);
}

/** AdamW's weight decay. */
function decayWeights({ plan, state, team }: Workspace, factor: number): void {
  team.run(
    plan.decayed.map(({ at, rows, columns }) => [
      call("scale", { count: rows * columns, x: state.parameters + 4 * at, factor }),
    ]),
  );
}

/** The norm of all gradients together, L2's part among them. */
function gradientNorm(w: Workspace, groups: IdGroups): number {
  const { plan, state, team, heap } = w;
  const dense = invoke(team.kernels, "squares", { count: plan.parameterFloats, x: state.gradients });
  const blocks = tableBlocks(w, groups);
  team.run(blocks.map((block) => [call<"tableGradientSquares">("tableGradientSquares", block)]));
  const sums = new Float64Array(heap.HEAPU8.buffer, state.tableSums, blocks.length);
  return Math.sqrt(sums.reduce((a, b) => a + b, dense));
}

/**
 * The table in blocks of rows, with which of the batch's rows lie in each, as the kernels over the table take them. Written out
 * as a whole: spreading a block into another object takes longer than the rest.
 */
function tableBlocks(
  { config, plan, state, work }: Workspace,
  { tableRows }: IdGroups,
): KernelValues<"adamTable">[] {
  const rowsEach = Math.ceil(plan.tableRows / TABLE_BLOCKS);
  const blocks: ReturnType<typeof tableBlocks> = [];
  let endTouched = 0;
  for (let begin = 0; begin < plan.tableRows; begin += rowsEach) {
    const end = Math.min(begin + rowsEach, plan.tableRows);
    const firstTouched = endTouched;
    while (endTouched < tableRows.length && tableRows[endTouched]! < end) endTouched++;
    blocks.push({
      begin,
      end,
      firstTouched,
      endTouched,
      T: plan.tableWidth,
      dense: config.updates === "dense" ? 1 : 0,
      l2: config.l2Embedding,
      rows: work.tableRows,
      starts: work.tableStarts,
      slots: work.tableSlots,
      gradients: work.embeddingGradients,
      table: state.table,
      first: state.tableFirst,
      second: state.tableSecond,
      factors: state.factors,
      sum: state.tableSums + 8 * blocks.length,
    });
  }
  return blocks;
}

/** Σ E² over the rows that L2 acts on: all, or with lazy updates the batch's. */
export function sumPenalised({ config, plan, team, state }: Workspace, groups: IdGroups): number {
  const T = plan.tableWidth;
  const squares = (count: number, x: number) => invoke(team.kernels, "squares", { count, x });
  if (config.updates === "dense") return squares(plan.tableRows * T, state.table);
  let sum = 0;
  for (const row of groups.tableRows) sum += squares(T, state.table + 4 * row * T);
  return sum;
}

/** A task a block of table rows. */
function updateTable(w: Workspace, groups: IdGroups): Call[][] {
  return tableBlocks(w, groups).map((block) => [call("adamTable", block)]);
}

function updateDense({ plan, state }: Workspace): Call[][] {
  const tasks: Call[][] = [];
  for (let first = 0; first < plan.parameterFloats; first += TASK_FLOATS) {
    tasks.push([
      call("adam", {
        count: Math.min(TASK_FLOATS, plan.parameterFloats - first),
        parameters: state.parameters + 4 * first,
        gradients: state.gradients + 4 * first,
        first: state.first + 4 * first,
        second: state.second + 4 * first,
        factors: state.factors,
      }),
    ]);
  }
  return tasks;
}

/** Running mean and variance take a share of the batch's; the variance is the unbiased one, a single row has none. */
function blendRunning({ plan, heap, state, work }: Workspace, B: number): void {
  for (const [b, branch] of plan.branches.entries())
    for (const [u, { batchNorm: norm, y }] of branch.kind === "final" ? branch.units.entries() : []) {
      if (!norm) continue;
      const columns = totalColumns(y);
      const { mean, variance } = work.branches[b]!.units[u]!;
      const blend = ({ at }: Matrix, from: number, scale: number) => {
        const running = floatsAt(heap, state.running + 4 * at, columns);
        const fresh = floatsAt(heap, from, columns);
        for (let c = 0; c < columns; c++)
          running[c] = running[c]! * BATCH_NORM_MOMENTUM + fresh[c]! * scale * (1 - BATCH_NORM_MOMENTUM);
      };
      blend(norm.mean, mean, 1);
      if (B > 1) blend(norm.variance, variance, B / (B - 1));
    }
}
