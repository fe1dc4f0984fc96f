// --integers: how columns of numbers enter, the same for every command that asks.

import { NUMBER_MODES, type NumberModes, parseModes } from "../base/numberModes.ts";
import { UsageError } from "./arguments.ts";

export const INTEGERS_HELP = `how columns of numbers enter: one of ${NUMBER_MODES.join(", ")}, or column by column as in bucket,price=standard`;

/** Throws a UsageError for what names no modes. */
export function modesOption(text: string): NumberModes {
  const modes = parseModes(text);
  if (modes) return modes;
  throw new UsageError(
    `--integers=${text} names no way for numbers to enter: give one of ${NUMBER_MODES.join(", ")}, or columns with theirs, as in --integers=bucket,price=standard.`,
  );
}
