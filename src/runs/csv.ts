// Tables as text: https://www.rfc-editor.org/rfc/rfc4180

type Cell = string | number;

/** Lines of CSV: in quotes what holds a comma, a quote or the end of a line. */
export function csvLines(rows: readonly (readonly Cell[])[]): string {
  return rows.map((cells) => `${csvLine(cells)}\n`).join("");
}

/** A line without its end. */
export function csvLine(cells: readonly Cell[]): string {
  return cells.map(textOf).join(",");
}

function textOf(value: Cell): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
