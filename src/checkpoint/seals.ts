// Checksums of a checkpoint. One covers the whole file and stands at its beginning. Programs that read the file and write
// it again put tensors and metadata in an order of their own, so further ones cover each part wherever it lies.

import { crc32c } from "../shards/checksums.ts";
import type { Header } from "./header.ts";

/** The whole file's, its own digits taken as zeros. It stands first, where it is found without parsing. */
export const SEAL_START = '{"__metadata__":{"crc32c":"';
export const UNSEALED = "00000000";

/** Metadata's name for those of the parts. */
export const CONTENTS = "contents";

/** A checksum of 32 bits as eight digits. */
export function hexadecimal(crc: number): string {
  return crc.toString(16).padStart(UNSEALED.length, "0");
}

/** `{"metadata": CRC, "tensors": {NAME: CRC}}` as JSON; `crcs` are those of the tensors' bytes. */
export function contentsText(metadata: Map<string, string>, crcs: Map<string, number>): string {
  const tensors = Object.fromEntries([...crcs].map(([name, crc]) => [name, hexadecimal(crc)]));
  return JSON.stringify({ metadata: metadataCrc(metadata), tensors });
}

/** What does not agree with `text`, as the rest of a sentence; tensors that are not among `crcs` are not compared. */
export function contentsFault(
  text: string,
  metadata: Map<string, string>,
  crcs: Map<string, number>,
): string | null {
  let stated: { metadata?: unknown; tensors?: Record<string, unknown> };
  try {
    stated = JSON.parse(text);
  } catch {
    return "its list of checksums is not JSON";
  }
  if (stated?.metadata !== metadataCrc(metadata)) return "its metadata are no longer those that were saved";
  for (const [name, crc] of crcs)
    if (stated.tensors?.[name] !== hexadecimal(crc))
      return `the numbers of ${name} are no longer those that were saved`;
  return null;
}

/** Whatever the order of the entries. */
function metadataCrc(metadata: Map<string, string>): string {
  const entries = [...metadata].sort(([a], [b]) => (a < b ? -1 : 1));
  return hexadecimal(crc32c(new TextEncoder().encode(JSON.stringify(entries))));
}

/**
 * Whether tensors are listed in the order of Python's safetensors: wide numbers first, each type by name. A checkpoint
 * that was saved here never is: its embedding stands before its branches. No damage brings tensors into order.
 */
export function isListedByPython({ entries }: Header): boolean {
  const listed = [...entries];
  if (listed.length < 2) return false;
  return listed.every(([name, { dtype, start }], i) => {
    const before = listed[i - 1];
    if (!before) return start === 0;
    const [previous, { dtype: type }] = before;
    return type === dtype ? previous < name : bits(type) >= bits(dtype);
  });
}

/** Of a dtype's name: F32, BF16, U8. */
function bits(dtype: string): number {
  return Number(/\d+$/.exec(dtype)?.[0] ?? 0);
}
