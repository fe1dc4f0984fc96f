// What of a folder is no table of its own: hidden files, what is there twice, what tools leave beside tables.

import type { Problem } from "../../base/problem.ts";
import type { InputFile } from "./input.ts";

/** A file that is not read, and why: completes "x was left out: …". */
export interface LeftOut {
  name: string;
  reason: string;
  /** The same as a problem, where the file was meant to be read. */
  fault?: Problem;
}

const PACKED = /\.(gz|gzip|zst|zstd|bz2|xz|zip)$/i;

/** As in "left out: x.txt is empty". */
export function leftOutText({ name, reason }: Pick<LeftOut, "name" | "reason">): string {
  return reason.startsWith(name) ? reason : `${name}, because ${reason}`;
}

/** The files without those that nobody means; a file that a person named is always meant. */
export function setAside(files: InputFile[]): { files: InputFile[]; leftOut: LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const visible = files.filter((file) => file.chosen || !isHidden(file.name));
  const seen = visible.length > 0 ? visible : files;
  for (const { name } of files.filter((file) => !seen.includes(file)))
    leftOut.push({ name, reason: "it is hidden, or a tool's own" });
  const names = new Set(seen.map(({ name }) => name));
  const kept = seen.filter((file) => {
    const plain = file.name.replace(PACKED, "");
    const twin = plain !== file.name && (names.has(plain) || packedBefore(file.name, plain, names));
    if (!twin || file.chosen) return true;
    leftOut.push({
      name: file.name,
      reason: `its rows are those of ${names.has(plain) ? plain : "the other packed file"}`,
    });
    return false;
  });
  return { files: kept, leftOut };
}

/** Whether the same file is there packed in a way that is tried before this one. */
function packedBefore(name: string, plain: string, names: Set<string>): boolean {
  for (const ending of [".gz", ".zst", ".bz2", ".xz", ".zip"]) {
    if (name.toLowerCase().endsWith(ending)) return false;
    if (names.has(plain + ending)) return true;
  }
  return false;
}

/** .ipynb_checkpoints, _SUCCESS, __MACOSX and their like. */
function isHidden(path: string): boolean {
  return path.split("/").some((part) => /^[._]/.test(part) && part !== "." && part !== "..");
}

/** Parts of whole files to compare. */
const COMPARED_BYTES = 1 << 16;

/** Leaves out copies: files of one folder and split that are as long as another and begin and end like it. */
export async function withoutCopies<F extends { file: InputFile }>(
  files: F[],
  splitOf: (name: string) => number | null,
): Promise<{ files: F[]; leftOut: LeftOut[] }> {
  const leftOut: LeftOut[] = [];
  const kept: F[] = [];
  const prints = new Map<string, string>();
  const lengths = new Map<number, number>();
  for (const { file } of files) lengths.set(file.byteLength, (lengths.get(file.byteLength) ?? 0) + 1);
  for (const opened of files) {
    const { file } = opened;
    if (file.chosen || lengths.get(file.byteLength) === 1 || file.byteLength === 0) {
      kept.push(opened);
      continue;
    }
    const print = `${splitOf(file.name)} ${file.byteLength} ${await printOf(file)}`;
    const first = prints.get(print);
    if (first === undefined) {
      prints.set(print, file.name);
      kept.push(opened);
    } else leftOut.push({ name: file.name, reason: `it is a copy of ${first}` });
  }
  return { files: kept, leftOut };
}

async function printOf({ byteLength, open }: InputFile): Promise<string> {
  const source = await open();
  try {
    const start = await source.read(0, Math.min(COMPARED_BYTES, byteLength));
    return `${hashOf(start)} ${hashOf(await source.read(Math.max(0, byteLength - COMPARED_BYTES), byteLength))}`;
  } finally {
    await source.close?.();
  }
}

function hashOf(bytes: Uint8Array): string {
  let a = 0;
  let b = 1;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = (Math.imul(b, 31) + byte) | 0;
  }
  return `${a} ${b}`;
}
