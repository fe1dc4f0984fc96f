// Files that a person chose, wherever they lie: read in ranges, or from start to end and unpacked.

import { type ByteSource, blobSource } from "../../shards/byteSource.ts";
import { readBlob } from "../readBlob.ts";

/** Called with the number of bytes that are read of a file as it lies on the disk. */
export type OnBytes = (bytesRead: number) => void;

export interface InputFile {
  /** With the folders below what the person chose: `train/part_0.parquet`. */
  name: string;
  byteLength: number;
  /** A person named the file itself, not a folder that it lies in. */
  chosen?: boolean;
  /** Its stream unpacks it, and opening it takes it into memory. */
  packed?: boolean;
  open(): Promise<ByteSource>;
  /**
   * The bytes from start to end, unpacked where they are gzip's; with `reuse` the next piece may overwrite one. Throws a
   * ProblemError.
   */
  stream(onProgress: OnBytes, reuse?: boolean): AsyncIterable<Uint8Array>;
}

/** A file that was picked or dropped. */
export function blobInput(name: string, blob: Blob): InputFile {
  return {
    name,
    byteLength: blob.size,
    open: async () => blobSource(name, blob),
    stream: (onProgress) => readBlob(blob, name, onProgress),
  };
}

/** What describes FuxiCTR's files, beside them. */
export const FEATURE_MAP_FILE = "feature_map.json";

/** Whether the file has this name, in whichever folder. */
export function isNamed({ name }: InputFile, wanted: string): boolean {
  return name === wanted || name.endsWith(`/${wanted}`);
}

/** The first bytes, at most `limit` of them, as `stream` gives them. */
export async function headOf(file: InputFile, limit: number): Promise<Uint8Array> {
  const head = new Uint8Array(limit);
  let filled = 0;
  for await (const bytes of file.stream(() => {})) {
    const taken = bytes.subarray(0, limit - filled);
    head.set(taken, filled);
    filled += taken.length;
    if (filled === limit) break;
  }
  return head.subarray(0, filled);
}
