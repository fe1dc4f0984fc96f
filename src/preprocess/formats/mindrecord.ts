// MindRecord, MindSpore's format (mindspore/ccsrc/minddata/mindrecord): a u64 length and a JSON header, then pages of a
// fixed size. Pages of blobs hold rows one after the other, so the SQLite index beside the file is not needed.
//
//   row of a blob page:  u64 little-endian length, then the fields in the order of `blob_fields`, each a u64 big-endian
//                        length and its bytes (without the length where there is but one field)
//   int32 and int64:     from version 3.0 on packed: u32 big-endian count, a code of two bits for each width, four to a
//                        byte from the top (1, 2, 4 or 8 bytes), then the numbers themselves, signed, little-endian
//   float32, float64:    little-endian

import { dataViewOf } from "../../base/bytes.ts";
import { type ProblemError, problemError } from "../../base/result.ts";
import { z } from "../../base/zod.ts";
import type { ByteSource } from "../../shards/byteSource.ts";
import { type IdRecord, openIdRows } from "./idRows.ts";
import type { InputFile, OnBytes } from "./input.ts";
import type { LogSource, OpenedFile, OpenOptions } from "./logSource.ts";

const NAME = "MindRecord";
const LARGEST_HEADER = 128 << 20;
const FIELDS = ["feat_ids", "feat_vals", "label"] as const;
const EXPECTED = "Its schema should hold feat_ids (int32), feat_vals (float32) and label (float32)";

const size = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const fieldSchema = z.looseObject({ type: z.string() });
const headerSchema = z.looseObject({
  header_size: size,
  page_size: size,
  version: z.string(),
  page: z.array(
    z.looseObject({
      page_id: size,
      page_type: z.string(),
      /** Bytes of it that are in use. */
      page_size: size,
      start_row_id: size,
      end_row_id: size,
    }),
  ),
  schema: z
    .array(z.looseObject({ blob_fields: z.array(z.string()), schema: z.record(z.string(), fieldSchema) }))
    .length(1),
});
type Header = z.infer<typeof headerSchema>;
type FieldName = (typeof FIELDS)[number];

/** Files of one writer are shards, NAME0, NAME1, …; each is read on its own. */
export function openMindRecord(files: OpenedFile[], options: OpenOptions): Promise<LogSource> {
  return openIdRows(
    { name: NAME, read: ({ file }, onProgress) => readRecords(file, onProgress) },
    files,
    options,
  );
}

async function* readRecords(file: InputFile, onProgress: OnBytes): AsyncGenerator<IdRecord> {
  const damaged = (reason: string) =>
    problemError("format-damaged", { name: file.name, format: NAME, reason });
  const source = await file.open();
  try {
    const header = await readHeader(source, damaged);
    const columns = columnsOf(header, file.name);
    let row = 0;
    for (const page of header.page) {
      if (page.page_type !== "BLOB_DATA") continue;
      const start = header.header_size + page.page_id * header.page_size;
      if (page.page_size > header.page_size) throw damaged(`page ${page.page_id} is larger than a page`);
      if (start + page.page_size > source.byteLength) throw damaged(`it ends within page ${page.page_id}`);
      const bytes = await source.read(start, start + page.page_size);
      onProgress(start + bytes.length);
      const before = row;
      for (const blob of framed(bytes, true, damaged)) yield readRow(blob, columns, `row ${row++}`, damaged);
      if (row - before !== page.end_row_id - page.start_row_id)
        throw damaged(`page ${page.page_id} has ${row - before} rows, which is not what the header says`);
    }
  } finally {
    await source.close?.();
  }
}

type Damaged = (reason: string) => ProblemError;

async function readHeader(source: ByteSource, damaged: Damaged): Promise<Header> {
  const start = await source.read(0, 8);
  const length = start.length < 8 ? 0 : Number(dataViewOf(start).getBigUint64(0, true));
  if (length === 0 || length > Math.min(LARGEST_HEADER, source.byteLength - 8))
    throw damaged("it ends within its header");
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await source.read(8, 8 + length));
    return headerSchema.parse(JSON.parse(text));
  } catch (cause) {
    const issue = cause instanceof z.ZodError ? cause.issues[0]! : null;
    throw damaged(
      issue ? `its header is not as it should be at ${issue.path.join(".")}` : "its header cannot be read",
    );
  }
}

interface Column {
  name: string;
  /** Undefined for a field that is passed over. */
  decode?: (bytes: Uint8Array) => ArrayLike<number>;
}

/** How each field of a blob is decoded, in their order. */
function columnsOf({ schema: [schema], version }: Header, name: string): Column[] {
  const { blob_fields: names, schema: types } = schema!;
  const mismatch = (reason: string) =>
    problemError("format-mismatch", { name, format: NAME, reason, expected: EXPECTED });
  const missing = FIELDS.find((field) => !names.includes(field));
  if (missing) throw mismatch(`its arrays are ${names.join(", ") || "none"}`);
  const columns = names.map((field): Column => {
    if (!FIELDS.includes(field as FieldName)) return { name: field };
    const type = types[field]?.type ?? "missing";
    const decode = decoders(version)[type];
    if (!decode) throw mismatch(`its field ${field} is of the type ${type}`);
    return { name: field, decode };
  });
  return columns;
}

function decoders(version: string): Record<string, (bytes: Uint8Array) => ArrayLike<number>> {
  const packed = Number.parseInt(version, 10) >= 3;
  return {
    int32: packed ? unpackIntegers : (bytes) => new Int32Array(bytes.slice().buffer),
    int64: packed ? unpackIntegers : (bytes) => Array.from(new BigInt64Array(bytes.slice().buffer), Number),
    float32: (bytes) => new Float32Array(bytes.slice().buffer),
    float64: (bytes) => new Float64Array(bytes.slice().buffer),
  };
}

/** What lies in pieces that each have a length before them. */
function* framed(bytes: Uint8Array, littleEndian: boolean, damaged: Damaged): Generator<Uint8Array> {
  const view = dataViewOf(bytes);
  for (let at = 0; at < bytes.length; ) {
    const length = at + 8 > bytes.length ? -1 : Number(view.getBigUint64(at, littleEndian));
    at += 8;
    if (length < 0 || length > bytes.length - at) throw damaged("a piece of a page ends outside it");
    yield bytes.subarray(at, (at += length));
  }
}

function readRow(blob: Uint8Array, columns: Column[], where: string, damaged: Damaged): IdRecord {
  const pieces = columns.length === 1 ? [blob] : [...framed(blob, false, damaged)];
  if (pieces.length !== columns.length)
    throw damaged(`${where} has ${pieces.length} fields instead of ${columns.length}`);
  const read = (name: FieldName): ArrayLike<number> => {
    const c = columns.findIndex((column) => column.name === name);
    try {
      return columns[c]!.decode!(pieces[c]!);
    } catch {
      throw damaged(`${name} of ${where} cannot be decoded`);
    }
  };
  return { where, ids: read("feat_ids"), values: read("feat_vals"), labels: read("label") };
}

/** Throws an Error where the bytes are not of such a list. */
function unpackIntegers(bytes: Uint8Array): Float64Array {
  const view = dataViewOf(bytes);
  const count = view.getUint32(0, false);
  let at = 4 + Math.ceil(count / 4);
  if (at > bytes.length) throw new RangeError("the list is cut off");
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const width = 1 << ((bytes[4 + (i >> 2)]! >> (6 - 2 * (i & 3))) & 3);
    numbers[i] = integerAt(view, at, width);
    at += width;
  }
  if (at !== bytes.length) throw new RangeError("the list has more bytes than numbers");
  return numbers;
}

function integerAt(view: DataView, at: number, width: number): number {
  switch (width) {
    case 1:
      return view.getInt8(at);
    case 2:
      return view.getInt16(at, true);
    case 4:
      return view.getInt32(at, true);
    default:
      return Number(view.getBigInt64(at, true));
  }
}
