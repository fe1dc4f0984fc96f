// Cells that are numbers already → a block's next row. Each returns what is wrong with a cell, or null.

import { missingAt } from "../../shards/rows.ts";
import { type Block, KIND } from "../block.ts";
import { type LogForm, namesOf } from "../logForm.ts";
import { isNumber } from "../vocabulary.ts";
import { numberFault } from "./fractions.ts";

export function setLabel(block: Block, label: number): string | null {
  if (label !== 0 && label !== 1) return "has a label that is neither 0 nor 1";
  block.labels[block.count] = label;
  return null;
}

/** A number of column `c`; NaN is a missing one. */
export function setNumber(block: Block, c: number, value: number, form: LogForm): string | null {
  const isFraction = form.fractions?.[c] === true;
  const fault = Number.isNaN(value) ? null : numberFault(value, isFraction);
  if (fault) return `has ${value} in column ${namesOf(form)[c]}, ${fault}`;
  block.integers[c]![block.count] = Number.isNaN(value) ? missingAt(form.fractions, c) : value;
  return null;
}

/** A value as a vocabulary can hold it, a line each: with blanks for tabs and line ends. */
export function oneLine(value: string): string {
  return /[\t\n\r]/.test(value) ? value.replace(/[\t\n\r]+/g, " ") : value;
}

/** A category of column `c`; each character of `value` is one byte. */
export function setCategory(block: Block, c: number, value: string, form: LogForm): void {
  const row = block.count;
  const keys = block.keys[c]!;
  const kinds = block.kinds[c]!;
  if (value === "") {
    kinds[row] = KIND.empty;
    keys[row] = 0;
  } else if (form.numbers ? isNumber(value) : /^[0-9a-f]{8}$/.test(value)) {
    kinds[row] = KIND.number;
    keys[row] = Number.parseInt(value, form.numbers ? 10 : 16);
  } else {
    kinds[row] = KIND.odd;
    keys[row] = block.odd.push(oneLine(value)) - 1;
  }
}

/** Keeps the row that was written, unless something is wrong with it. */
export function endRow(block: Block, line: number, reason: string | null): void {
  if (reason === null) block.lines[block.count++] = line;
  else block.badLines.push({ line, reason });
}
