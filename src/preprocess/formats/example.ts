// tensorflow.Example, of Protocol Buffers only as much as it needs (protobuf.dev/programming-guides/encoding):
//
//   Example  { features: Features = 1 }
//   Features { feature: map<string, Feature> = 1 }, a map's entry being { key = 1, value = 2 }
//   Feature  { bytes_list = 1 | float_list = 2 | int64_list = 3 }, each { value = 1, repeated, packed or not }

/** The features that are lists of numbers, by name; others are there with null. */
export type Example = Map<string, ArrayLike<number> | null>;

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

const FLOAT_LIST = 2;
const INT64_LIST = 3;

/** Throws an Error that says what is wrong. */
export function parseExample(bytes: Uint8Array): Example {
  const example: Example = new Map();
  for (const features of messages(bytes, 1))
    for (const entry of messages(features, 1)) {
      let name = "";
      let value: Uint8Array = entry.subarray(0, 0);
      for (const field of fields(entry)) {
        if (field.bytes && field.number === 1) name = new TextDecoder().decode(field.bytes);
        if (field.bytes && field.number === 2) value = field.bytes;
      }
      example.set(name, parseFeature(value));
    }
  return example;
}

function parseFeature(bytes: Uint8Array): ArrayLike<number> | null {
  for (const { number, bytes: list } of fields(bytes)) {
    if (list && number === FLOAT_LIST) return floats(list);
    if (list && number === INT64_LIST) return integers(list);
  }
  return null;
}

function floats(list: Uint8Array): ArrayLike<number> {
  const found: number[] = [];
  for (const { number, bytes, at, wire } of fields(list)) {
    if (number !== 1) continue;
    if (wire === FIXED32) found.push(new DataView(list.buffer, list.byteOffset).getFloat32(at, true));
    else if (bytes) {
      if (bytes.length % 4 !== 0) throw new Error("a list of floats does not end with one");
      const packed = new Float32Array(bytes.slice().buffer);
      // The usual case: all in one piece.
      if (found.length === 0 && bytes.byteOffset + bytes.length === list.byteOffset + list.length)
        return packed;
      found.push(...packed);
    }
  }
  return found;
}

function integers(list: Uint8Array): number[] {
  const found: number[] = [];
  for (const { number, bytes, at, wire } of fields(list)) {
    if (number !== 1) continue;
    const from = bytes ?? list;
    const position = { at: bytes ? 0 : at };
    if (wire === VARINT) found.push(varint(from, position));
    else while (position.at < from.length) found.push(varint(from, position));
  }
  return found;
}

interface Field {
  number: number;
  wire: number;
  /** Where the value starts. */
  at: number;
  /** The value, of a field that has a length. */
  bytes?: Uint8Array;
}

/** The fields of a message, one after the other. */
function* fields(message: Uint8Array): Generator<Field> {
  const position = { at: 0 };
  while (position.at < message.length) {
    const tag = varint(message, position);
    const field: Field = { number: Math.floor(tag / 8), wire: tag % 8, at: position.at };
    switch (field.wire) {
      case VARINT:
        varint(message, position);
        break;
      case FIXED64:
        position.at += 8;
        break;
      case FIXED32:
        position.at += 4;
        break;
      case BYTES: {
        const length = varint(message, position);
        if (length < 0 || length > message.length - position.at) throw new Error("a field ends outside it");
        field.bytes = message.subarray(position.at, (position.at += length));
        break;
      }
      default:
        throw new Error(`a field is of an unknown kind, ${field.wire}`);
    }
    if (position.at > message.length) throw new Error("a field ends outside it");
    yield field;
  }
}

function* messages(message: Uint8Array, number: number): Generator<Uint8Array> {
  for (const field of fields(message)) if (field.number === number && field.bytes) yield field.bytes;
}

/** A 64-bit two's complement number, seven bits a byte, the lowest first; exact up to 2^53. */
function varint(bytes: Uint8Array, position: { at: number }): number {
  let value = 0;
  let weight = 1;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[position.at++];
    if (byte === undefined) throw new Error("a number ends outside it");
    value += (byte & 127) * weight;
    // Ten bytes are a negative number: 2^64 more than it.
    if (byte < 128) return i === 9 ? negative(bytes, position.at - 10) : value;
    weight *= 128;
  }
  throw new Error("a number is longer than 64 bits");
}

function negative(bytes: Uint8Array, at: number): number {
  let value = 0n;
  for (let i = 9; i >= 0; i--) value = (value << 7n) | BigInt(bytes[at + i]! & 127);
  return Number(BigInt.asIntN(64, value));
}
