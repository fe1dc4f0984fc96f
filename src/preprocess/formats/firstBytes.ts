// What a file is by its first bytes. Apart from the readers: each is loaded when a file needs it.

import { dataViewOf } from "../../base/bytes.ts";
import { crc32c } from "../../shards/checksums.ts";

const HDF5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const PARQUET = [0x50, 0x41, 0x52, 0x31];
const ARROW_FILE = [0x41, 0x52, 0x52, 0x4f, 0x57, 0x31];
/** The length of a TFRecord's first record, and its checksum. */
export const TFRECORD_HEADER_BYTES = 12;

export function isHdf5(head: Uint8Array): boolean {
  return startsWith(head, HDF5);
}

export function isParquet(head: Uint8Array): boolean {
  return startsWith(head, PARQUET);
}

export function isArrow(head: Uint8Array): boolean {
  // A stream begins with the length of its schema, behind a mark.
  const isStream =
    head.length > 16 &&
    startsWith(head, [0xff, 0xff, 0xff, 0xff]) &&
    head[6] === 0 &&
    head[7] === 0 &&
    head[8]! > 0;
  return isStream || startsWith(head, ARROW_FILE);
}

export function isMindRecord(head: Uint8Array): boolean {
  const text = new TextDecoder("latin1").decode(head.subarray(8, 2000));
  return text.startsWith('{"') && text.includes('"header_size"') && text.includes('"page"');
}

/** Certain: the length of the first record has its checksum behind it. */
export function isTfRecord(head: Uint8Array): boolean {
  if (head.length < TFRECORD_HEADER_BYTES) return false;
  return maskedCrc(head.subarray(0, 8)) === dataViewOf(head).getUint32(8, true);
}

/** TFRecord's checksum. */
export function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

export function startsWith(head: Uint8Array, magic: number[]): boolean {
  return magic.every((byte, i) => head[i] === byte);
}
