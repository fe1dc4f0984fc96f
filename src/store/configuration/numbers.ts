// What the choice of how numbers enter means for the open data set.

import {
  modeOf,
  type NumberMode,
  type NumberModes,
  namedColumns,
  OTHER_COLUMNS,
} from "../../base/numberModes.ts";
import type { InputShape } from "../../model/config.ts";
import type { DatasetSummary } from "../../train/requests.ts";

/** F and V of the data set; null where it does not allow these modes. */
export function inputShapeOf(
  { columns }: Pick<DatasetSummary, "columns">,
  modes: NumberModes,
): InputShape | null {
  const numbers = new Set(columns.flatMap(({ name, numbers }) => (numbers ? [name] : [])));
  if (namedColumns(modes).some((name) => !numbers.has(name))) return null;
  let tableRows = columns.length;
  for (const { name, numbers, frequent } of columns) {
    const rows = numbers ? numbers.ids[modeOf(modes, name)] : frequent;
    if (rows === null) return null;
    tableRows += rows;
  }
  return { fields: columns.length, tableRows };
}

/** Columns that a run would get the same weight, or the same id, of for all their numbers, by mode. */
export function flatColumns(
  { columns }: Pick<DatasetSummary, "columns">,
  modes: NumberModes,
): { mode: NumberMode; names: string[] }[] {
  const byMode = new Map<NumberMode, string[]>();
  for (const { name, numbers } of columns) {
    const mode = modeOf(modes, name);
    if (numbers?.flat.includes(mode)) byMode.set(mode, [...(byMode.get(mode) ?? []), name]);
  }
  return [...byMode].map(([mode, names]) => ({ mode, names }));
}

/** The modes that the data set recommends, and why, where they are not all buckets. */
export function recommendedModesOf({ columns }: Pick<DatasetSummary, "columns">): {
  modes: NumberModes;
  differs: boolean;
  reason: string;
} {
  const otherwise = columns.flatMap(({ name, numbers }) =>
    numbers && numbers.recommended.mode !== "bucket" ? [{ name, ...numbers.recommended }] : [],
  );
  const modes = Object.fromEntries(otherwise.map(({ name, mode }) => [name, mode]));
  const some = otherwise.slice(0, 3).map(({ name, mode, reason }) => `${name} as ${mode}, since ${reason}`);
  if (otherwise.length > some.length) some.push(`and ${otherwise.length - some.length} more`);
  return {
    modes: { [OTHER_COLUMNS]: "bucket", ...modes },
    differs: otherwise.length > 0,
    reason: some.join("; "),
  };
}
