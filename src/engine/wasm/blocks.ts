// Work cut into blocks that a team shares: rows of matrices in panels, or panels. What a block holds does not depend on
// others, so it does not matter to a result how work is cut.

import { type Panels, ROW } from "./heap.ts";
import type { Call } from "./signatures.ts";
import type { KernelTeam } from "./team.ts";

/** Rows are cut into at most so many blocks, of so many rows at least. */
export const MOST_BLOCKS = 32;
const LEAST_ROWS = 128;
/** Panels are cut into so many tasks for each thread: one that another program holds up leaves the rest to the others. */
const TASKS_A_THREAD = 4;

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

/**
 * One task a few neighbouring panels, or fields. Few tasks, each as wide as another: a product reads its whole other operand
 * for each of them.
 */
export function panelTasks(
  team: KernelTeam,
  panels: number,
  calls: (first: number, count: number, task: number) => Call[],
): Call[][] {
  const tasks = taskCount(team, panels);
  const start = (task: number) => Math.floor((task * panels) / tasks);
  return Array.from({ length: tasks }, (_, task) => calls(start(task), start(task + 1) - start(task), task));
}

/** Into how many tasks `panelTasks` cuts panels. */
export function taskCount({ threads }: KernelTeam, panels: number): number {
  return Math.min(panels, threads === 1 ? 1 : TASKS_A_THREAD * threads);
}
