// MindSpore's `.ckpt`: proto2, `Checkpoint { repeated Value value = 1 }`, `Value { string tag = 1; TensorProto tensor = 2 }`,
// `TensorProto { repeated int64 dims = 1; string tensor_type = 2; bytes tensor_content = 3 }`. Consecutive values of one
// tag are one array (MindSpore cuts at 512 MB), so a file can be written and read piece by piece.

import { concatenate } from "../../base/bytes.ts";
import { problemError } from "../../base/result.ts";
import type { ByteSource } from "../../shards/byteSource.ts";
import { fieldHead, varint } from "../bytes.ts";
import type { MindSporeArray } from "./names.ts";

const PIECE_BYTES = 512 << 20;
const MOST_TENSOR_BYTES = 1 << 30;

/** The file as pieces that follow each other; arrays are not copied. */
export function* encodeCkpt(arrays: MindSporeArray[]): Generator<Uint8Array<ArrayBuffer>> {
  for (const { name, shape, values } of arrays) {
    const bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const content = bytes.subarray(at, at + PIECE_BYTES);
      const tensorHead = concatenate([
        ...shape.map((size) => Uint8Array.from([8, ...varint(size)])),
        textField(2, "Float32"),
        fieldHead(3, content.length),
      ]);
      const valueHead = concatenate([
        textField(1, name),
        fieldHead(2, tensorHead.length + content.length),
        tensorHead,
      ]);
      yield concatenate([fieldHead(1, valueHead.length + content.length), valueHead]);
      yield content;
    }
  }
}

export type ReadArray = Omit<MindSporeArray, "name">;

/** The float32 arrays of a file by name; others (counters of the optimiser) are left out. Throws a ProblemError. */
export async function readCkpt(source: ByteSource): Promise<Map<string, ReadArray>> {
  const damaged = (reason: string) => problemError("ckpt-unreadable", { name: source.name, reason });
  const found = new Map<string, { shape: number[]; pieces: Uint8Array[] }>();
  for (let at = 0; at < source.byteLength; ) {
    const head = await source.read(at, Math.min(at + 11, source.byteLength));
    const field = readHead(head, 0);
    if (field?.number !== 1 || field.type !== 2) throw damaged("it is not a list of arrays");
    const start = at + field.end;
    if (field.length > MOST_TENSOR_BYTES || start + field.length > source.byteLength)
      throw damaged("it is cut off");
    const value = parseValue(await source.read(start, start + field.length));
    if (!value) throw damaged("one of its arrays has no name, shape or content");
    const { name, shape, type, content } = value;
    const pieces = found.get(name)?.pieces ?? [];
    if (type === "Float32") found.set(name, { shape, pieces: [...pieces, content] });
    at = start + field.length;
  }
  const arrays = new Map<string, ReadArray>();
  for (const [name, { shape, pieces }] of found) {
    const bytes = concatenate(pieces);
    const count = shape.reduce((a, b) => a * b, 1);
    if (bytes.length !== 4 * count)
      throw damaged(`${name} of shape [${shape.join(", ")}] has ${bytes.length} bytes`);
    arrays.set(name, { shape, values: new Float32Array(bytes.buffer) });
  }
  if (arrays.size === 0) throw damaged("it holds no array of numbers");
  return arrays;
}

interface Field {
  number: number;
  type: number;
  /** Of a field of bytes its length, of a varint its value. */
  length: number;
  /** Where its bytes begin, or the next field. */
  end: number;
}

function readHead(bytes: Uint8Array, at: number): Field | null {
  const key = readVarint(bytes, at);
  if (!key) return null;
  const value = readVarint(bytes, key.end);
  return value && { number: key.value >>> 3, type: key.value & 7, length: value.value, end: value.end };
}

function readVarint(bytes: Uint8Array, at: number): { value: number; end: number } | null {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return null;
    value += (byte & 127) * 2 ** (7 * i);
    if (byte < 128) return { value, end: at + i + 1 };
  }
  return null;
}

function parseValue(bytes: Uint8Array) {
  let name: string | null = null;
  let tensor: Uint8Array | null = null;
  for (let at = 0; at < bytes.length; ) {
    const field = readHead(bytes, at);
    if (field?.type !== 2) return null;
    const content = bytes.subarray(field.end, field.end + field.length);
    if (content.length < field.length) return null;
    if (field.number === 1) name = new TextDecoder().decode(content);
    if (field.number === 2) tensor = content;
    at = field.end + field.length;
  }
  if (name === null || tensor === null) return null;
  const shape: number[] = [];
  let type = "";
  let content = new Uint8Array();
  for (let at = 0; at < tensor.length; ) {
    const field = readHead(tensor, at);
    if (!field) return null;
    if (field.type === 0 && field.number === 1) shape.push(field.length);
    at = field.end;
    if (field.type === 0) continue;
    if (field.type !== 2) return null;
    const inner = tensor.subarray(at, at + field.length);
    if (inner.length < field.length) return null;
    // Some writers pack the dimensions.
    for (let p = 0; field.number === 1 && p < inner.length; ) {
      const size = readVarint(inner, p);
      if (!size) return null;
      shape.push(size.value);
      p = size.end;
    }
    if (field.number === 2) type = new TextDecoder().decode(inner);
    if (field.number === 3) content = inner.slice();
    at += field.length;
  }
  return { name, shape, type, content };
}

function textField(field: number, text: string): Uint8Array<ArrayBuffer> {
  const bytes = new TextEncoder().encode(text);
  return concatenate([fieldHead(field, bytes.length), bytes]);
}
