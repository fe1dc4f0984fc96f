import { Table, UnstyledButton } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { csvLines } from "../../runs/csv.ts";
import { Explained } from "../explain/Explained.tsx";
import classes from "./insight.module.css";

export interface TableColumn<R> {
  name: string;
  /** What the numbers are, longer. */
  hint?: string;
  /** What it is sorted by, and what a CSV holds; null sorts last. */
  value(row: R): number | string | null;
  /** What stands in the cell, where that is not the value itself. */
  cell?(row: R): ReactNode;
  /** Not in the table, which has too many columns for it. */
  isCsvOnly?: boolean;
}

/** A column of numbers, each written by `text`; null is a dash. */
export function numberColumn<R>(
  name: string,
  value: (row: R) => number | null,
  text: (value: number) => string,
  hint?: string,
): TableColumn<R> {
  const cell = (row: R) => {
    const number = value(row);
    return number === null ? "–" : text(number);
  };
  return { name, value, cell, hint };
}

export interface SortableTableProps<R> {
  label: string;
  columns: TableColumn<R>[];
  rows: R[];
  keyOf(row: R): string | number;
  /** The index of the column that sorts at first, its largest values on top; null leaves the rows as they come. */
  sortedBy: number | null;
}

/** A table that is sorted by the column whose name is pressed. */
export function SortableTable<R>({ label, rows, keyOf, sortedBy, ...props }: SortableTableProps<R>) {
  const columns = props.columns.filter(({ isCsvOnly }) => !isCsvOnly);
  const [sort, setSort] = useState({ column: sortedBy, rising: false });
  const by = sort.column === null ? null : columns[sort.column]!;
  const sorted = by ? rows.toSorted((a, b) => compared(by, a, b) * (sort.rising ? 1 : -1)) : rows;
  return (
    <Explained>
      <Table.ScrollContainer minWidth={420} maxHeight="60vh">
        <Table
          className={classes.table}
          horizontalSpacing="xs"
          verticalSpacing={2}
          stickyHeader
          aria-label={label}
        >
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ name, hint }, c) => (
                <Table.Th
                  key={name}
                  ta={c === 0 ? "start" : "end"}
                  aria-sort={sort.column === c ? (sort.rising ? "ascending" : "descending") : undefined}
                >
                  <UnstyledButton
                    className={classes.sort}
                    aria-description={hint}
                    onClick={() => setSort({ column: c, rising: sort.column === c && !sort.rising })}
                  >
                    {name}
                    {sort.column === c && <span aria-hidden> {sort.rising ? "▲" : "▼"}</span>}
                  </UnstyledButton>
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sorted.map((row) => (
              <Table.Tr key={keyOf(row)}>
                {columns.map((column, c) =>
                  c === 0 ? (
                    <Table.Th key={column.name} scope="row">
                      {column.cell?.(row) ?? column.value(row)}
                    </Table.Th>
                  ) : (
                    <Table.Td key={column.name} ta="end">
                      {column.cell?.(row) ?? column.value(row) ?? "–"}
                    </Table.Td>
                  ),
                )}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Explained>
  );
}

function compared<R>({ value }: TableColumn<R>, a: R, b: R): number {
  const [x, y] = [value(a), value(b)];
  if (typeof x === "string" && typeof y === "string") return x.localeCompare(y, "en", { numeric: true });
  const number = (v: typeof x) => (typeof v === "number" && !Number.isNaN(v) ? v : Number.NEGATIVE_INFINITY);
  const [first, second] = [number(x), number(y)];
  return first === second ? 0 : first - second;
}

/** The rows as CSV, with the columns' names as header. */
export function csvOf<R>(columns: TableColumn<R>[], rows: R[]): string {
  const lines = rows.map((row) => columns.map(({ value }) => value(row) ?? ""));
  return csvLines([columns.map(({ name }) => name), ...lines]);
}
