import type { ColumnInspection } from "../../preprocess/inspection.ts";
import { count } from "../format.ts";
import classes from "./data.module.css";

/** The most frequent values of a column. The empty one comes first only where it is alone: it is counted as missing. */
export function TopValues({ column: { top } }: { column: ColumnInspection & { kind: "category" } }) {
  const first = top.find(({ value }) => value !== "") ?? top[0];
  if (!first) return "–";
  return (
    <details className={classes.details}>
      <summary>
        {shown(first.value)} in {count(first.count)} rows
      </summary>
      <ol>
        {top.map(({ value, count: rows }) => (
          <li key={value}>
            {shown(value)}: {count(rows)}
          </li>
        ))}
      </ol>
    </details>
  );
}

/** A value holds one byte a character: what they write together is UTF-8. */
function shown(value: string): string {
  if (value === "") return "(empty)";
  return new TextDecoder().decode(Uint8Array.from(value, (character) => character.charCodeAt(0)));
}
