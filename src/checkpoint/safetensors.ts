// Bytes ↔ named typed arrays in the safetensors format: eight bytes of header length (little-endian), a JSON header with
// each tensor's dtype, shape and place, then the values, one tensor after another without a gap.
// https://github.com/huggingface/safetensors#format

import { problem } from "../base/problem.ts";
import { err, ok, type Result } from "../base/result.ts";
import { crc32c } from "../shards/checksums.ts";
import { type Header, parseHeader } from "./header.ts";
import { portions } from "./portions.ts";

/** Row-major values. */
export interface Tensor {
  shape: number[];
  values: Float32Array | Float64Array | Int32Array | Uint8Array;
}

/** What a file holds. Metadata maps strings to strings: the format knows no more. */
export interface TensorFile {
  metadata: Map<string, string>;
  tensors: Map<string, Tensor>;
}

const dtypes = { F64: Float64Array, F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;
type Dtype = keyof typeof dtypes;

/** Values start on a multiple of this, so that arrays can be views of the file. */
const ALIGNMENT = 8;
const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 16 * 1024 * 1024;
// The checksum of the whole file, its own digits taken as zeros. It stands first, where it is found without parsing.
const SEAL_START = '{"__metadata__":{"crc32c":"';
const SEAL_AT = LENGTH_BYTES + SEAL_START.length;
const UNSEALED = "00000000";

/**
 * The file as pieces that follow each other: the header, then the arrays themselves, not copied. Its metadata gets
 * `crc32c`, the CRC-32C of the whole file; `breathe` is awaited every few milliseconds of computing it.
 */
export async function encodeSafetensors(
  { metadata, tensors }: TensorFile,
  breathe: () => Promise<void> = async () => {},
): Promise<Uint8Array<ArrayBuffer>[]> {
  // Wide numbers first: then every array is aligned without gaps, which the format forbids.
  const ordered = [...tensors].sort(
    ([, a], [, b]) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT,
  );
  const entries: [string, unknown][] = [];
  let end = 0;
  for (const [name, { shape, values }] of ordered) {
    const start = end;
    end += values.byteLength;
    entries.push([name, { dtype: dtypeOf(values), shape, data_offsets: [start, end] }]);
  }
  const members = [
    ["__metadata__", Object.fromEntries([["crc32c", UNSEALED], ...metadata])] as const,
    ...entries,
  ].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  const header = headerBytes(`{${members.join(",")}}`);
  const pieces = [header, ...ordered.map(([, { values }]) => bytesOf(values))];
  let seal = 0;
  for (const portion of portions(pieces)) {
    for (const part of portion) seal = crc32c(part, seal);
    await breathe();
  }
  header.set(new TextEncoder().encode(hexadecimal(seal)), SEAL_AT);
  return pieces;
}

/**
 * Reads a file that a person chose; `name` is used in sentences. Arrays are views of `bytes` wherever alignment lets
 * them. Every byte is covered by the checksum, which is verified before anything is parsed.
 */
export function decodeSafetensors(bytes: Uint8Array<ArrayBuffer>, name: string): Result<TensorFile> {
  const damaged = (reason: string) => err(problem("checkpoint-damaged", { name, reason }));
  if (bytes.length < LENGTH_BYTES + 2) return damaged(`it has ${bytes.length} bytes, too few for a header`);
  const headerLength = headerLengthOf(bytes);
  const room = Math.min(bytes.length - LENGTH_BYTES, MAX_HEADER_BYTES);
  if (headerLength > room)
    return damaged(`its header claims ${headerLength} bytes, and has room for ${room}`);
  const declared = utf8(bytes.subarray(LENGTH_BYTES, SEAL_AT + UNSEALED.length)) ?? "";
  if (!declared.startsWith(SEAL_START)) return err(problem("checkpoint-foreign", { name }));
  if (declared.slice(SEAL_START.length) !== hexadecimal(sealOf(bytes)))
    return damaged("its checksum is wrong, so it was cut short or changed after it was saved");

  const text = utf8(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerLength));
  if (text === null) return damaged("its header is not UTF-8 text");
  let header: Header;
  try {
    header = parseHeader(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return damaged(cause.message);
  }
  const data = bytes.subarray(LENGTH_BYTES + headerLength);
  const fault = layoutFault(header, data.length);
  if (fault) return damaged(fault);
  const { metadata, entries } = header;
  metadata.delete("crc32c");
  const tensors = new Map<string, Tensor>();
  for (const [tensorName, { dtype, shape, start, end }] of entries)
    tensors.set(tensorName, { shape, values: valuesOf(dtype as Dtype, data.subarray(start, end)) });
  return ok({ metadata, tensors });
}

/**
 * Metadata out of a file's first bytes, for a list of files: its checksum is not verified. null when they are not the
 * beginning of a whole file of `byteLength` bytes.
 */
export function peekMetadata(head: Uint8Array<ArrayBuffer>, byteLength: number): Map<string, string> | null {
  if (head.length < LENGTH_BYTES) return null;
  const headerLength = headerLengthOf(head);
  const text = utf8(head.subarray(LENGTH_BYTES, LENGTH_BYTES + headerLength));
  if (!text?.startsWith(SEAL_START) || head.length < LENGTH_BYTES + headerLength) return null;
  try {
    const header = parseHeader(text);
    return layoutFault(header, byteLength - LENGTH_BYTES - headerLength) ? null : header.metadata;
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return null;
  }
}

/** What is wrong with dtypes, shapes and offsets, as the rest of a sentence; null when nothing is. */
function layoutFault({ entries }: Header, byteLength: number): string | null {
  for (const [name, { dtype, shape, start, end }] of entries) {
    if (!Object.hasOwn(dtypes, dtype)) return `tensor "${name}" has the dtype ${dtype}`;
    const size = shape.reduce((a, b) => a * b, dtypes[dtype as Dtype].BYTES_PER_ELEMENT);
    if (size !== end - start)
      return `tensor "${name}" of shape [${shape.join(", ")}] takes ${size} bytes, not ${end - start}`;
  }
  let reached = 0;
  const inOrder = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  for (const [name, { start, end }] of inOrder) {
    if (start !== reached) return `tensor "${name}" starts at ${start} where ${reached} was due`;
    reached = end;
  }
  return reached === byteLength ? null : `its tensors take ${reached} bytes, and ${byteLength} follow`;
}

function headerLengthOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
}

function headerBytes(text: string): Uint8Array<ArrayBuffer> {
  const json = new TextEncoder().encode(text);
  const padded = Math.ceil((LENGTH_BYTES + json.length) / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(padded).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded - LENGTH_BYTES), true);
  bytes.set(json, LENGTH_BYTES);
  return bytes;
}

/** CRC-32C of a file with its seal's digits as zeros. */
function sealOf(bytes: Uint8Array): number {
  const before = crc32c(bytes.subarray(0, SEAL_AT));
  const digits = crc32c(new TextEncoder().encode(UNSEALED), before);
  return crc32c(bytes.subarray(SEAL_AT + UNSEALED.length), digits);
}

function hexadecimal(crc: number): string {
  return crc.toString(16).padStart(UNSEALED.length, "0");
}

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function dtypeOf(values: Tensor["values"]): Dtype {
  return (Object.keys(dtypes) as Dtype[]).find((dtype) => values instanceof dtypes[dtype])!;
}

function valuesOf(dtype: Dtype, bytes: Uint8Array<ArrayBuffer>): Tensor["values"] {
  const type = dtypes[dtype];
  const aligned = bytes.byteOffset % type.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new type(aligned.buffer, aligned.byteOffset, aligned.byteLength / type.BYTES_PER_ELEMENT);
}

function bytesOf({ buffer, byteOffset, byteLength }: Tensor["values"]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
