// Numbers as tables write them: 1234.5, 1,234.5, 1.234,5 or 1 234,5, with a sign, an exponent, or a word for none.

import type { Dialect } from "./dialect.ts";

/** The number that a text writes, with or without fraction and exponent, inf for infinity; NaN for anything else. */
export function decimal(text: string): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  return /^[+-]?inf(inity)?$/i.test(text) ? Number(text[0] === "-" ? "-Infinity" : "Infinity") : Number.NaN;
}

/** Words and signs that stand for a number that is missing. */
const MISSING_NUMBERS =
  /^(\\N|[+-]?nan|null|\(null\)|nil|none|na|n\/a|#n\/a( n\/a)?|n\.a\.?|<na>|nat|undefined|void|missing|unknown|-+|\?+|\.|\*|#null!|#div\/0!|#value!|#num!|#ref!|-?1\.#(ind|qnan))$/i;

export function isMissingNumber(text: string): boolean {
  return MISSING_NUMBERS.test(text);
}

/** Whether a person said that a text, or the number that it writes, stands for none: -999.0 where it is -999. */
export function standsForNone(text: string, number: number, missing: string[] | undefined): boolean {
  return missing?.some((one) => one === text || decimal(one.trim()) === number) ?? false;
}

/** Blanks and apostrophes between groups of three digits; of blanks that are no bytes of ASCII their bytes too. */
const GAPS = /(?<=\d)(?: |'|\u2019|\u00a0|\u202f|\u2009|\xc2\xa0|\xe2\x80[\xaf\x89\x99])(?=\d{3}(?!\d))/g;
const COMMA_GROUPS = /^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/;
const POINT_GROUPS = /^[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d+)?$/;

/** The number that a text writes in a table of this dialect; NaN for anything else. */
export function numberIn(text: string, { comma }: Pick<Dialect, "comma">): number {
  const plain = decimal(text);
  if (!Number.isNaN(plain) && comma !== "decimal") return plain;
  const closed = text.replace(GAPS, "");
  if (closed === text && comma === undefined) return plain;
  if (comma === "decimal") {
    const grouped = POINT_GROUPS.test(closed) ? closed.replaceAll(".", "") : closed;
    return decimal(grouped.replace(",", "."));
  }
  return decimal(comma === "thousands" && COMMA_GROUPS.test(closed) ? closed.replaceAll(",", "") : closed);
}

/** What commas in a table's numbers are, by columns that hold nothing else; undefined where that stays open. */
export function commaIn(columns: string[][]): Dialect["comma"] {
  let decimals = false;
  let points = false;
  for (const cells of columns) {
    if (!cells.some((cell) => cell.includes(",") || cell.includes("."))) continue;
    const filled = cells
      .map((cell) => cell.trim().replace(GAPS, ""))
      .filter((cell) => cell !== "" && !isMissingNumber(cell));
    if (filled.length === 0 || !filled.every((cell) => /^[+-]?[\d.,]+(e[+-]?\d+)?$/i.test(cell))) continue;
    const has = (pattern: RegExp) => filled.some((cell) => pattern.test(cell));
    // 1,5 and 0,125 can only be fractions; so can what follows groups of thousands.
    if (has(/^[+-]?(\d+,(?!\d{3}$)\d+|0\d*,\d+|\d{4,},\d+)$/) || has(/\.\d{3},\d/) || has(/\d\.\d{3}\.\d{3}/))
      decimals = true;
    if (
      has(/^[+-]?(\d+\.(?!\d{3}$)\d+|0\d*\.\d+|\d{4,}\.\d+)(e|$)/i) ||
      has(/,\d{3}\./) ||
      has(/\d,\d{3},\d{3}/)
    )
      points = true;
  }
  if (decimals === points) return undefined;
  return decimals ? "decimal" : "thousands";
}
