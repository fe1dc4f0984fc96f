// A growing curve in typed arrays. It never outgrows its limit: when full, every second point is given up.

/** Values of a column, NaN where a point had none. */
export type Column = Float32Array | Float64Array;

export interface Curve {
  readonly length: number;
  readonly names: readonly string[];
  /** The values of a column, oldest first. The next `push` may outdate the view. */
  column(name: string): Column;
  /** Adds a point; columns it does not name are NaN. */
  push(point: Readonly<Record<string, number>>): void;
}

// Rows and milliseconds outgrow the 24 bits of a float32, which is plenty for losses.
const EXACT = new Set(["rowsSeen", "step", "activeSeconds", "time"]);
const FIRST_CAPACITY = 1024;

/** An empty curve of at most `most` points. */
export function createCurve(names: readonly string[], most = 131_072): Curve {
  return growingCurve(new Map(names.map((name) => [name, newColumn(name, 0)])), 0, most);
}

/** A curve of the columns that there are; all have the same length. */
export function curveOf(columns: Readonly<Record<string, Column>>): Curve {
  const length = Object.values(columns)[0]?.length ?? 0;
  return growingCurve(new Map(Object.entries(columns)), length, 131_072);
}

/** Copies of the columns, no longer than the curve. */
export function columnsOf(curve: Curve): Record<string, Column> {
  return Object.fromEntries(curve.names.map((name) => [name, curve.column(name).slice()]));
}

function growingCurve(columns: Map<string, Column>, filled: number, most: number): Curve {
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
  return EXACT.has(name) ? new Float64Array(length) : new Float32Array(length);
}
