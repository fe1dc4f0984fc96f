// A growing curve in typed arrays. It never outgrows its capacity: when full, every second point is given up.

export interface Curve {
  readonly length: number;
  readonly names: readonly string[];
  /** The values of a column, oldest first, NaN where a point had none. The next `push` may outdate the view. */
  column(name: string): Float64Array;
  /** Adds a point; columns it does not name are NaN. */
  push(point: Readonly<Record<string, number>>): void;
}

export function createCurve(names: readonly string[], capacity = 8192): Curve {
  const columns = new Map(names.map((name) => [name, new Float64Array(capacity)]));
  let length = 0;

  function halve(): void {
    for (const values of columns.values())
      for (let i = 0; 2 * i + 1 < length; i++) values[i] = values[2 * i + 1]!;
    length = Math.floor(length / 2);
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
      if (length === capacity) halve();
      for (const [name, values] of columns) values[length] = point[name] ?? Number.NaN;
      length++;
    },
  };
}
