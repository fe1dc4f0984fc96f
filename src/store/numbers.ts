// What the choice of how numbers enter means for the open data set.

import { modeOf, type NumberModes, namedColumns } from "../base/numberModes.ts";
import type { InputShape } from "../model/config.ts";
import type { DatasetSummary } from "../train/requests.ts";

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
