// A Parquet file of any layout as a table: a column of a row group at a time, its values as hyparquet gives them.

import { type FileMetaData, parquetMetadataAsync, type RowGroup, type SchemaElement } from "hyparquet";
import { ProblemError, problemError } from "../../base/result.ts";
import { parquetPages } from "../../shards/parquetPages.ts";
import {
  bytesText,
  type ColumnarFile,
  decimalValue,
  MOST_DEPTH,
  MOST_INNER,
} from "../tables/columnarFile.ts";
import type { InputFile } from "./input.ts";
import { damagedParquet, sourceBytes } from "./parquetTable.ts";

/** What hyparquet says of what the file's description names and it does not read. */
const UNREAD = /^parquet (?:(interval|bson) not supported|unsupported compression codec: (LZO))/;

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
      const { message } = cause as Error;
      const [, type, codec] = UNREAD.exec(message) ?? [];
      if (type ?? codec)
        throw problemError("format-unknown", {
          name: file.name,
          what: `Parquet with ${type ? `a column of the type ${type}` : `pages packed with ${codec}`}, which is not read`,
          remedy: type
            ? "Leave the column out, or write it as another type."
            : "Write it with another compression.",
        });
      throw damagedParquet(file.name, `${what} (${message})`);
    }
  };
  const metadata = await orProblem("its footer cannot be read", () => parquetMetadataAsync(bytes)).catch(
    async (cause: unknown) => {
      await close();
      throw cause;
    },
  );
  const columns = columnsOf(metadata.schema);
  const total = metadata.row_groups.length;
  return {
    names: columns.map(({ name }) => name),
    nested: columns.filter(({ isNested }) => isNested).map(({ name }) => name),
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
              const { path } = columns.find((column) => column.name === name)!;
              const leaf = path.at(-1)!;
              const cells: unknown[] = [];
              let found = 0;
              const pages = await parquetPages({
                file: bytes,
                metadata: descriptionOf(metadata, group, path),
                columns: [path[0]!.name],
                compressors,
                utf8: !isDecimal(leaf),
                parsers: { stringFromBytes: (text) => text && bytesText(text) },
              });
              for (const { columnData, rowStart } of pages) {
                found += columnData.length;
                if (rowStart + columnData.length > count) throw new Error("it has too many rows");
                for (let i = 0; i < columnData.length; i++)
                  cells[rowStart + i] = decodedCell(fieldOf(columnData[i], path), leaf);
              }
              if (found !== count) throw new Error(`it has ${found} of ${count} rows`);
              return cells;
            }),
        };
      }
    },
  };
}

interface SchemaColumn {
  /** ad.price where it is the field price of the record ad. */
  name: string;
  /** Its cells hold lists, maps or too many fields. */
  isNested: boolean;
  /** The element of the schema and those that it is in, the outermost first. */
  path: SchemaElement[];
}

/** The columns; fields of records are columns of their own. */
function columnsOf(schema: SchemaElement[]): SchemaColumn[] {
  const own: SchemaColumn[] = [];
  const flat: SchemaColumn[] = [];
  let at = 1;
  /** Passes over an element and all below it; those that are cells go on the list of flat ones. */
  const visit = (above: SchemaElement[], isInside: boolean): void => {
    const element = schema[at++]!;
    const path = [...above, element];
    const column = (isNested: boolean) => ({ name: path.map(({ name }) => name).join("."), isNested, path });
    const children = element.num_children ?? 0;
    const isRepeated = element.repetition_type === "REPEATED";
    const isRecord = children > 0 && !isRepeated && !isList(element) && path.length <= MOST_DEPTH;
    if (above.length === 0) own.push(column(children > 0 || isRepeated));
    if (!isInside && !isRecord) flat.push(column(children > 0 || isRepeated));
    for (let child = 0; child < children && at < schema.length; child++) visit(path, isInside || !isRecord);
  };
  while (at < schema.length) visit([], false);
  return flat.length <= own.length + MOST_INNER ? flat : own;
}

/** Whether a group of the schema is a list, a map or another thing that has a type of its own. */
function isList({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type !== undefined || logical_type !== undefined;
}

/**
 * The file's description, of a row group alone; with one field of a record and no other where that is asked for. Decimals are
 * described as the integers that they are kept as.
 */
function descriptionOf(metadata: FileMetaData, group: RowGroup, path: SchemaElement[]): FileMetaData {
  const plain = (element: SchemaElement): SchemaElement =>
    isDecimal(element) ? { ...element, converted_type: undefined, logical_type: undefined } : element;
  if (path.length === 1) return { ...metadata, schema: metadata.schema.map(plain), row_groups: [group] };
  const root = { ...metadata.schema[0]!, num_children: 1 };
  const inner = path.map((element, i) =>
    i < path.length - 1 ? { ...element, num_children: 1 } : plain(element),
  );
  const columns = group.columns.filter(
    ({ meta_data }) => meta_data?.path_in_schema.join("\0") === path.map(({ name }) => name).join("\0"),
  );
  return { ...metadata, schema: [root, ...inner], row_groups: [{ ...group, columns }] };
}

function isDecimal({ converted_type, logical_type }: SchemaElement): boolean {
  return converted_type === "DECIMAL" || logical_type?.type === "DECIMAL";
}

/** What a cell of a column that `element` describes holds. */
function decodedCell(cell: unknown, element: SchemaElement): unknown {
  if (!isDecimal(element) || cell === null || cell === undefined) return cell;
  return decimalValue(
    cell instanceof Uint8Array ? integerOf(cell) : BigInt(cell as number | bigint),
    element.scale ?? 0,
  );
}

/** An integer in two's complement, its highest byte first. */
function integerOf(bytes: Uint8Array): bigint {
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return BigInt.asIntN(8 * bytes.length, value);
}

/** What a cell of the outermost record holds in the field. */
function fieldOf(cell: unknown, path: SchemaElement[]): unknown {
  return path
    .slice(1)
    .reduce<unknown>((value, { name }) => (value as Record<string, unknown> | null)?.[name], cell);
}
