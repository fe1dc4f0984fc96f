// How a census looks at columns of numbers: by buckets where these are counts, else by shares of the rows.

import type { NumberMode } from "../../base/numberModes.ts";
import { tableShape } from "../../shards/encoding.ts";
import type { Column } from "../../shards/manifest.ts";
import { allowsMode } from "../../shards/numberEncoding.ts";
import { recommendedMode } from "../recommendedMode.ts";

export function censusModes(columns: Column[]): Record<string, NumberMode> {
  const modes: [string, NumberMode][] = columns.flatMap((column) => {
    if (column.kind === "category") return [];
    const byShares = allowsMode(column, "quantile") && recommendedMode(column).mode !== "bucket";
    return [[column.name, byShares ? "quantile" : "bucket"]];
  });
  return Object.fromEntries(modes);
}

export function censusTableRows(columns: Column[]): number {
  return tableShape({ columns }, censusModes(columns)).tableRows;
}
