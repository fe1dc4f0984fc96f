// A small table of clicks in the forms that tests write it in, and what becomes of files.

import { importFiles, openFiles } from "./opened.ts";

export type Files = Parameters<typeof openFiles>[0];
export type Row = [click: number, price: number, age: number, user: string];
export const NAMES = ["click", "price", "age", "user"];
export const ROWS = Array.from(
  { length: 120 },
  (_, i): Row => [i % 4 ? 0 : 1, (i * 7) % 50, i % 6, `u${i % 9}`],
);

export function csv(
  cells: (row: Row, i: number) => (string | number)[] = (row) => row,
  header = NAMES,
): string {
  return [header, ...ROWS.map(cells)].map((row) => `${row.join(",")}\n`).join("");
}
export const labelled = (click: string, other: string) =>
  csv(([label, ...rest]) => [label ? click : other, ...rest]);
export const jsonLines = (rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

export async function imported(files: Files, options: Parameters<typeof openFiles>[1] = {}) {
  const { manifest, source, vocabulary } = await importFiles(files, options, { threshold: 0 });
  const { train, valid, test } = manifest.splits;
  return {
    source,
    vocabulary,
    columns: manifest.columns.map(({ name, kind }) => `${name} ${kind}`),
    rows: train.rows + valid.rows + test.rows,
    clicks: train.positives + valid.positives + test.positives,
    noticed: (manifest.noticed ?? []).map(({ code }) => code),
    leftOut: source.leftOut.map(({ name }) => name).toSorted(),
  };
}

export async function refusal(files: Files): Promise<string> {
  const cause = await openFiles(files).then(
    () => null,
    (caught: unknown) => caught as { problem: { sentence: string; remedy: string } },
  );
  return `${cause?.problem.sentence} ${cause?.problem.remedy}`;
}
