// Work cut into blocks that a team shares: rows of matrices in panels, or panels. What a block holds does not depend on
// others, so it does not matter to a result how work is cut.

import { type Panels, ROW } from "./heap.ts";
import type { Call } from "./signatures.ts";
import type { KernelTeam } from "./team.ts";

/** Rows are cut into at most so many blocks, of so many rows at least. */
export const MOST_BLOCKS = 32;
const LEAST_ROWS = 128;
/** A task takes this part of what each thread has left to do. */
const TASK_SHARE = 0.5;

/** A matrix from row `row` on. */
export function fromRow({ at, panel }: Panels, row: number): Panels {
  return { at: at + row * ROW, panel };
}

/** One task a block of rows; a thread alone does them all at once. */
export function rowTasks(
  { threads }: KernelTeam,
  rows: number,
  calls: (first: number, count: number, block: number) => Call[],
): Call[][] {
  return threads > 1 ? rowBlocks(rows, calls) : [calls(0, rows, 0)];
}

/** The same in fewer tasks: for what gains nothing from a block that stays in a cache. */
export function wideRowTasks(
  team: KernelTeam,
  rows: number,
  calls: (first: number, count: number) => Call[],
): Call[][] {
  return panelTasks(team, Math.ceil(rows / LEAST_ROWS), (block, count) =>
    calls(block * LEAST_ROWS, Math.min(count * LEAST_ROWS, rows - block * LEAST_ROWS)),
  );
}

/** One task a block of rows, the same blocks for every number of threads: for what is summed over each. */
export function rowBlocks(
  rows: number,
  calls: (first: number, count: number, block: number) => Call[],
): Call[][] {
  const size = Math.max(LEAST_ROWS, 4 * Math.ceil(rows / (4 * MOST_BLOCKS)));
  const tasks: Call[][] = [];
  for (let first = 0; first < rows; first += size)
    tasks.push(calls(first, Math.min(size, rows - first), tasks.length));
  return tasks;
}

/** One task a few neighbouring panels, or fields. */
export function panelTasks(
  team: KernelTeam,
  panels: number,
  calls: (first: number, count: number, task: number) => Call[],
): Call[][] {
  return shares(team, new Array(panels).fill(1)).map(([begin, end], task) => calls(begin, end - begin, task));
}

/**
 * Cuts work of these costs, in this order, into tasks: where each begins and ends. Large ones first, since a product reads its
 * whole other operand for each of them; small ones last, so that no thread waits long for another.
 */
export function shares({ threads }: KernelTeam, costs: readonly number[]): [begin: number, end: number][] {
  const tasks: [number, number][] = [];
  let left = costs.reduce((a, b) => a + b, 0);
  for (let end = 0; end < costs.length; ) {
    const begin = end;
    const most = threads === 1 ? left : (left * TASK_SHARE) / threads;
    let taken = 0;
    do taken += costs[end++]!;
    while (end < costs.length && taken < most);
    left -= taken;
    tasks.push([begin, end]);
  }
  return tasks;
}
