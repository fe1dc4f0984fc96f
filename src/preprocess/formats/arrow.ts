// Arrow IPC, as a file (Feather) or a stream: a record batch at a time.

import type { DataType, RecordBatch, RecordBatchFileReader, RecordBatchReader, Vector } from "apache-arrow";
import { ByteBuffer } from "flatbuffers";
import { problemError } from "../../base/result.ts";
import { unpackLz4 } from "../containers/lz4.ts";
import type { ColumnarFile } from "../tables/columnarFile.ts";
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
  const { fields } = open().schema ?? { fields: [] };
  // Lists of any kind, records and maps have children.
  const isNested = (type: DataType) => !DataType.isDictionary(type) && (type.children ?? []).length > 0;
  return {
    names: fields.map((field) => field.name),
    nested: fields.filter(({ type }) => isNested(type)).map((field) => field.name),
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
          column: async (column) => orProblem(() => cellsOf(batch.getChild(column), batch.numRows, DataType)),
        };
      }
    },
  };
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
  const isWhole = filled.every(({ type, valueOffsets, values, children }) => {
    // Offsets are one more than rows; lists and records are left out.
    if (valueOffsets as unknown) return valueOffsets.length > numRows;
    if (children.length > 0) return true;
    return types.isBool(type) ? 8 * values.length >= numRows : values.length >= numRows;
  });
  if (!isWhole || (filled.length === 0 && numRows > 0)) throw new Error("one of its columns is not whole");
}

function cellsOf(vector: Vector | null, count: number, types: typeof DataType): unknown[] {
  if (!vector || vector.length !== count) throw new Error("one of its columns is not whole");
  const { type } = vector;
  const convert = converterOf(type, types);
  const cells = new Array<unknown>(count);
  for (let i = 0; i < count; i++) {
    const value: unknown = vector.get(i);
    cells[i] = value === null ? null : convert(value);
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
function decimalOf(words: Uint32Array, scale: number): number {
  let value = 0n;
  for (const [i, word] of words.entries()) value |= BigInt(word) << BigInt(32 * i);
  return Number(BigInt.asIntN(32 * words.length, value)) / 10 ** scale;
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
