import { NativeSelect, Text } from "@mantine/core";
import type { TableColumn } from "../../preprocess/formats/columns.ts";
import type { ColumnRole } from "../../preprocess/roles.ts";
import { controlId } from "../controls/fault.ts";
import classes from "./data.module.css";

const ROLES: { value: ColumnRole; label: string }[] = [
  { value: "label", label: "label" },
  { value: "integer", label: "integer" },
  { value: "number", label: "number" },
  { value: "category", label: "category" },
  { value: "several", label: "several values" },
  { value: "id", label: "row id" },
  { value: "time", label: "time" },
  { value: "ignore", label: "leave out" },
];

/** What each column of a table is, with some of its values: all of it can be changed. */
export function ColumnTable({
  columns,
  error,
  onChange,
}: {
  columns: TableColumn[];
  error: string | null;
  onChange(columns: TableColumn[]): void;
}) {
  function change(at: number, changed: Partial<TableColumn>): void {
    onChange(columns.map((column, c) => (c === at ? { ...column, ...changed } : column)));
  }
  const several = columns.filter(({ role }) => role === "several").map(({ name }) => name);
  return (
    <section id={controlId("import.columns")} aria-label="Columns" tabIndex={-1}>
      <ul className={classes.columns}>
        {columns.map((column, c) => (
          <li key={column.name} data-column={column.name} data-role={column.role}>
            <div className={classes.columnName}>
              <span>{column.name}</span>
              <span className={classes.samples}>{column.samples.join(" · ") || "no value"}</span>
            </div>
            <div className={classes.columnChoices}>
              <NativeSelect
                size="xs"
                aria-label={`What ${column.name} is`}
                data={ROLES}
                value={column.role}
                onChange={(event) => change(c, { role: event.currentTarget.value as ColumnRole })}
              />
              {column.role === "label" && column.values.length > 0 && (
                <NativeSelect
                  size="xs"
                  aria-label={`Which value of ${column.name} is a click`}
                  data={clicksOf(column)}
                  value={column.click ?? ""}
                  onChange={(event) => change(c, withClick(event.currentTarget.value))}
                />
              )}
            </div>
          </li>
        ))}
      </ul>
      {several.length > 0 && (
        <Text size="xs" mt={4}>
          Several values in a cell are not supported yet: {several.join(", ")}{" "}
          {several.length === 1 ? "is" : "are"} left out.
        </Text>
      )}
      {error && (
        <Text size="xs" c="red" mt={4} role="alert">
          {error}
        </Text>
      )}
    </section>
  );
}

/** Which values may be the click; one that the file's first rows lack can have been chosen before. */
function clicksOf({ values, click }: TableColumn): { value: string; label: string }[] {
  const all = click !== undefined && !values.includes(click) ? [...values, click] : values;
  const named = all.map((value) => ({ value, label: `${value} is a click` }));
  return click === undefined ? [{ value: "", label: "a click is …" }, ...named] : named;
}

function withClick(value: string): Partial<TableColumn> {
  return value === "" ? {} : { click: value };
}
