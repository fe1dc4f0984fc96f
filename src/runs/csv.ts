// Tables as text: https://www.rfc-editor.org/rfc/rfc4180

/** Lines of CSV: numbers as they are, texts in quotes. */
export function csvLines(rows: readonly (string | number)[][]): string {
  return rows.map((cells) => `${cells.map(cell).join(",")}\n`).join("");
}

function cell(value: string | number): string {
  return typeof value === "number" ? String(value) : `"${value.replaceAll('"', '""')}"`;
}
