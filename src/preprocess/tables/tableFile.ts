// A file that is a table, whatever it is written in, as a look at its first rows shows it.

import type { OpenedFile } from "../formats/logSource.ts";
import { partitionsOf } from "../formats/partitions.ts";
import { utf8 } from "../utf8.ts";
import { byteText } from "../vocabularyFile.ts";
import type { ColumnarFile } from "./columnarFile.ts";
import { type ColumnSample, columnSample } from "./guess.ts";
import { numberIn } from "./numbers.ts";
import type { TextTableLook } from "./sniff.ts";

export interface TableFile extends OpenedFile {
  /** As in "x.csv is CSV". */
  format: string;
  /** In the file's order; column_1, column_2 … where it does not say them. */
  names: string[];
  /** The file says its columns' names. */
  named: boolean;
  samples: ColumnSample[];
  /** Of a file of text. */
  text?: TextTableLook;
  /** Of a file of text: values of its last columns, which its folders say; each character is one byte. */
  fixed?: string[];
  /** Of a file whose cells are values: opens it. */
  columnar?: () => Promise<ColumnarFile>;
}

export function textTable(opened: OpenedFile, look: TextTableLook, format: string): TableFile {
  const names = look.header
    ? headerNames(look.header)
    : Array.from({ length: look.width }, (_, c) => `column_${c + 1}`);
  const rows = look.rows.length;
  const sample = (name: string, cells: string[]) => ({
    ...columnSample(name, cells),
    numberOf: (text: string) => numberIn(text, look.dialect),
  });
  // Of a table without names columns are known by their order.
  const partitions = look.header ? partitionsOf(opened.file.name) : new Map<string, string | null>();
  for (const name of names) partitions.delete(name);
  const fixed = Array.from(partitions, ([name, value]) => ({ name, value: value ?? "" }));
  return {
    ...opened,
    format,
    names: [...names, ...fixed.map(({ name }) => name)],
    named: look.header !== null,
    samples: [
      ...names.map((name, c) =>
        sample(
          name,
          look.rows.map((row) => utf8(row[c]!)),
        ),
      ),
      ...fixed.map(({ name, value }) => sample(name, Array<string>(rows).fill(value))),
    ],
    text: look,
    ...(fixed.length > 0 && { fixed: fixed.map(({ value }) => byteText(value)) }),
  };
}

/** A table's columns, for a sentence. */
export function namesText({ names }: TableFile): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

/** pandas leaves the name of its row numbers empty; a name is what it is in UTF-8, without signs that nobody sees. */
function headerNames(header: string[]): string[] {
  return header.map((written, c) => {
    const name = utf8(written).replace(/^[\s\u200b\ufeff]+|[\s\u200b\ufeff]+$/g, "");
    // Behind a blank no quote opens a cell: click, "price".
    const unquoted = /^"([^"]+)"$/.exec(name)?.[1]?.trim() ?? name;
    return unquoted === "" ? `Unnamed: ${c}` : unquoted;
  });
}
