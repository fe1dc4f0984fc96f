// Columns of numbers out of a Parquet file that another tool wrote, a row group at a time. What other tools pack with is
// unpacked by a package that is loaded only here.

import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync } from "hyparquet";
import { ProblemError, problemError } from "../../base/result.ts";
import type { ByteSource } from "../../shards/byteSource.ts";
import { parquetPages } from "../../shards/parquetPages.ts";
import type { InputFile } from "./input.ts";

const NAME = "Parquet";

/** A column's values; NaN where there is none. */
export type Cells = ArrayLike<number>;

/** Columns of numbers, some rows at a time. */
export interface ColumnTable {
  groups(): AsyncGenerator<{ count: number; columns: Cells[]; bytesRead: number }>;
  close(): Promise<void>;
}

/** Opens a file for the columns `names`; `demanding` is the file that says there are such. Throws a ProblemError. */
export async function openParquetTable(
  file: InputFile,
  names: string[],
  demanding: string,
): Promise<ColumnTable> {
  const { compressors } = await import("hyparquet-compressors");
  const source = await file.open();
  const close = async () => source.close?.();
  const bytes = sourceBytes(source);
  let metadata: FileMetaData;
  try {
    metadata = await attempt("its footer cannot be read", () => parquetMetadataAsync(bytes));
    checkColumns(metadata);
  } catch (cause) {
    await close();
    throw cause;
  }

  async function* groups(): ReturnType<ColumnTable["groups"]> {
    for (const [g, group] of metadata.row_groups.entries()) {
      const count = Number(group.num_rows);
      const pages = await attempt(`row group ${g} cannot be decoded`, () =>
        parquetPages({
          file: bytes,
          metadata: { ...metadata, row_groups: [group] },
          columns: names,
          compressors,
        }),
      );
      const columns = names.map((name) => {
        const pieces = pages.filter(({ columnName }) => columnName === name);
        return numbersOf(
          pieces.map(({ columnData }) => columnData),
          count,
          name,
        );
      });
      yield {
        count,
        columns,
        bytesRead: Math.round((file.byteLength * (g + 1)) / metadata.row_groups.length),
      };
    }
  }
  return { groups, close };

  function checkColumns({ schema }: FileMetaData): void {
    const missing = names.find((name) => !schema.slice(1).some((element) => element.name === name));
    if (missing !== undefined)
      throw problemError("format-mismatch", {
        name: file.name,
        format: NAME,
        reason: `it has no column "${missing}"`,
        expected: `Its columns should be those that ${demanding} names`,
      });
  }

  function numbersOf(chunks: ArrayLike<unknown>[], count: number, column: string): Cells {
    const found = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (found !== count) throw damaged(`column ${column} has ${found} of ${count} rows`);
    const cells = new Float64Array(count);
    let at = 0;
    for (const chunk of chunks)
      for (let i = 0; i < chunk.length; i++, at++) {
        const value = chunk[i];
        if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean")
          cells[at] = Number(value);
        else if (value === null || value === undefined) cells[at] = Number.NaN;
        else
          throw problemError("format-mismatch", {
            name: file.name,
            format: NAME,
            reason: `its column "${column}" holds a ${typeof value}, not numbers`,
            expected: `Its columns should be those that ${demanding} names`,
          });
      }
    return cells;
  }

  async function attempt<T>(what: string, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (cause) {
      if (cause instanceof ProblemError) throw cause;
      throw damaged(`${what} (${(cause as Error).message})`);
    }
  }

  function damaged(reason: string): ProblemError {
    return damagedParquet(file.name, reason);
  }
}

export function damagedParquet(name: string, reason: string): ProblemError {
  return problemError("format-damaged", { name, format: NAME, reason });
}

/** A file's bytes as hyparquet asks for them. */
export function sourceBytes(source: ByteSource): AsyncBuffer {
  async function readSlice(start: number, end: number): Promise<ArrayBuffer> {
    const from = start < 0 ? source.byteLength + start : start;
    if (!(from >= 0 && from <= end && end <= source.byteLength)) throw new Error("a part lies outside it");
    return (await source.read(from, end)).slice().buffer as ArrayBuffer;
  }
  return {
    byteLength: source.byteLength,
    slice(start, end = source.byteLength) {
      const reading = readSlice(start, end);
      // hyparquet asks for many at once, and when one fails it waits for no other.
      reading.catch(() => {});
      return reading;
    },
  };
}
