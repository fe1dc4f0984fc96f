// What names each row, kept from when a file is read until the row is scored.

export interface RowNames {
  /** A reading begins. */
  begin(): void;
  /** The next row's. */
  add(name: string): void;
  /** That of a row, from 0 through all files; those of rows before it are forgotten. */
  take(row: number): string;
}

/** So many names are forgotten at once. */
const FORGOTTEN = 1 << 16;

export function createRowNames(): RowNames {
  let waiting: string[] = [];
  /** The row of the first of them. */
  let first = 0;
  return {
    begin() {
      waiting = [];
      first = 0;
    },
    add: (name) => void waiting.push(name),
    take(row) {
      const name = waiting[row - first] ?? "";
      if (row - first > FORGOTTEN) {
        waiting = waiting.slice(row - first);
        first = row;
      }
      return name;
    },
  };
}
