// Work cut into blocks that a team shares: rows of matrices in panels, or panels. What a block holds does not depend on
// others, so it does not matter to a result how work is cut.

import { type Panels, ROW } from "./heap.ts";
import type { Call } from "./signatures.ts";
import type { KernelTeam } from "./team.ts";

/** Rows are cut into at most so many blocks, of so many rows at least. */
export const MOST_BLOCKS = 32;
const LEAST_ROWS = 128;

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
  return cut(
    rows,
    threads === 1 ? rows : Math.max(LEAST_ROWS, 4 * Math.ceil(rows / (4 * MOST_BLOCKS))),
    calls,
  );
}

/** One task a few neighbouring panels, or fields. */
export function panelTasks(
  { threads }: KernelTeam,
  panels: number,
  calls: (first: number, count: number) => Call[],
): Call[][] {
  return cut(panels, threads === 1 ? panels : Math.ceil(panels / MOST_BLOCKS), calls);
}

function cut(
  total: number,
  size: number,
  calls: (first: number, count: number, block: number) => Call[],
): Call[][] {
  const tasks: Call[][] = [];
  for (let first = 0; first < total; first += size)
    tasks.push(calls(first, Math.min(size, total - first), tasks.length));
  return tasks;
}
