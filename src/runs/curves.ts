// The curves of one run: progressive points, the evaluations of each split, and where it was cut off.

import type { Interruption, TrainEvent } from "./events.ts";
import { type EvaluationPoint, POSITIONS, type ProgressPoint, tableColumns, tableRow } from "./points.ts";
import {
  type Column,
  columnsOf,
  createTable,
  fromBytes,
  type Table,
  type TableBytes,
  tableOf,
  toBytes,
} from "./table.ts";

/** Splits that are evaluated. */
export const EVALUATED_SPLITS = ["valid", "test"] as const;
export type EvaluatedSplit = (typeof EVALUATED_SPLITS)[number];

/** Tables of the columns that points.ts lists. */
export interface RunCurves {
  branches: number;
  progress: Table;
  evaluations: Record<EvaluatedSplit, Table>;
  /** Where the run went on after it had been cut off; `deviceLost` is 1 where a GPU was lost, else 0. */
  interruptions: Table;
}

/** Empty curves of a run with so many branches. */
export function createRunCurves(branches: number): RunCurves {
  const evaluated = tableColumns("evaluation", branches);
  return {
    branches,
    progress: createTable(tableColumns("progress", branches)),
    evaluations: { valid: createTable(evaluated), test: createTable(evaluated) },
    interruptions: createInterruptions(),
  };
}

function createInterruptions(): Table {
  return createTable([...POSITIONS, "deviceLost"]);
}

/** Adds a place where the run was cut off. */
export function addInterruption({ interruptions }: RunCurves, { cause, ...at }: Interruption): void {
  interruptions.push({ ...at, deviceLost: Number(cause === "device-lost") });
}

/** Adds a point of the progressive curve. */
export function addProgress({ progress }: RunCurves, point: ProgressPoint): void {
  progress.push(tableRow(point));
}

/** Adds the evaluation of a held-out split. */
export function addEvaluation({ evaluations }: RunCurves, point: EvaluationPoint): void {
  if (point.split !== "train") evaluations[point.split].push(tableRow(point));
}

/** Adds the points that an event brings, if any. */
export function takeEvent(curves: RunCurves, event: TrainEvent): void {
  if (event.type === "progressed") for (const point of event.points) addProgress(curves, point);
  if (event.type === "evaluated") addEvaluation(curves, event.point);
}

/** Curves as their columns, as the browser's database has kept them from the first version on. */
export interface StoredCurves {
  branches: number;
  progress: Record<string, Column>;
  valid: Record<string, Column>;
  test: Record<string, Column>;
  /** The first versions did not note them. */
  interruptions?: Record<string, Column>;
}

/** Curves as the database keeps them: arrays by column. */
export function toStored({ branches, progress, evaluations, interruptions }: RunCurves): StoredCurves {
  return {
    branches,
    progress: columnsOf(progress),
    valid: columnsOf(evaluations.valid),
    test: columnsOf(evaluations.test),
    interruptions: columnsOf(interruptions),
  };
}

/** The curves again; earlier versions kept no interruptions. */
export function fromStored({ branches, progress, valid, test, interruptions }: StoredCurves): RunCurves {
  return {
    branches,
    progress: tableOf(progress),
    evaluations: { valid: tableOf(valid), test: tableOf(test) },
    interruptions: interruptions ? tableOf(interruptions) : createInterruptions(),
  };
}

/** The same on its way between page and worker. */
export interface SentCurves {
  branches: number;
  tables: Record<"progress" | "valid" | "test" | "interruptions", TableBytes>;
}

/** Stored curves as buffers that a message can transfer. */
export function toSent({ branches, progress, valid, test, interruptions = {} }: StoredCurves): SentCurves {
  return {
    branches,
    tables: {
      progress: toBytes(progress),
      valid: toBytes(valid),
      test: toBytes(test),
      interruptions: toBytes(interruptions),
    },
  };
}

/** The stored curves again. */
export function fromSent({ branches, tables }: SentCurves): StoredCurves {
  const interruptions = fromBytes(tables.interruptions);
  return {
    branches,
    progress: fromBytes(tables.progress),
    valid: fromBytes(tables.valid),
    test: fromBytes(tables.test),
    ...(Object.keys(interruptions).length > 0 && { interruptions }),
  };
}
