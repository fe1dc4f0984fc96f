// Arrow IPC, as a file (Feather) or a stream: a record batch at a time.

import type {
  Data,
  DataType,
  Field,
  RecordBatch,
  RecordBatchFileReader,
  RecordBatchReader,
  Vector,
} from "apache-arrow";
import { ByteBuffer } from "flatbuffers";
import { problemError } from "../../base/result.ts";
import { unpackLz4 } from "../containers/lz4.ts";
import { type ColumnarFile, decimalValue, MOST_DEPTH, MOST_INNER } from "../tables/columnarFile.ts";
import type { InputFile } from "./input.ts";

const NAME = "Arrow";
/** TimeUnit.SECOND of the format. */
const SECOND = 0;
const LARGEST_FILE = 2_000_000_000;

/** Opens a file, which is held in memory. Throws a ProblemError where it is damaged. */
export async function openArrow(file: InputFile): Promise<ColumnarFile> {
  const { name, byteLength } = file;
  if (byteLength > LARGEST_FILE)
    throw problemError("format-unknown", {
      name,
      what: "Arrow, larger than 2 GB, and it is read in memory",
      remedy: "Write it in smaller parts, or as Parquet.",
    });
  const arrow = await import("apache-arrow");
  boundVectors();
  await installCodecs(arrow);
  const { DataType, RecordBatchReader } = arrow;
  const bytes = await wholeFile(file);
  const orProblem = <T>(read: () => T): T => {
    try {
      return read();
    } catch (cause) {
      const reason = (cause as Error).message.split("\n")[0]!.replace(/\.$/, "");
      const [, type] = /^Unrecognized type: "(\w+)"/.exec(reason) ?? [];
      if (type !== undefined)
        throw problemError("format-unknown", {
          name,
          what: `Arrow with a column of the type ${type}, which is not read`,
          remedy: "Leave the column out, write it as another type, or write the table as Parquet.",
        });
      throw problemError("format-damaged", { name, format: NAME, reason: reason || "it cannot be read" });
    }
  };
  const open = () => orProblem(() => RecordBatchReader.from(bytes).open());
  const columns = columnsOf(open().schema?.fields ?? [], DataType);
  return {
    names: columns.map((column) => column.name),
    nested: columns.filter(({ isNested }) => isNested).map((column) => column.name),
    close: async () => {},
    async *groups() {
      const reader = open();
      for (let bytesRead = 0, index = 0; ; index++) {
        const batch = orProblem(() => (reader.isFile() ? batchOf(reader, index) : nextBatch(reader)));
        if (!batch) return;
        orProblem(() => checkRows(batch, DataType));
        bytesRead = Math.min(byteLength, bytesRead + Math.ceil(byteLength / 100));
        yield {
          count: batch.numRows,
          bytesRead,
          column: async (wanted) => {
            const { path } = columns.find((column) => column.name === wanted)!;
            return orProblem(() => cellsOf(vectorsOf(batch, path), batch.numRows, DataType));
          },
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
  /** The field's name and those of the records that it is in, the outermost first. */
  path: string[];
}

/** The columns; fields of records are columns of their own. */
function columnsOf(fields: Field[], types: typeof DataType): SchemaColumn[] {
  // Lists of any kind, records and maps have children.
  const isNested = (type: DataType) => !types.isDictionary(type) && (type.children ?? []).length > 0;
  const column = (path: string[], type: DataType) => ({
    name: path.join("."),
    isNested: isNested(type),
    path,
  });
  const own = fields.map(({ name, type }) => column([name], type));
  const visit = ({ name, type }: Field, above: string[]): SchemaColumn[] => {
    const path = [...above, name];
    return types.isStruct(type) && isNested(type) && path.length <= MOST_DEPTH
      ? type.children.flatMap((field) => visit(field, path))
      : [column(path, type)];
  };
  const flat = fields.flatMap((field) => visit(field, []));
  return flat.length <= own.length + MOST_INNER ? flat : own;
}

/** The column's vector, behind those of the records that it is in. */
function vectorsOf(batch: RecordBatch, [outermost, ...inner]: string[]): (Vector | null)[] {
  const vectors: (Vector | null)[] = [batch.getChild(outermost!)];
  for (const name of inner) vectors.push(vectors.at(-1)?.getChild(name) ?? null);
  return vectors;
}

/** A file's batch by its place; null behind the last. Its `next` never ends where a damaged footer leads to another message. */
function batchOf(reader: RecordBatchFileReader, index: number): RecordBatch | null {
  if (index >= reader.numRecordBatches) return null;
  const batch = reader.readRecordBatch(index);
  if (!batch) throw new Error("what its footer calls a batch of rows is none");
  return batch as RecordBatch;
}

function nextBatch(reader: RecordBatchReader): RecordBatch | null {
  const { done, value } = reader.next() as IteratorResult<RecordBatch>;
  return done ? null : value;
}

/** Throws where the columns do not have the values of as many rows as the batch says, which may be billions. */
function checkRows({ numRows, data }: RecordBatch, types: typeof DataType): void {
  const filled = data.children.filter(({ type }) => !types.isNull(type));
  const isWholeColumn = ({ type, valueOffsets, values, children }: Data): boolean => {
    if (types.isNull(type)) return true;
    // Offsets are one more than rows; lists of a known length are left out.
    if (valueOffsets as unknown) return valueOffsets.length > numRows;
    if (children.length > 0) return !types.isStruct(type) || children.every(isWholeColumn);
    return types.isBool(type) ? 8 * values.length >= numRows : values.length >= numRows;
  };
  const isWhole = filled.every(isWholeColumn);
  if (!isWhole || (filled.length === 0 && numRows > 0)) throw new Error("one of its columns is not whole");
}

function cellsOf(vectors: (Vector | null)[], count: number, types: typeof DataType): unknown[] {
  const vector = vectors.at(-1);
  if (!vector || vectors.some((one) => one?.length !== count))
    throw new Error("one of its columns is not whole");
  const records = vectors.slice(0, -1) as Vector[];
  const { type } = vector;
  const convert = converterOf(type, types);
  const cells = new Array<unknown>(count);
  for (let i = 0; i < count; i++) {
    const value: unknown = vector.get(i);
    cells[i] = value === null || records.some((record) => !record.isValid(i)) ? null : convert(value);
  }
  return cells;
}

function converterOf(type: DataType, types: typeof DataType): (value: unknown) => unknown {
  if (types.isTimestamp(type) || types.isDate(type)) return (value) => new Date(Number(value));
  // Parquet has no seconds of the day: a table saved as either holds the same numbers.
  if (types.isTime(type) && type.unit === SECOND) return (value) => 1000 * Number(value);
  if (types.isDecimal(type)) {
    const { scale } = type;
    return (value) => decimalOf(value as Uint32Array, scale);
  }
  return (value) => value;
}

/** A decimal's words, the lowest first, in two's complement. */
function decimalOf(words: Uint32Array, scale: number): number | bigint {
  let value = 0n;
  for (const [i, word] of words.entries()) value |= BigInt(word) << BigInt(32 * i);
  return decimalValue(BigInt.asIntN(32 * words.length, value), scale);
}

let installed = false;

/** pandas' to_feather packs with LZ4. */
async function installCodecs({
  compressionRegistry,
  CompressionType,
}: Pick<typeof import("apache-arrow"), "compressionRegistry" | "CompressionType">): Promise<void> {
  if (installed) return;
  const { decompress: unzstd } = await import("fzstd");
  compressionRegistry.set(CompressionType.ZSTD, { decode: (packed: Uint8Array) => aligned(unzstd(packed)) });
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: unpackLz4 });
  installed = true;
}

let isBounded = false;

/**
 * The library believes the length of each vector in a file's description, and makes an object for every element: of a damaged
 * file for as many as the memory holds. From now on it throws where the description is shorter.
 */
function boundVectors(): void {
  if (isBounded) return;
  isBounded = true;
  const read = ByteBuffer.prototype.__vector_len;
  ByteBuffer.prototype.__vector_len = function (offset) {
    const length = read.call(this, offset);
    if (length < 0 || length > this.capacity()) throw new Error("its description is cut off");
    return length;
  };
}

async function wholeFile({ open }: InputFile): Promise<Uint8Array> {
  const source = await open();
  try {
    // Unpacked, it is longer than the file.
    return await source.read(0, source.byteLength);
  } finally {
    await source.close?.();
  }
}

/** The same bytes from the start of a buffer, where numbers of any width may begin. */
function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset === 0 ? bytes : bytes.slice();
}
