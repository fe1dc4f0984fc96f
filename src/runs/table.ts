// A growing table in typed arrays, a column a metric: the one form in which curves are kept, drawn, stored and exported.
// It never outgrows its limit: when full, every second point is given up.

import { z } from "../base/zod.ts";
import { isExact } from "./points.ts";

/** Values of a column, NaN where a point had none. */
export type Column = Float32Array | Float64Array;

export interface Table {
  readonly length: number;
  readonly names: readonly string[];
  /** The values of a column, oldest first. The next `push` may outdate the view. */
  column(name: string): Column;
  /** Adds a point; columns that it does not name are NaN. */
  push(point: Readonly<Record<string, number>>): void;
}

const FIRST_CAPACITY = 1024;

/** An empty table of at most `most` points. */
export function createTable(names: readonly string[], most = 131_072): Table {
  return growingTable(new Map(names.map((name) => [name, newColumn(name, 0)])), 0, most);
}

/** A table of the columns that there are; all have the same length. */
export function tableOf(columns: Readonly<Record<string, Column>>): Table {
  const length = Object.values(columns)[0]?.length ?? 0;
  return growingTable(new Map(Object.entries(columns)), length, 131_072);
}

/** Copies of the columns, no longer than the table. */
export function columnsOf(table: Table): Record<string, Column> {
  return Object.fromEntries(table.names.map((name) => [name, table.column(name).slice()]));
}

/** A table as one piece of memory, which can be handed from a worker to the page without a copy. */
export interface TableBytes {
  length: number;
  columns: { name: string; isDouble: boolean }[];
  /** The columns of float64, then those of float32, so that each lies where its numbers may. */
  bytes: ArrayBuffer;
}

/** A copy of the columns. */
export function toBytes(columns: Readonly<Record<string, Column>>): TableBytes {
  const entries = Object.entries(columns);
  const bytes = new ArrayBuffer(entries.reduce((sum, [, { byteLength }]) => sum + byteLength, 0));
  const table = {
    length: entries[0]?.[1].length ?? 0,
    columns: entries.map(([name, values]) => ({ name, isDouble: values instanceof Float64Array })),
    bytes,
  };
  for (const [name, view] of Object.entries(fromBytes(table))) view.set(columns[name]!);
  return table;
}

/** The columns again, in their order: views of the bytes. */
export function fromBytes({ length, columns, bytes }: TableBytes): Record<string, Column> {
  let doubles = 0;
  let floats = 8 * length * columns.filter(({ isDouble }) => isDouble).length;
  return Object.fromEntries(
    columns.map(({ name, isDouble }) => {
      if (isDouble) return [name, new Float64Array(bytes, 8 * length * doubles++, length)];
      const values = new Float32Array(bytes, floats, length);
      floats += values.byteLength;
      return [name, values];
    }),
  );
}

function growingTable(columns: Map<string, Column>, filled: number, most: number): Table {
  const names = [...columns.keys()];
  let length = filled;
  let capacity = filled;

  function makeRoom(): void {
    if (capacity >= most) {
      for (const values of columns.values())
        for (let i = 0; 2 * i + 1 < length; i++) values[i] = values[2 * i + 1]!;
      length = Math.floor(length / 2);
      return;
    }
    capacity = Math.min(most, Math.max(FIRST_CAPACITY, 2 * capacity));
    for (const [name, values] of columns) {
      const grown = newColumn(name, capacity);
      grown.set(values.subarray(0, length));
      columns.set(name, grown);
    }
  }
  return {
    names,
    get length() {
      return length;
    },
    column(name) {
      const values = columns.get(name);
      if (!values) throw new Error(`no column ${name}: there are ${names.join(", ")}`);
      return values.subarray(0, length);
    },
    push(point) {
      if (length === capacity) makeRoom();
      for (const [name, values] of columns) values[length] = point[name] ?? Number.NaN;
      length++;
    },
  };
}

function newColumn(name: string, length: number): Column {
  return isExact(name) ? new Float64Array(length) : new Float32Array(length);
}

/** A point ready to draw: null where there is no value. */
export type DrawnPoint = Record<string, number | null>;

interface ThinOptions {
  /** Columns that say where a point is. */
  positions: readonly string[];
  /** At most so many points. */
  most: number;
  /** What becomes of a column's values before they are thinned. */
  prepare?: (name: string, values: Column) => Column;
}

/**
 * Each point stands for an equal stretch of the table: positions are those of the stretch's end, all other columns the
 * mean of the values there are. Stretches are counted from the first point, so what is drawn stays put.
 */
export function thin(table: Table, { positions, most, prepare }: ThinOptions): DrawnPoint[] {
  const stretch = Math.max(1, Math.ceil(table.length / most));
  const columns = table.names.map((name) => {
    const isPosition = positions.includes(name);
    const values = table.column(name);
    return { name, isPosition, values: isPosition ? values : (prepare?.(name, values) ?? values) };
  });
  const points: DrawnPoint[] = [];
  for (let from = 0; from < table.length; from += stretch) {
    const to = Math.min(from + stretch, table.length);
    const point: DrawnPoint = {};
    for (const { name, values, isPosition } of columns)
      point[name] = isPosition ? values[to - 1]! : meanOf(values, from, to);
    points.push(point);
  }
  return points;
}

function meanOf(values: Column, from: number, to: number): number | null {
  let sum = 0;
  let count = 0;
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count > 0 ? sum / count : null;
}

export const columnsSchema = z.record(z.string(), z.array(z.number().nullable()));
type StoredColumns = z.infer<typeof columnsSchema>;

/** The columns as a JSON object's text: each a list of numbers, null where a point had no value. */
export function columnsJson(table: Table): string {
  const columns = table.names.map((name) => `"${name}":[${Array.from(table.column(name), text).join(",")}]`);
  return `{${columns.join(",")}}`;

  function text(value: number): string {
    return Number.isFinite(value) ? shortest(value) : "null";
  }
}

/** As few digits as give the same float32 again; counts and times are whole. */
function shortest(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(9)));
}

/**
 * Pushes the stored points; says why they cannot be a table. Positions have no gaps, and the first of them never falls.
 */
export function fillTable(
  table: Table,
  stored: StoredColumns,
  positions: readonly [string, ...string[]],
): string | null {
  const known = new Set(table.names);
  const names = Object.keys(stored);
  const [order] = positions;
  const length = stored[order]?.length ?? 0;
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) return `no curve here is called ${unknown}`;
  const uneven = names.find((name) => stored[name]!.length !== length);
  if (uneven !== undefined) return `${uneven} has ${stored[uneven]!.length} points, ${order} has ${length}`;
  for (const position of positions) {
    const values = stored[position];
    if (length > 0 && !values) return `${position} is missing`;
    if (values?.includes(null)) return `${position} has gaps`;
  }
  if (stored[order]?.some((value, i, values) => i > 0 && value! < values[i - 1]!))
    return `${order} does not rise`;
  for (let i = 0; i < length; i++) {
    const point: Record<string, number> = {};
    for (const name of names) point[name] = stored[name]![i] ?? Number.NaN;
    table.push(point);
  }
  return null;
}

/** A row of CSV for each point, each after `start`; empty where a point had no value or there is no such column. */
export function csvRows(table: Table, names: readonly string[], start: string): string {
  const columns = names.map((name) => (table.names.includes(name) ? table.column(name) : null));
  let rows = "";
  for (let i = 0; i < table.length; i++) {
    rows += start;
    for (const values of columns) {
      const value = values?.[i] ?? Number.NaN;
      rows += Number.isFinite(value) ? `,${shortest(value)}` : ",";
    }
    rows += "\n";
  }
  return rows;
}
