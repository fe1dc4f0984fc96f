// Cells that are numbers already → a block's next row. Each returns what is wrong with a cell, or null.

import { MISSING } from "../../shards/rows.ts";
import type { Block } from "../block.ts";
import { type LogForm, namesOf } from "../logForm.ts";

export function setLabel(block: Block, label: number): string | null {
  if (label !== 0 && label !== 1) return "has a label that is neither 0 nor 1";
  block.labels[block.count] = label;
  return null;
}

/** A number of column `c`, as the integer of the column's scale; NaN is a missing one. */
export function setNumber(block: Block, c: number, value: number, form: LogForm): string | null {
  const stored = Math.round(value * (form.scales ? form.scales[c]! : 1));
  if (Math.abs(stored) > 2147483647)
    return `has ${value} in column ${namesOf(form)[c]}, which needs more than 32 bits`;
  block.integers[c]![block.count] = Number.isNaN(stored) ? MISSING : stored;
  return null;
}

/** Keeps the row that was written, unless something is wrong with it. */
export function endRow(block: Block, line: number, reason: string | null): void {
  if (reason === null) block.lines[block.count++] = line;
  else block.badLines.push({ line, reason });
}
