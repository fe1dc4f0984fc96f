// The end of a GPU step: Adam on the table and on everything else, and the running statistics. T columns of the table.

import type { IdGroups } from "../../base/idGroups.ts";
import { adamStep, CLIP_EPSILON } from "../../model/adam.ts";
import { BATCH_NORM_MOMENTUM } from "../../model/layers.ts";
import { type Matrix, totalColumns } from "../plan.ts";
import {
  adam,
  adamRows,
  adamTable,
  clipScale,
  markRows,
  numberSquares,
  rowGradientSquares,
  rowSquares,
  scaleNumbers,
  sumSquares,
  tableGradientSquares,
  tableSquares,
} from "./kernels/table.ts";
import { blendRunning } from "./kernels/units.ts";
import { slotNumbers } from "./memory.ts";
import { blocksOf } from "./table.ts";
import type { Loaded } from "./upload.ts";
import type { Workspace } from "./workspace.ts";

/** Moves every parameter, and leaves Σ E² of what L2 acts on, from before. */
export function update(w: Workspace, loaded: Loaded, learningRate: number, step: number): void {
  const adamFactors = adamStep(w.config.optimizer, learningRate, step);
  const { beta1, beta2, rate, secondScale, epsilon, decay } = adamFactors;
  const clip = w.config.optimizer.clipNorm > 0 ? w.floats.clip : 0;
  if (clip > 0) findClip(w, loaded);
  if (decay > 0) decayWeights(w, 1 - decay);
  const factors = { clip, beta1, rest1: 1 - beta1, beta2, rest2: 1 - beta2, rate, secondScale, epsilon };
  const { parameters, gradients, first, second } = w.floats;
  const count = w.plan.parameterFloats;
  w.recorder.dispatch(
    adam,
    { count, parameters, gradients, first, second, ...factors },
    { threads: count / 4 },
  );
  if (w.config.updates === "dense") updateTable(w, loaded, factors);
  else updateRows(w, loaded, factors);
  blendStatistics(w, loaded.B);
}

/** AdamW's weight decay. */
function decayWeights({ recorder, plan, floats }: Workspace, factor: number): void {
  for (const { at, rows, columns } of plan.decayed) {
    const count = rows * columns;
    recorder.dispatch(
      scaleNumbers,
      { count, numbers: floats.parameters + at, factor },
      { threads: count / 4 },
    );
  }
}

/** Leaves what gradients are multiplied by, from the norm of all of them together. */
function findClip(w: Workspace, { groups }: Loaded): void {
  const { recorder, table, plan, floats, integers, config } = w;
  const dense = blocksOf(plan.parameterFloats);
  let squares = floats.clipParts;
  recorder.dispatch(
    numberSquares,
    { count: plan.parameterFloats, each: dense.rowsEach, numbers: floats.gradients, squares },
    [dense.count, 1, 1],
  );
  squares += dense.count;
  const shared = { tableWidth: plan.tableWidth, ...gradientsOf(w), l2: config.l2Embedding };
  if (config.updates === "dense") {
    markRowsOf(w, groups.tableRows.length, 1);
    const { blockRows: rowsEach, parts } = table;
    for (const [part, { firstRow, rows: partRows }] of parts.entries()) {
      const blocks = Math.ceil(partRows / rowsEach);
      recorder.dispatch(
        tableGradientSquares,
        { firstRow, partRows, rowsEach, squares, ...shared },
        [blocks, 1, 1],
        part,
      );
      squares += blocks;
    }
    markRowsOf(w, groups.tableRows.length, 0);
  } else {
    // One size of block for all parts, so that together there are no more of them than there is room for.
    const { rowsEach } = blocksOf(2 * groups.tableRows.length);
    for (const { first, count, part, firstRow } of touchedParts(w, groups)) {
      const blocks = Math.ceil(count / rowsEach);
      recorder.dispatch(
        rowGradientSquares,
        { first, count, rowsEach, firstRow, rows: integers.tableRows, squares, ...shared },
        [blocks, 1, 1],
        part,
      );
      squares += blocks;
    }
  }
  const { clipNorm } = config.optimizer;
  const numbers = { count: squares - floats.clipParts, squares: floats.clipParts, clip: floats.clip };
  recorder.dispatch(clipScale, { ...numbers, clipNorm, epsilon: CLIP_EPSILON }, [1, 1, 1]);
}

function markRowsOf({ recorder, integers }: Workspace, count: number, marked: 0 | 1): void {
  recorder.dispatch(markRows, { count, rows: integers.tableRows, marked }, { threads: count });
}

/** The batch's table rows by the part of the table that they lie in; they are listed in order. */
function touchedParts(
  { table }: Workspace,
  { tableRows }: IdGroups,
): { first: number; count: number; part: number; firstRow: number }[] {
  let end = 0;
  return table.parts.flatMap(({ firstRow, rows }, part) => {
    const first = end;
    while (end < tableRows.length && tableRows[end]! < firstRow + rows) end++;
    return end > first ? [{ first, count: end - first, part, firstRow }] : [];
  });
}

/** Σ E² over the rows that L2 acts on: all, or with lazy updates the batch's. */
export function sumPenalised(w: Workspace, loaded: Loaded): void {
  if (w.config.updates === "lazy") {
    sumRowSquares(w, loaded);
    return;
  }
  const { recorder, table, plan, floats } = w;
  const { blockRows: rowsEach, parts } = table;
  for (const [part, { firstRow, rows: partRows }] of parts.entries()) {
    const squares = floats.squareParts + firstRow / rowsEach;
    const numbers = { partRows, rowsEach, tableWidth: plan.tableWidth, squares };
    recorder.dispatch(tableSquares, numbers, [Math.ceil(partRows / rowsEach), 1, 1], part);
  }
  addSquares(w, blocksOf(plan.tableRows).count);
}

/** Every row of the table, each part in its turn. */
function updateTable(w: Workspace, { groups }: Loaded, factors: Record<string, number>): void {
  const { recorder, table, plan, floats, config } = w;
  const count = groups.tableRows.length;
  markRowsOf(w, count, 1);
  const { blockRows: rowsEach, parts } = table;
  for (const [part, { firstRow, rows: partRows }] of parts.entries())
    recorder.dispatch(
      adamTable,
      {
        firstRow,
        partRows,
        rowsEach,
        tableWidth: plan.tableWidth,
        ...gradientsOf(w),
        squares: floats.squareParts + firstRow / rowsEach,
        l2: config.l2Embedding,
        ...factors,
      },
      [Math.ceil(partRows / rowsEach), 1, 1],
      part,
    );
  addSquares(w, blocksOf(plan.tableRows).count);
  markRowsOf(w, count, 0);
}

/** The batch's table rows, which are listed in order, so that those of a part are neighbours. */
function updateRows(w: Workspace, loaded: Loaded, factors: Record<string, number>): void {
  const { recorder, plan, integers, config } = w;
  const T = plan.tableWidth;
  sumRowSquares(w, loaded);
  for (const { first, count, part, firstRow } of touchedParts(w, loaded.groups))
    recorder.dispatch(
      adamRows,
      {
        first,
        count,
        firstRow,
        tableWidth: T,
        rows: integers.tableRows,
        ...gradientsOf(w),
        l2: config.l2Embedding,
        ...factors,
      },
      { threads: count * T },
      part,
    );
}

function gradientsOf({ floats, integers, plan }: Workspace): Record<string, number> {
  const { at, stride } = floats.embeddingGradients;
  const { tableStarts: starts, tableSlots: slots } = integers;
  return { ...slotNumbers(plan), starts, slots, gradients: at, gradientsStride: stride };
}

function sumRowSquares(w: Workspace, { groups }: Loaded): void {
  const { recorder, plan, floats, integers } = w;
  const { at, stride } = floats.embeddings;
  const blocks = blocksOf(groups.tableRows.length);
  recorder.dispatch(
    rowSquares,
    {
      count: groups.tableRows.length,
      rowsEach: blocks.rowsEach,
      tableWidth: plan.tableWidth,
      starts: integers.tableStarts,
      slots: integers.tableSlots,
      squares: floats.squareParts,
      ...slotNumbers(plan),
      embeddings: at,
      embeddingsStride: stride,
    },
    [blocks.count, 1, 1],
  );
  addSquares(w, blocks.count);
}

function addSquares({ recorder, floats }: Workspace, count: number): void {
  recorder.dispatch(sumSquares, { count, squares: floats.squareParts, sum: floats.squares }, [1, 1, 1]);
}

/** Running mean and variance take a share of the batch's; the variance is the unbiased one, a single row has none. */
function blendStatistics({ recorder, plan, floats }: Workspace, B: number): void {
  for (const [b, branch] of plan.branches.entries())
    for (const [u, { batchNorm: norm, y }] of branch.kind === "final" ? branch.units.entries() : []) {
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
