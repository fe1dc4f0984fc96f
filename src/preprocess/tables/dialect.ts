// How a table is written down as text: what separates cells, and what quotes them.

/** Bytes, each of one character. */
export interface Dialect {
  separator: number;
  /** The separator stands twice between two cells: 1::1193::5. */
  doubled?: true;
  /** A run of blanks separates two cells, and blanks around a line are no part of one. */
  blanks?: true;
  quote?: number;
  /** Stands before a character that is meant as it is: \" within quotes. */
  escapeByte?: number;
  /** Blanks around a cell are no part of it. */
  trimmed?: true;
  /** Records end before empty last cells, as Excel writes them; they are taken to have so many. */
  cells?: number;
  /** What a comma in a number is: 1,5 or 1,500,000; left out, a number has none. */
  comma?: "decimal" | "thousands";
}

export const TAB = 9;
export const SPACE = 32;
export const QUOTE = 34;
export const APOSTROPHE = 39;
export const COMMA = 44;
export const SEMICOLON = 59;
export const BACKSLASH = 92;
export const BAR = 124;
/** What Hive separates with where nothing else is said. */
export const CONTROL_A = 1;

/** As in "a table separated by tabs". */
export function dialectText({ separator, doubled, blanks }: Dialect): string {
  if (blanks || separator === SPACE) return "blanks";
  if (separator === TAB) return "tabs";
  if (separator < SPACE) return `the character ${separator}`;
  if (doubled) return `"${String.fromCharCode(separator, separator)}"`;
  if (separator === COMMA) return "commas";
  if (separator === SEMICOLON) return "semicolons";
  return separator === BAR ? "bars" : `"${String.fromCharCode(separator)}"`;
}
