// A Parquet file of any layout as a table: a column of a row group at a time, its values as hyparquet gives them.

import { parquetMetadataAsync, parquetRead } from "hyparquet";
import { ProblemError } from "../../base/result.ts";
import { bytesText, type ColumnarFile } from "../tables/columnarFile.ts";
import type { InputFile } from "./input.ts";
import { damagedParquet, sourceBytes } from "./parquetTable.ts";

/** Opens a file. Throws a ProblemError where it is damaged; so do its columns. */
export async function openParquetColumns(file: InputFile): Promise<ColumnarFile> {
  const { compressors } = await import("hyparquet-compressors");
  const source = await file.open();
  const close = async () => source.close?.();
  const bytes = sourceBytes(source);
  const orProblem = async <T>(what: string, read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (cause) {
      if (cause instanceof ProblemError) throw cause;
      throw damagedParquet(file.name, `${what} (${(cause as Error).message})`);
    }
  };
  const metadata = await orProblem("its footer cannot be read", () => parquetMetadataAsync(bytes)).catch(
    async (cause: unknown) => {
      await close();
      throw cause;
    },
  );
  const { names, nested } = columnsOf(metadata.schema);
  const total = metadata.row_groups.length;
  return {
    names,
    nested,
    close,
    async *groups() {
      for (const [g, group] of metadata.row_groups.entries()) {
        const count = Number(group.num_rows);
        if (!(count >= 0 && count <= Number(metadata.num_rows)))
          throw damagedParquet(file.name, `its footer says of row group ${g} that it has ${count} rows`);
        yield {
          count,
          bytesRead: Math.round((file.byteLength * (g + 1)) / total),
          column: (name) =>
            orProblem(`column ${name} of row group ${g} cannot be decoded`, async () => {
              const cells: unknown[] = [];
              let found = 0;
              await parquetRead({
                file: bytes,
                metadata: { ...metadata, row_groups: [group] },
                columns: [name],
                compressors,
                parsers: { stringFromBytes: (text) => text && bytesText(text) },
                // Called once a page.
                onChunk({ columnData, rowStart }) {
                  found += columnData.length;
                  if (rowStart + columnData.length > count) throw new Error("it has too many rows");
                  for (let i = 0; i < columnData.length; i++) cells[rowStart + i] = columnData[i];
                },
              });
              if (found !== count) throw new Error(`it has ${found} of ${count} rows`);
              return cells;
            }),
        };
      }
    },
  };
}

/** Columns of plain cells, and those that hold lists or records. */
function columnsOf(schema: { name: string; num_children?: number; repetition_type?: string }[]): {
  names: string[];
  nested: string[];
} {
  const names: string[] = [];
  const nested: string[] = [];
  let at = 1;
  /** Passes over an element and all below it. */
  const skip = (): void => {
    const children = schema[at]?.num_children ?? 0;
    at++;
    for (let child = 0; child < children && at < schema.length; child++) skip();
  };
  while (at < schema.length) {
    const element = schema[at]!;
    names.push(element.name);
    if ((element.num_children ?? 0) > 0 || element.repetition_type === "REPEATED") nested.push(element.name);
    skip();
  }
  return { names, nested };
}
