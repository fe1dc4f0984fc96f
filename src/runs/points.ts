// The columns of a run's curves, and the only list of them: what a point holds, how a column is called in tables,
// exports and checkpoints, what a person reads, and whether a chart may smooth it. A new metric is a line here and one in
// a chart's definition; one that is added later must be `nullable`, since earlier files lack it.

import { SPLITS, type Split } from "../base/batch.ts";

/** One value for each branch and one for the fused output. */
export interface HeadValues {
  branches: number[];
  fused: number;
}

/** The ends of a 95 % interval. */
export interface IntervalEnds {
  low: number;
  high: number;
}

/** The two kinds of curves: over training rows before each update, and of a whole split in evaluation mode. */
export type CurveKind = "progress" | "evaluation";

interface PointColumn {
  /** What a point holds of it, and so how many numbers. */
  per: "value" | "heads" | "branches" | "interval" | "flag" | "split";
  of: CurveKind | "both";
  label: string;
  unit: string | null;
  /** Whether a moving average over it says something: not where it is an average or without noise already. */
  smooth: boolean;
  /** A point may lack it: null in the point, NaN in a table. */
  nullable: boolean;
  /** Counts and times outgrow the 24 bits of a float32, which is plenty for metrics. */
  exact: boolean;
  /** A count: whole, from 0. */
  whole: boolean;
  /** The name that its columns begin with, where that is not its own. */
  prefix?: string;
}

const PLAIN = { unit: null, smooth: false, nullable: false, exact: false, whole: false } as const;

function column<const C extends Pick<PointColumn, "per" | "of" | "label"> & Partial<PointColumn>>(
  given: C,
): Omit<typeof PLAIN, keyof C> & C {
  return { ...PLAIN, ...given };
}

const LOSS = { unit: "nats a row", smooth: true } as const;

/** In the order in which files have them. */
export const POINT_COLUMNS = {
  /** Updates done. */
  step: column({ per: "value", of: "both", label: "Step", exact: true, whole: true }),
  /** Epoch under way, from 1. */
  epoch: column({ per: "value", of: "both", label: "Epoch", whole: true }),
  /** Rows trained on, all epochs together. */
  rowsSeen: column({ per: "value", of: "both", label: "Rows seen", exact: true, whole: true }),
  /** Time spent training, pauses excluded. */
  activeSeconds: column({ per: "value", of: "both", label: "Time training", unit: "s", exact: true }),
  /** Since 1970. */
  time: column({ per: "value", of: "both", label: "Time of day", unit: "ms", exact: true }),
  split: column({ per: "split", of: "evaluation", label: "Split" }),
  /** That the point's means are over. */
  rows: column({ per: "value", of: "both", label: "Rows of the point", exact: true, whole: true }),
  logLoss: column({ per: "heads", of: "both", label: "Log loss", ...LOSS }),
  /** 95 % interval of the fused log loss for new rows; null where it is not known. */
  logLossInterval: column({
    per: "interval",
    of: "evaluation",
    label: "Log loss, 95 % interval",
    unit: LOSS.unit,
    nullable: true,
    prefix: "logLoss",
  }),
  /** Progressive: over the last 50,000 rows. null where the rows hold one class only. */
  auc: column({ per: "heads", of: "both", label: "AUC", nullable: true }),
  /** DeLong's 95 % interval of the fused AUC; null where there is no AUC. */
  aucInterval: column({
    per: "interval",
    of: "evaluation",
    label: "AUC, 95 % interval",
    nullable: true,
    prefix: "auc",
  }),
  /** 95 % interval of `bestBranchGap` for new rows, for all branches at once; null for one branch. */
  bestBranchGapInterval: column({
    per: "interval",
    of: "evaluation",
    label: "Over best, 95 % interval",
    unit: LOSS.unit,
    nullable: true,
    prefix: "bestBranchGap",
  }),
  /** Cross-entropy of each branch against the fused output. */
  distillation: column({ per: "branches", of: "progress", label: "Distillation loss", ...LOSS }),
  teacherEntropy: column({ per: "value", of: "progress", label: "Teacher’s entropy", ...LOSS }),
  /** Weighted mean of the branches' log losses − fused log loss; null where the logits are summed, which is no mean. */
  fusionGain: column({ per: "value", of: "both", label: "Fusion gain", nullable: true, ...LOSS }),
  l2: column({ per: "value", of: "progress", label: "L2" }),
  total: column({ per: "value", of: "progress", label: "Total", ...LOSS }),
  learningRate: column({ per: "value", of: "progress", label: "Learning rate" }),
  /** The rows had not been trained on before: true in the first epoch. */
  firstPass: column({ per: "flag", of: "progress", label: "First epoch" }),
  /** That an evaluation took. */
  seconds: column({ per: "value", of: "evaluation", label: "Time of the evaluation", unit: "s" }),
} as const satisfies Record<string, PointColumn>;

/** Columns that follow from others: tables have them, points and checkpoints do not. */
const DERIVED_COLUMNS = {
  /** Of each branch's distillation loss over the teacher's entropy: a KL divergence. */
  excess: column({ per: "branches", of: "progress", label: "KL from the teacher", ...LOSS }),
  /** What distillation adds to the total: its weight times the sum over branches. */
  distillationPart: column({ per: "value", of: "progress", label: "Distillation × weight", ...LOSS }),
  /** Lowest log loss of a branch − fused log loss. */
  bestBranchGap: column({ per: "value", of: "both", label: "Over best", ...LOSS }),
} as const satisfies Record<string, PointColumn>;

type Columns = typeof POINT_COLUMNS;
type Held = {
  value: number;
  heads: HeadValues;
  branches: number[];
  interval: IntervalEnds;
  flag: boolean;
  split: Split;
};
type PointOf<K extends CurveKind> = {
  [N in keyof Columns as Columns[N]["of"] extends K | "both" ? N : never]:
    | Held[Columns[N]["per"]]
    | (Columns[N]["nullable"] extends true ? null : never);
};

/** Progressive metrics: training-mode forward pass before the update, over the rows since the last point. */
export type ProgressPoint = PointOf<"progress">;
/** Metrics on a whole split, in evaluation mode. */
export type EvaluationPoint = PointOf<"evaluation">;
/** Where a run stands. */
export type Position = Pick<ProgressPoint, "step" | "epoch" | "rowsSeen" | "activeSeconds" | "time">;

/** What a curve can be drawn over. */
export const POSITIONS = ["rowsSeen", "step", "activeSeconds", "time"] as const;
export type PositionName = (typeof POSITIONS)[number];

/** A number of a point: which part of which column. */
interface Cell {
  name: string;
  column: PointColumn;
  /** A branch, from 0; else the part's name. */
  part: number | "Fused" | "Low" | "High" | "";
}

function cellsOf(columns: Record<string, PointColumn>, kind: CurveKind, branches: number): Cell[] {
  const each = Array.from({ length: branches }, (_, b) => b);
  const parts: Record<PointColumn["per"], Cell["part"][]> = {
    heads: ["Fused", ...each],
    branches: each,
    interval: ["Low", "High"],
    value: [""],
    flag: [""],
    split: [""],
  };
  return Object.entries(columns)
    .filter(([, { of }]) => of === kind || of === "both")
    .flatMap(([name, column]) => parts[column.per].map((part) => ({ name, column, part })));
}

function tableName({ name, column: { prefix = name }, part }: Cell): string {
  return `${prefix}${part}`;
}

function pathOf({ name, column: { prefix = name }, part }: Cell): string {
  if (part === "") return prefix;
  return `${prefix}/${typeof part === "number" ? `branch${part}` : part.toLowerCase()}`;
}

/** The columns of a table of such points, `logLoss0` for the first branch and `logLossFused`; derived ones come last. */
export function tableColumns(kind: CurveKind, branches: number): string[] {
  const cells = [...cellsOf(POINT_COLUMNS, kind, branches), ...cellsOf(DERIVED_COLUMNS, kind, branches)];
  return cells.filter(({ column }) => column.per !== "split").map(tableName);
}

/** A point as the row of such a table. */
export function tableRow(point: ProgressPoint | EvaluationPoint): Record<string, number> {
  const kind = "split" in point ? "evaluation" : "progress";
  const branches = point.logLoss.branches.length;
  const row: Record<string, number> = {};
  for (const cell of cellsOf(POINT_COLUMNS, kind, branches))
    if (cell.column.per !== "split") row[tableName(cell)] = numberIn(point, cell);
  row.bestBranchGap = Math.min(...point.logLoss.branches) - point.logLoss.fused;
  if ("distillation" in point) {
    for (const [b, loss] of point.distillation.entries()) row[`excess${b}`] = loss - point.teacherEntropy;
    row.distillationPart = point.total - point.logLoss.fused - point.l2;
  }
  return row;
}

/** Row-major [points, columns]; NaN stands for what a point lacks. */
export interface PointMatrix {
  /** `logLoss/branch0` for the first branch, `logLoss/fused`. */
  columns: string[];
  values: Float64Array;
}

/** Points as one row-major matrix; NaN stands for what a point lacks. */
export function toMatrix(
  kind: CurveKind,
  points: readonly (ProgressPoint | EvaluationPoint)[],
  branches: number,
): PointMatrix {
  const cells = cellsOf(POINT_COLUMNS, kind, branches);
  const values = Float64Array.from(points.flatMap((point) => cells.map((cell) => numberIn(point, cell))));
  return { columns: cells.map(pathOf), values };
}

/** The points of a matrix; columns that this version does not know are passed over. */
export function pointsOf(kind: "progress", matrix: PointMatrix, branches: number): ProgressPoint[];
export function pointsOf(kind: "evaluation", matrix: PointMatrix, branches: number): EvaluationPoint[];
export function pointsOf(
  kind: CurveKind,
  { columns, values }: PointMatrix,
  branches: number,
): (ProgressPoint | EvaluationPoint)[] {
  const cells = cellsOf(POINT_COLUMNS, kind, branches).map((cell) => ({
    ...cell,
    at: columns.indexOf(pathOf(cell)),
  }));
  return Array.from({ length: values.length / columns.length }, (_, row) => {
    const numberOf = ({ at }: { at: number }) => (at < 0 ? Number.NaN : values[row * columns.length + at]!);
    return heldOf(cells, numberOf) as unknown as ProgressPoint | EvaluationPoint;
  });
}

/**
 * The point that was added last to a table of evaluations of `split`; null where there is none. What an earlier version did not
 * keep is not a number.
 */
export function lastEvaluation(
  table: { readonly names: readonly string[]; column(name: string): ArrayLike<number> },
  branches: number,
  split: Split,
): EvaluationPoint | null {
  const last = table.column("step").length - 1;
  if (last < 0) return null;
  const cells = cellsOf(POINT_COLUMNS, "evaluation", branches).filter(({ column }) => column.per !== "split");
  const numberOf = (name: string) => (table.names.includes(name) ? table.column(name)[last]! : Number.NaN);
  const held = heldOf(cells, (cell) => numberOf(tableName(cell)));
  return { ...held, split } as unknown as EvaluationPoint;
}

/** What a point holds, by name, of the numbers of its cells. */
function heldOf<C extends Cell>(cells: readonly C[], numberOf: (cell: C) => number): Record<string, unknown> {
  const numbers = new Map<string, number[]>();
  for (const cell of cells) {
    const found = numbers.get(cell.name) ?? [];
    found.push(numberOf(cell));
    numbers.set(cell.name, found);
  }
  return Object.fromEntries(
    Array.from(numbers, ([name, found]) => [name, heldIn(POINT_COLUMNS[name as keyof Columns], found)]),
  );
}

/** Which of the columns of a matrix must be there and hold numbers: an AUC may not exist. */
export function neededPaths(kind: CurveKind, branches: number): string[] {
  return cellsOf(POINT_COLUMNS, kind, branches)
    .filter(({ column }) => !column.nullable)
    .map(pathOf);
}

/** What a person reads of a table's column; branches are counted from 1. */
export function labelOfColumn(name: string, branches: number): string {
  const { column, part } = findColumn(name);
  if (!column) return name;
  if (part === "Fused") return `${column.label}, ${branches > 1 ? "fused" : "model"}`;
  return /^\d+$/.test(part) ? `${column.label}, branch ${Number(part) + 1}` : column.label;
}

/** The unit of a table's column; null for a plain number. */
export function unitOfColumn(name: string): string | null {
  return findColumn(name).column?.unit ?? null;
}

/** Whether a moving average may be drawn of a table's column; one that is not listed here has noise. */
export function mayBeSmoothed(name: string): boolean {
  return findColumn(name).column?.smooth ?? true;
}

/** Whether a table keeps its column in float64. */
export function isExact(name: string): boolean {
  return findColumn(name).column?.exact ?? false;
}

function findColumn(name: string): { column: PointColumn | null; part: string } {
  const all: Record<string, PointColumn> = { ...POINT_COLUMNS, ...DERIVED_COLUMNS };
  if (Object.hasOwn(all, name)) return { column: all[name]!, part: "" };
  const [, base = name, part = ""] = /^(.*?)(\d+|Fused|Low|High)$/.exec(name) ?? [];
  const own = part === "Low" || part === "High" ? `${base}Interval` : base;
  return { column: Object.hasOwn(all, own) ? all[own]! : null, part };
}

function numberIn(point: ProgressPoint | EvaluationPoint, { name, part }: Cell): number {
  const held = (point as unknown as Record<string, number | boolean | Split | object | null>)[name] ?? null;
  if (held === null) return Number.NaN;
  if (typeof held === "string") return SPLITS.indexOf(held as Split);
  if (typeof held !== "object") return Number(held);
  const { branches = held as number[], fused, low, high } = held as Partial<HeadValues & IntervalEnds>;
  if (typeof part === "number") return branches[part] ?? Number.NaN;
  return { Fused: fused, Low: low, High: high, "": undefined }[part] ?? Number.NaN;
}

function heldIn({ per, nullable }: PointColumn, [first, ...others]: number[]): unknown {
  if (nullable && Number.isNaN(first!)) return null;
  switch (per) {
    case "value":
      return first;
    case "flag":
      return first === 1;
    case "split":
      return SPLITS[first!] ?? "test";
    case "heads":
      return { branches: others, fused: first };
    case "branches":
      return [first, ...others];
    case "interval":
      return { low: first, high: others[0] };
  }
}
