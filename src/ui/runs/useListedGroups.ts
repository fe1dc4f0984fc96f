import { useMemo } from "react";
import { createStore } from "zustand/vanilla";
import { z } from "../../base/zod.ts";
import type { LibraryRun } from "../../library/requests.ts";
import { configDifference } from "../../runs/configDifference.ts";
import { aloneOf, meanOverSeeds, type RunGroup } from "../../runs/seedGroups.ts";
import { groupsOf } from "../../store/library/runsState.ts";
import { note, noted } from "../../store/noted.ts";
import { useRunsState } from "./RunsContext.tsx";

/** A row of the table: a run or the seeds of a configuration, and in one line how it differs from the baseline. */
export interface ListedGroup {
  group: RunGroup<LibraryRun>;
  difference: string;
  /** Of several seeds the runs one by one, in the table's order. */
  runs: ListedGroup[];
}

const COLUMNS = ["name", "started", "best", "last", "testAuc", "speed", "time", "size"] as const;
export type OrderColumn = (typeof COLUMNS)[number];

const orderSchema = z.strictObject({ column: z.enum(COLUMNS), falling: z.boolean() });
export type Order = z.infer<typeof orderSchema>;

const ORDER_KEY = "final-studio/runs-order";
const FIRST_ORDER: Order = { column: "started", falling: true };

/** The order of the table, the same after another tab and after a reload. */
export const runsOrder = createStore<Order>(() => noted(ORDER_KEY, orderSchema.parse, FIRST_ORDER));

runsOrder.subscribe((order) => note(ORDER_KEY, order));

/** The numbers that a table may be ordered by. */
export const VALUES = {
  started: ({ startedAt }) => startedAt,
  best: ({ results }) => results.best?.logLoss ?? null,
  last: ({ results }) => results.last?.logLoss ?? null,
  testAuc: ({ results }) => results.testAuc?.value ?? null,
  speed: ({ rowsPerSecond }) => rowsPerSecond,
  time: ({ activeSeconds }) => activeSeconds,
  size: ({ checkpoint }) => checkpoint?.byteLength ?? null,
} satisfies Record<Exclude<OrderColumn, "name">, (record: LibraryRun) => number | null>;

/** The runs that match every word of `filter`, in `order`; those without a value come last. A group is listed whole. */
export function useListedGroups(filter: string, order: Order): ListedGroup[] {
  const records = useRunsState((state) => state.records);
  const grouping = useRunsState((state) => state.grouping);
  return useMemo(() => {
    const baseline = records.find(({ isBaseline }) => isBaseline) ?? null;
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    const matches = (listed: ListedGroup) => {
      const text = textOf(listed);
      return words.every((word) => text.includes(word));
    };
    const inOrder = (listed: ListedGroup[]) => listed.sort((a, b) => compareGroups(a.group, b.group, order));
    const listedOf = (group: RunGroup<LibraryRun>): ListedGroup => ({
      group,
      difference: differenceFrom(baseline, group),
      runs: group.runs.length > 1 ? inOrder(group.runs.map((run) => listedOf(aloneOf(run)))) : [],
    });
    return inOrder(groupsOf({ records, grouping }).map(listedOf)).filter(
      (listed) => matches(listed) || listed.runs.some(matches),
    );
  }, [records, grouping, filter, order]);
}

function differenceFrom(baseline: LibraryRun | null, { runs }: RunGroup<LibraryRun>): string {
  if (!baseline) return "";
  if (runs.includes(baseline)) return "the baseline";
  const [{ config, data }] = runs as [LibraryRun];
  const difference = configDifference(baseline.config, config);
  const parts = difference === "the same" ? [] : [difference];
  if (runs.length === 1 && baseline.config.seed !== config.seed)
    parts.push(`seed ${baseline.config.seed} → ${config.seed}`);
  if (baseline.data.identity !== data.identity) parts.push(`data: ${data.name}`);
  return parts.length > 0 ? parts.join("; ") : "the same";
}

function textOf({ group: { name, runs }, difference }: ListedGroup): string {
  const [first] = runs;
  const written = runs.length === 1 ? [first!.note, ...first!.tags, first!.status] : [];
  return [name, ...written, first!.data.name, difference].join(" ").toLowerCase();
}

function compareGroups(a: RunGroup<LibraryRun>, b: RunGroup<LibraryRun>, { column, falling }: Order): number {
  const value = (group: RunGroup<LibraryRun>) =>
    column === "name" ? group.name.toLowerCase() : orderValue(group, column);
  return (
    compare(value(a), value(b), falling) ||
    // Members of an arena start at one time.
    compare(a.name, b.name, false) ||
    compare(a.id, b.id, false)
  );
}

/** Of seeds the mean, as their row shows it; of what is counted over all runs, the newest or the sum. */
function orderValue({ runs, counted }: RunGroup<LibraryRun>, column: keyof typeof VALUES): number | null {
  const read = VALUES[column];
  if (column === "started") return Math.max(...runs.map(VALUES.started));
  if (column === "size") return runs.reduce((sum, run) => sum + (VALUES.size(run) ?? 0), 0) || null;
  return meanOverSeeds(counted.map(read))?.mean ?? null;
}

function compare(a: number | string | null, b: number | string | null, falling: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const rising = a < b ? -1 : a > b ? 1 : 0;
  return falling ? -rising : rising;
}
