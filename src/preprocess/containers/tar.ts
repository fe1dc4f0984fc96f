// tar: a header of 512 bytes, a file, padding, and so on. Names longer than a header's are in one of their own (pax, GNU).

import { type Cursor, createCursor } from "../formats/cursor.ts";
import type { ByteStream } from "./unpacking.ts";

const BLOCK = 512;
const PIECE_BYTES = 1 << 20;

export interface TarMember {
  name: string;
  byteLength: number;
}

export function isTar(head: Uint8Array): boolean {
  return head.length >= BLOCK && head[0] !== 0 && isHeader(head.subarray(0, BLOCK));
}

/** The files of an archive in their order; reads it to its end. Throws an Error where it is damaged. */
export async function listTar(stream: ByteStream): Promise<TarMember[]> {
  const members: TarMember[] = [];
  for await (const { name, byteLength } of walk(stream)) members.push({ name, byteLength });
  return members;
}

/** Reads the files of an archive one after the other in one pass: a file before the last one read begins another. */
export interface TarReader {
  /** The bytes of the file at this place among `listTar`'s. */
  read(place: number): ByteStream;
}

/** A pass over an archive, and the place of the file that it comes to next. */
interface Pass {
  members: ReturnType<typeof walk>;
  next: number;
}

/** `stream` gives the archive from its start. */
export function createTarReader(stream: () => ByteStream): TarReader {
  /** A pass that nobody reads just now. */
  const idle: Pass[] = [];
  return {
    async *read(place) {
      let pass = idle.pop();
      if (pass && pass.next > place) {
        await pass.members.return(undefined);
        pass = undefined;
      }
      pass ??= { members: walk(stream()), next: 0 };
      let failed = true;
      try {
        for (let found = await pass.members.next(); !found.done; found = await pass.members.next())
          if (pass.next++ === place) {
            failed = false;
            yield* found.value.bytes();
            return;
          }
      } catch (cause) {
        failed = true;
        throw cause;
      } finally {
        // Two may read at a time; one pass is kept.
        if (failed || idle.length > 0) await pass.members.return(undefined);
        else idle.push(pass);
      }
    },
  };
}

async function* walk(stream: ByteStream): AsyncGenerator<TarMember & { bytes(): ByteStream }> {
  const cursor = createCursor(stream);
  try {
    let long: { name?: string; byteLength?: number } = {};
    for (;;) {
      const header = (await cursor.take(BLOCK)).slice();
      // Two blocks of zeros end an archive; some writers leave them out.
      if (header.length === 0 || header.every((byte) => byte === 0)) return;
      if (header.length < BLOCK || !isHeader(header)) throw new Error("one of its headers is damaged");
      const type = String.fromCharCode(header[156]!);
      const byteLength = long.byteLength ?? sizeOf(header);
      if ("xgLK".includes(type)) {
        const bytes = (await cursor.take(sizeOf(header))).slice();
        if (bytes.length < sizeOf(header)) throw new Error("its end is missing");
        await skip(cursor, padding(sizeOf(header)));
        if (type === "L") long = { ...long, name: textOf(bytes) };
        if (type === "x") long = { ...long, ...paxOf(bytes) };
        continue;
      }
      const name = (long.name ?? nameOf(header)).replace(/^(\.\/)+/, "");
      long = {};
      let left = byteLength;
      async function* bytes(): ByteStream {
        while (left > 0) {
          const piece = await cursor.take(Math.min(left, PIECE_BYTES));
          if (piece.length === 0) throw new Error("its end is missing");
          left -= piece.length;
          yield piece;
        }
      }
      if (type === "0" || type === "\0" || type === "7") yield { name, byteLength, bytes };
      await skip(cursor, left + padding(byteLength));
    }
  } finally {
    await cursor.close();
  }
}

async function skip(cursor: Cursor, byteLength: number): Promise<void> {
  for (let left = byteLength; left > 0; ) {
    const piece = await cursor.take(Math.min(left, PIECE_BYTES));
    if (piece.length === 0) throw new Error("its end is missing");
    left -= piece.length;
  }
}

function padding(byteLength: number): number {
  return (BLOCK - (byteLength % BLOCK)) % BLOCK;
}

/** Whether a header's checksum is right: the sum of its bytes, its own eight taken as blanks. */
function isHeader(header: Uint8Array): boolean {
  const said = Number.parseInt(textOf(header.subarray(148, 156)).trim(), 8);
  let sum = 8 * 32;
  for (const [i, byte] of header.entries()) if (i < 148 || i >= 156) sum += byte;
  return sum === said;
}

/** Octal digits, or a binary number where those are too few. */
function sizeOf(header: Uint8Array): number {
  const field = header.subarray(124, 136);
  if ((field[0]! & 0x80) === 0) return Number.parseInt(textOf(field).trim() || "0", 8) || 0;
  let size = 0;
  for (const byte of field.subarray(4)) size = size * 256 + byte;
  return size;
}

function nameOf(header: Uint8Array): string {
  const name = textOf(header.subarray(0, 100));
  const prefix = textOf(header.subarray(257, 262)) === "ustar" ? textOf(header.subarray(345, 500)) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

/** "27 path=…\n", its length at its start. */
function paxOf(bytes: Uint8Array): { name?: string; byteLength?: number } {
  const found: { name?: string; byteLength?: number } = {};
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    const [, key, value] = /^\d+ ([^=]+)=(.*)$/s.exec(line) ?? [];
    if (key === "path") found.name = value!;
    if (key === "size") found.byteLength = Number(value);
  }
  return found;
}

function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end === -1 ? bytes : bytes.subarray(0, end));
}
