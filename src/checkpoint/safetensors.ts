// Bytes ↔ named typed arrays in the safetensors format: eight bytes of header length (little-endian), a JSON header with
// each tensor's dtype, shape and place, then the values, one tensor after another without a gap.
// https://github.com/huggingface/safetensors#format

import { dataViewOf } from "../base/bytes.ts";
import { problem } from "../base/problem.ts";
import { err, ok, orThrow, problemError, type Result } from "../base/result.ts";
import type { ByteSource } from "../shards/byteSource.ts";
import { crc32c, joinedCrc32c } from "../shards/checksums.ts";
import { type Dtype, dtypeOf, dtypes, floatsOf, isHalf, layoutFault, type Tensor } from "./dtypes.ts";
import { type Header, type HeaderEntry, parseHeader } from "./header.ts";
import { portions } from "./portions.ts";
import {
  CONTENTS,
  contentsFault,
  contentsText,
  hexadecimal,
  isListedByPython,
  SEAL_START,
  UNSEALED,
} from "./seals.ts";

export type { Tensor } from "./dtypes.ts";

/** What a file holds. Metadata maps strings to strings: the format knows no more. */
export interface TensorFile {
  metadata: Map<string, string>;
  tensors: Map<string, Tensor>;
}

/** What happened to a file that another program read and wrote again. */
export interface SavedAgain {
  /** Tensors whose numbers were rounded to 16 bits. */
  rounded: string[];
  /** Whether the others carry checksums of their own, which were right; files of old do not. */
  checked: boolean;
}

export interface OpenedTensorFile extends TensorFile {
  /** null where the file is as it was saved here. */
  savedAgain: SavedAgain | null;
}

/** Values start on a multiple of this, so that arrays can be views of the file. */
const ALIGNMENT = 8;
const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 16 * 1024 * 1024;
/** Values read at a time. */
const READ_BYTES = 8 * 1024 * 1024;
const SEAL_AT = LENGTH_BYTES + SEAL_START.length;

/**
 * The file as pieces that follow each other: the header, then the arrays themselves, not copied. Its metadata gets
 * `crc32c`, the CRC-32C of the whole file, and `contents`, those of its parts; `breathe` is awaited every few
 * milliseconds of computing them.
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
  const crcs = new Map<string, number>();
  let end = 0;
  for (const [name, { shape, values }] of ordered) {
    const start = end;
    end += values.byteLength;
    entries.push([name, { dtype: dtypeOf(values), shape, data_offsets: [start, end] }]);
    let crc = 0;
    for (const portion of portions([bytesOf(values)])) {
      for (const part of portion) crc = crc32c(part, crc);
      await breathe();
    }
    crcs.set(name, crc);
  }
  const sealed = new Map([["crc32c", UNSEALED], ...metadata, [CONTENTS, contentsText(metadata, crcs)]]);
  const members = [["__metadata__", Object.fromEntries(sealed)] as const, ...entries].map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  const header = headerBytes(`{${members.join(",")}}`);
  let seal = crc32c(header);
  for (const [name, { values }] of ordered) seal = joinedCrc32c(seal, crcs.get(name)!, values.byteLength);
  header.set(new TextEncoder().encode(hexadecimal(seal)), SEAL_AT);
  return [header, ...ordered.map(([, { values }]) => bytesOf(values))];
}

/**
 * Reads a file that a person chose; `name` is used in sentences. Arrays are views of `bytes` wherever alignment lets
 * them. Every byte is covered by checksums, unless another program saved the file again.
 */
export function decodeSafetensors(bytes: Uint8Array<ArrayBuffer>, name: string): Result<OpenedTensorFile> {
  const head = headOf(bytes, bytes.length, name);
  if (!head.ok) return head;
  const { dataStart, inOrder } = head.value;
  const valuesOf = ({ start, end }: HeaderEntry) => bytes.subarray(dataStart + start, dataStart + end);
  const crcs = new Map(inOrder.map(([tensor, entry]) => [tensor, crc32c(valuesOf(entry))]));
  const verified = verify(head.value, crcs, name);
  if (!verified.ok) return verified;
  const tensors = new Map<string, Tensor>();
  for (const [tensor, entry] of head.value.header.entries)
    tensors.set(tensor, { shape: entry.shape, values: viewOf(entry.dtype, valuesOf(entry)) });
  return ok({ ...verified.value, tensors });
}

/**
 * The same of a file that may be larger than memory: all of it is read once, and those tensors are kept that `wanted`
 * names. Throws a ProblemError.
 */
export async function readSafetensors(
  source: ByteSource,
  name: string,
  wanted: (tensor: string) => boolean,
): Promise<OpenedTensorFile> {
  const { byteLength } = source;
  const read = async (start: number, end: number) =>
    (await source.read(start, Math.min(end, byteLength))) as Uint8Array<ArrayBuffer>;
  const first = await read(0, LENGTH_BYTES);
  const claimed = first.length < LENGTH_BYTES ? 0 : headerLengthOf(first);
  const start = await read(0, LENGTH_BYTES + Math.min(claimed, MAX_HEADER_BYTES));
  const head = orThrow(headOf(start, byteLength, name));
  const tensors = new Map<string, Tensor>();
  const crcs = new Map<string, number>();
  for (const [tensor, entry] of head.inOrder) {
    const kept = wanted(tensor) ? new Uint8Array(entry.end - entry.start) : null;
    let crc = 0;
    for (let at = entry.start; at < entry.end; at += READ_BYTES) {
      const from = head.dataStart + at;
      const bytes = await read(from, head.dataStart + Math.min(at + READ_BYTES, entry.end));
      crc = crc32c(bytes, crc);
      kept?.set(bytes, at - entry.start);
    }
    crcs.set(tensor, crc);
    if (kept) tensors.set(tensor, { shape: entry.shape, values: viewOf(entry.dtype, kept) });
  }
  return { ...orThrow(verify(head, crcs, name)), tensors };
}

/** The tensors of another program's file: nothing says whether they are as they were saved. Throws a ProblemError. */
export async function readForeignTensors(source: ByteSource, name: string): Promise<Map<string, Tensor>> {
  const damaged = (reason: string) => problemError("checkpoint-damaged", { name, reason });
  const read = async (start: number, end: number) =>
    new Uint8Array(await source.read(start, Math.min(end, source.byteLength)));
  const first = await read(0, LENGTH_BYTES);
  const headerLength = first.length < LENGTH_BYTES ? 0 : headerLengthOf(first);
  const dataStart = LENGTH_BYTES + headerLength;
  if (headerLength === 0 || headerLength > MAX_HEADER_BYTES || dataStart > source.byteLength)
    throw damaged("it has no header of the safetensors format");
  const text = utf8(await read(LENGTH_BYTES, dataStart));
  let header: Header;
  try {
    header = parseHeader(text ?? "");
  } catch (cause) {
    if (cause instanceof SyntaxError) throw damaged(cause.message);
    throw cause;
  }
  const fault = layoutFault(header, source.byteLength - dataStart, true);
  if (fault) throw damaged(fault);
  const tensors = new Map<string, Tensor>();
  for (const [tensor, { shape, dtype, start, end }] of header.entries)
    tensors.set(tensor, { shape, values: viewOf(dtype, await read(dataStart + start, dataStart + end)) });
  return tensors;
}

/**
 * Metadata out of a file's first bytes, for a list of files: its checksum is not verified. null when they are not the
 * beginning of a whole file of `byteLength` bytes.
 */
export function peekMetadata(head: Uint8Array<ArrayBuffer>, byteLength: number): Map<string, string> | null {
  const read = headOf(head, byteLength, "");
  return read.ok && read.value.seal !== null ? read.value.header.metadata : null;
}

/** A file's header, checked by itself. */
interface Head {
  header: Header;
  /** Tensors in the order of their places. */
  inOrder: [string, HeaderEntry][];
  dataStart: number;
  /** The checksum as it stands where this studio writes it; null where it does not. */
  seal: string | null;
  /** CRC-32C of the header, the seal's digits as zeros. */
  crc: number;
  /** Listed as another program lists them. */
  savedAgain: boolean;
}

/** The first character of a safetensors header. */
const OPENING_BRACE = "{".charCodeAt(0);

function headOf(bytes: Uint8Array<ArrayBuffer>, byteLength: number, name: string): Result<Head> {
  const damaged = (reason: string) => err(problem("checkpoint-damaged", { name, reason }));
  const foreign = () => err(problem("checkpoint-foreign", { name }));
  if (bytes.length < LENGTH_BYTES + 2) return damaged(`it has ${bytes.length} bytes, too few for a header`);
  const headerLength = headerLengthOf(bytes);
  const room = Math.min(byteLength - LENGTH_BYTES, MAX_HEADER_BYTES);
  // Noise has no header at all; where a header begins, its length was damaged or the file cut short.
  if (headerLength > room)
    return bytes[LENGTH_BYTES] === OPENING_BRACE
      ? damaged(`its header claims ${headerLength} bytes, and at most ${room} can follow`)
      : foreign();
  const dataStart = LENGTH_BYTES + headerLength;
  if (bytes.length < dataStart) return damaged("its header is cut off");
  const declared = utf8(bytes.subarray(LENGTH_BYTES, SEAL_AT + UNSEALED.length)) ?? "";
  const seal = declared.startsWith(SEAL_START) ? declared.slice(SEAL_START.length) : null;
  const text = utf8(bytes.subarray(LENGTH_BYTES, dataStart));
  if (text === null) return seal === null ? foreign() : damaged("its header is not UTF-8");
  let header: Header;
  try {
    header = parseHeader(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    return seal === null ? foreign() : damaged(cause.message);
  }
  const savedAgain = header.metadata.has("crc32c") && isListedByPython(header);
  if (seal === null && !savedAgain) return foreign();
  const fault = layoutFault(header, byteLength - dataStart, savedAgain);
  if (fault) return damaged(fault);
  const inOrder = [...header.entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  const unsealed = bytes.slice(0, dataStart);
  if (seal !== null) unsealed.set(new TextEncoder().encode(UNSEALED), SEAL_AT);
  return ok({ header, inOrder, dataStart, seal, crc: crc32c(unsealed), savedAgain });
}

/** Compares checksums; `crcs` are those of the tensors as they were read. */
function verify(
  { header, inOrder, seal, crc, savedAgain }: Head,
  crcs: Map<string, number>,
  name: string,
): Result<Omit<OpenedTensorFile, "tensors">> {
  let whole = crc;
  for (const [tensor, { start, end }] of inOrder) whole = joinedCrc32c(whole, crcs.get(tensor)!, end - start);
  const metadata = new Map(header.metadata);
  const contents = metadata.get(CONTENTS);
  for (const key of ["crc32c", CONTENTS]) metadata.delete(key);
  if (seal === hexadecimal(whole)) return ok({ metadata, savedAgain: null });
  const damaged = (reason: string) => err(problem("checkpoint-damaged", { name, reason }));
  if (!savedAgain) return damaged("its checksum is wrong, so it was cut short or changed after it was saved");
  const rounded = inOrder.filter(([, { dtype }]) => isHalf(dtype)).map(([tensor]) => tensor);
  const unrounded = new Map([...crcs].filter(([tensor]) => !rounded.includes(tensor)));
  const fault = contents === undefined ? null : contentsFault(contents, metadata, unrounded);
  if (fault) return damaged(`another program saved it again, and ${fault}`);
  return ok({ metadata, savedAgain: { rounded, checked: contents !== undefined } });
}

function headerLengthOf(bytes: Uint8Array): number {
  const view = dataViewOf(bytes);
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

function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function viewOf(dtype: string, bytes: Uint8Array<ArrayBuffer>): Tensor["values"] {
  if (isHalf(dtype)) return floatsOf(dtype, bytes);
  const type = dtypes[dtype as Dtype];
  const aligned = bytes.byteOffset % type.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  return new type(aligned.buffer, aligned.byteOffset, aligned.byteLength / type.BYTES_PER_ELEMENT);
}

function bytesOf({ buffer, byteOffset, byteLength }: Tensor["values"]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
}
