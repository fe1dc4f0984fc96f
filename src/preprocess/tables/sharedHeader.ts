// A log that was cut into parts by its lines has its header in the first part alone.

import { type Problem, problem } from "../../base/problem.ts";
import { guessColumns } from "./guess.ts";
import { readLabel } from "./labels.ts";
import { decimal, isMissingNumber } from "./numbers.ts";
import type { TableFile } from "./tableFile.ts";

/** A table, and the file whose header names its columns where it has none. */
type Named = TableFile & { headerOf?: string };

/**
 * The tables, those without a header with the names of the one header that there is, where they are named as parts of that
 * file and their cells are what it says: as many columns, its label's values, numbers where it has numbers.
 */
export function withSharedHeader(tables: TableFile[], label?: string): Named[] {
  const headed = tables.filter(({ named, text }) => named && text);
  const [first] = headed;
  if (!first || headed.length === tables.length) return tables;
  if (headed.some(({ names }) => names.join("\n") !== first.names.join("\n"))) return tables;
  return tables.map((table) => {
    if (table.named || !fits(table, first, label)) return table;
    const samples = table.samples.map((sample, c) => ({ ...sample, name: first.names[c]! }));
    return { ...table, named: true, names: first.names, samples, headerOf: first.file.name };
  });
}

/** What is said of files whose columns another one's header names. */
export function headersTaken(read: Named[]): Problem[] {
  const without = read.filter(({ headerOf }) => headerOf !== undefined);
  const [first] = without;
  if (!first) return [];
  return [
    problem("header-of-another-file", {
      name: first.file.name,
      others: without.length - 1,
      header: first.headerOf!,
    }),
  ];
}

function fits(table: TableFile, first: TableFile, label: string | undefined): boolean {
  if (!areParts(table.file.name, first.file.name)) return false;
  if (!table.text || table.names.length !== first.names.length) return false;
  if (table.text.dialect.separator !== first.text!.dialect.separator) return false;
  return guessColumns(first.samples, label).columns.every(({ role }, c) => {
    const { values, numberOf = decimal } = table.samples[c]!;
    if (role === "label") return readLabel([...values, ...first.samples[c]!.values]).ok;
    if (role !== "integer" && role !== "number") return true;
    return values.every((value) => isMissingNumber(value) || !Number.isNaN(numberOf(value)));
  });
}

/** Whether files are named as parts of one, the first before the others: part-0.csv and part-1.csv, xaa and xab. */
function areParts(name: string, first: string): boolean {
  const stem = (path: string) => path.replace(/\d+/g, "0").replace(/(^|\/|[._-])(x?)[a-z]{2}$/, "$1$2aa");
  return stem(name) === stem(first) && first.localeCompare(name, "en", { numeric: true }) < 0;
}
