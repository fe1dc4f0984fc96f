import { useMemo } from "react";
import { createStore } from "zustand/vanilla";
import { z } from "../../base/zod.ts";
import type { LibraryRun } from "../../library/requests.ts";
import { configDifference } from "../../runs/configDifference.ts";
import { note, noted } from "../../store/noted.ts";
import { useRunsState } from "./RunsContext.tsx";

/** A row of the table: the run, and what it has otherwise than the baseline, in one line. */
export interface ListedRun {
  record: LibraryRun;
  difference: string;
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

const VALUES: Record<OrderColumn, (record: LibraryRun) => number | string | null> = {
  name: ({ name }) => name.toLowerCase(),
  started: ({ startedAt }) => startedAt,
  best: ({ results }) => results.best?.logLoss ?? null,
  last: ({ results }) => results.last?.logLoss ?? null,
  testAuc: ({ results }) => results.testAuc?.value ?? null,
  speed: ({ rowsPerSecond }) => rowsPerSecond,
  time: ({ activeSeconds }) => activeSeconds,
  size: ({ checkpoint }) => checkpoint?.byteLength ?? null,
};

/** The runs that match every word of `filter`, in `order`; those without a value come last. */
export function useListedRuns(filter: string, order: Order): ListedRun[] {
  const records = useRunsState((state) => state.records);
  return useMemo(() => {
    const baseline = records.find(({ isBaseline }) => isBaseline) ?? null;
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    return records
      .map((record) => ({ record, difference: differenceFrom(baseline, record) }))
      .filter((listed) => words.every((word) => textOf(listed).includes(word)))
      .sort(({ record: a }, { record: b }) => {
        const value = VALUES[order.column];
        // Members of an arena start at one time.
        return (
          compare(value(a), value(b), order.falling) ||
          compare(a.name, b.name, false) ||
          compare(a.runId, b.runId, false)
        );
      });
  }, [records, filter, order]);
}

function differenceFrom(baseline: LibraryRun | null, record: LibraryRun): string {
  if (!baseline) return "";
  if (baseline === record) return "the baseline";
  const difference = configDifference(baseline.config, record.config);
  const parts = difference === "the same" ? [] : [difference];
  if (baseline.config.seed !== record.config.seed)
    parts.push(`seed ${baseline.config.seed} → ${record.config.seed}`);
  if (baseline.data.identity !== record.data.identity) parts.push(`data: ${record.data.name}`);
  return parts.length > 0 ? parts.join("; ") : "the same";
}

function textOf({ record, difference }: ListedRun): string {
  const { name, note, tags, data, status } = record;
  return [name, note, ...tags, data.name, status, difference].join(" ").toLowerCase();
}

function compare(a: number | string | null, b: number | string | null, falling: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const rising = a < b ? -1 : a > b ? 1 : 0;
  return falling ? -rising : rising;
}
