// 240 rows, to be written in many ways.

export type Row = [click: number, price: number, age: number, user: string, item: string];
export const NAMES = ["click", "price", "age", "user", "item"];
export const ROWS = Array.from({ length: 240 }, (_, i): Row => {
  return [i % 4 === 0 ? 1 : 0, (i * 7) % 50, i % 6, `u${i % 9}`, `it${i % 13}`];
});

export interface Written {
  separator?: string;
  header?: string[] | null;
  cells?: (row: Row) => (string | number)[];
  newline?: string;
  /** Behind every line, the header's too. */
  behind?: string;
  above?: string;
}

export function text({
  separator = ",",
  header = NAMES,
  cells = (row) => row,
  newline = "\n",
  behind = "",
  above = "",
}: Written = {}): string {
  const lines = [...(header ? [header] : []), ...ROWS.map(cells)];
  return above + lines.map((line) => line.join(separator) + behind + newline).join("");
}

/** Rows with the price, and what else is said, changed. */
export function withPrice(price: (price: number) => string | number): Written {
  return { cells: ([click, number, ...rest]) => [click, price(number), ...rest] };
}

export const utf16 = (content: string) => Uint8Array.from(Buffer.from(`\uFEFF${content}`, "utf16le"));
