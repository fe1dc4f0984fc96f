// Where bytes come from: one interface for a picked file, an address, a disk and memory.

import { browserReason, networkReason } from "../base/browserReason.ts";
import { ProblemError, problemError } from "../base/result.ts";
import { checkManifestLength, MANIFEST_FILE } from "./manifest.ts";

/** Gives an array of a length, whatever is in it. */
export type Allocate = (byteLength: number) => Uint8Array<ArrayBuffer>;

/** A file that can be read in ranges. Reading throws a ProblemError. */
export interface ByteSource {
  name: string;
  byteLength: number;
  /**
   * The bytes [start, end), exactly `end − start` of them. They lie where `allocate` says, if the source has to put them
   * somewhere.
   */
  read(start: number, end: number, allocate?: Allocate): Promise<Uint8Array>;
  /** Gives back what is held open. */
  close?(): Promise<void>;
}

/** The files of one data set. */
export interface Folder {
  /** Throws a ProblemError when there is no such file. */
  open(name: string): Promise<ByteSource>;
}

/** What `use` makes of a file of `folder`, which is open meanwhile. */
export async function withFile<T>(
  folder: Folder,
  name: string,
  use: (file: ByteSource) => Promise<T>,
): Promise<T> {
  const file = await folder.open(name);
  try {
    return await use(file);
  } finally {
    await file.close?.();
  }
}

/** Memory for a read that nothing else uses. */
export function allocateNew(byteLength: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(byteLength);
}

/** Files held in memory, by name. */
export function memoryFolder(files: Map<string, Uint8Array>): Folder {
  return {
    async open(name) {
      const bytes = files.get(name);
      if (!bytes) throw missing(name, "The data set");
      return memorySource(name, bytes);
    },
  };
}

/** Bytes that are in memory. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return { name, byteLength: bytes.length, read: async (start, end) => bytes.subarray(start, end) };
}

/** Files that a person dropped or picked, all of one folder. */
export function filesFolder(files: File[]): Folder {
  return {
    async open(name) {
      const file = files.find((candidate) => candidate.name === name);
      if (!file) throw missing(name, "What you chose");
      return blobSource(name, file);
    },
  };
}

/** A file of the browser's, read where it lies. */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    byteLength: blob.size,
    async read(start, end) {
      try {
        return new Uint8Array(await blob.slice(start, end).arrayBuffer());
      } catch (cause) {
        throw problemError("file-unreadable", { name, reason: browserReason(cause) });
      }
    },
  };
}

/** Whole files of one address, together: more of them would fill the memory. */
const MOST_WHOLE_BYTES = 256 << 20;

/** What of whole files may be held in memory. */
interface Room {
  /** Throws a ProblemError where a file of so many bytes is too long. */
  check(byteLength: number): void;
  hold(byteLength: number): void;
}

/**
 * Files beside the manifest at an address, read by range requests. A server that ignores ranges sends whole files, which
 * are held in memory; a ProblemError is thrown when they become too many.
 */
export function urlFolder(manifestUrl: string): Folder {
  let held = 0;
  return {
    async open(name) {
      if (name === MANIFEST_FILE)
        return openUrl(manifestUrl, {
          check: (byteLength) => checkManifestLength(manifestUrl, byteLength),
          hold() {},
        });
      const address = new URL(name, manifestUrl).href;
      return openUrl(address, {
        check(byteLength) {
          if (held + byteLength > MOST_WHOLE_BYTES) throw problemError("ranges-ignored", { address });
        },
        hold(byteLength) {
          held += byteLength;
        },
      });
    },
  };
}

async function openUrl(address: string, room: Room): Promise<ByteSource> {
  // The first byte's answer gives the length, and whether the server knows ranges.
  const first = await request(address, 0, 1);
  if (first.status === 404 || first.status === 410)
    throw problemError("address-not-found", { address, status: first.status });
  if (!first.ok) throw unreachable(address, `the server answers ${first.status} ${first.statusText}`.trim());
  const total = /\/(\d+)$/.exec(first.headers.get("Content-Range") ?? "");
  if (first.status !== 206 || !total) {
    const response = first.status === 206 ? await request(address) : first;
    const whole = await wholeBody(response, address, room);
    return {
      name: address,
      byteLength: whole.length,
      read: async (start, end) => whole.subarray(start, end),
    };
  }
  await first.body?.cancel();
  return {
    name: address,
    byteLength: Number(total[1]),
    async read(start, end) {
      const response = await request(address, start, end);
      if (!response.ok) throw unreachable(address, `the server answers ${response.status}`);
      const bytes = await body(response, address);
      return response.status === 206 ? bytes : bytes.subarray(start, end);
    },
  };
}

async function request(address: string, start?: number, end?: number): Promise<Response> {
  try {
    return await fetch(
      address,
      start === undefined ? {} : { headers: { Range: `bytes=${start}-${end! - 1}` } },
    );
  } catch (cause) {
    throw unreachable(address, networkReason(cause));
  }
}

/** All that the server sends, unless it is too much by what it announces or by what has come. */
async function wholeBody(response: Response, address: string, room: Room): Promise<Uint8Array> {
  const reader = response.body!.getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let byteLength = 0;
  try {
    room.check(Number(response.headers.get("Content-Length") ?? 0));
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      byteLength += value.length;
      room.check(byteLength);
      pieces.push(value);
    }
  } catch (cause) {
    await reader.cancel().catch(() => {});
    throw cause instanceof ProblemError ? cause : unreachable(address, networkReason(cause));
  }
  room.hold(byteLength);
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

async function body(response: Response, address: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    throw unreachable(address, networkReason(cause));
  }
}

function missing(name: string, where: string): ProblemError {
  return problemError("file-missing", { name, where });
}

function unreachable(address: string, reason: string): ProblemError {
  return problemError("address-unreachable", { address, reason });
}
