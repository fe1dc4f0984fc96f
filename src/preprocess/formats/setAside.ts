// What of a folder is no table of its own: hidden files, what is there twice, what tools leave beside tables.

import type { Problem } from "../../base/problem.ts";
import { isGzip } from "../gzip.ts";
import type { InputFile } from "./input.ts";
import type { OpenedFile } from "./logSource.ts";

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

/** .ipynb_checkpoints, _SUCCESS, __MACOSX, editors' and browsers' unfinished copies, and their like. */
function isHidden(path: string): boolean {
  const isOwn = (part: string) =>
    (/^([._]|~\$|#.*#$)/.test(part) && part !== "." && part !== "..") ||
    /^(\$RECYCLE\.BIN|System Volume Information|lost\+found|@eaDir)$/.test(part);
  return (
    path.split("/").some(isOwn) ||
    /(~|\.(tmp|temp|swp|swo|bak|old|orig|part|partial|filepart|crdownload|download|lock|crc|md5|sha\d+))$/i.test(
      path,
    ) ||
    /(^|\/)(thumbs\.db|desktop\.ini)$/i.test(path)
  );
}

/** Parts of whole files to compare. */
const COMPARED_BYTES = 1 << 16;

/**
 * Leaves out copies: files of one folder and split that are as long as another and begin and end like it, and packed files
 * whose rows begin like those of another. `whole`: a text whose head is all of it, which may end its lines otherwise.
 */
export async function withoutCopies<F extends { opened: OpenedFile; whole?: boolean }>(
  files: F[],
  splitOf: (name: string) => number | null,
): Promise<{ files: F[]; leftOut: LeftOut[] }> {
  const leftOut: LeftOut[] = [];
  const kept: F[] = [];
  const prints = new Map<string, string>();
  const heads = new Map<string, string>();
  const lengths = new Map<number, number>();
  for (const { opened } of files)
    lengths.set(opened.file.byteLength, (lengths.get(opened.file.byteLength) ?? 0) + 1);
  const packed = new Set<F>();
  for (const one of files) if (await isPacked(one.opened.file)) packed.add(one);
  // "x (1).csv" is the copy, and x.csv is not.
  const shortest = files.toSorted((a, b) => a.opened.file.name.length - b.opened.file.name.length);
  const unpackedFirst = [
    ...shortest.filter((one) => !packed.has(one)),
    ...shortest.filter((one) => packed.has(one)),
  ];
  for (const one of unpackedFirst) {
    const { whole } = one;
    const { file, head } = one.opened;
    if (file.chosen || file.byteLength === 0) {
      kept.push(one);
      continue;
    }
    const place = `${splitOf(file.name)} ${partitionOf(file.name)}`;
    const headPrint = `${place} ${head.length} ${hashOf(head)}`;
    const print =
      lengths.get(file.byteLength) === 1 ? null : `${place} ${file.byteLength} ${await printOf(file)}`;
    const like = packed.has(one) && head.length > 0 ? heads.get(headPrint) : undefined;
    const text = whole ? `${place} text ${hashOf(plainLines(head))}` : null;
    const copied = [print, text].map((some) => some && prints.get(some)).find(Boolean);
    if (copied) leftOut.push({ name: file.name, reason: `it is a copy of ${copied}` });
    else if (like !== undefined) leftOut.push({ name: file.name, reason: `its rows are those of ${like}` });
    else {
      for (const some of [print, text]) if (some) prints.set(some, file.name);
      heads.set(headPrint, file.name);
      kept.push(one);
    }
  }
  return { files: files.filter((one) => kept.includes(one)), leftOut };
}

async function isPacked(file: InputFile): Promise<boolean> {
  if (file.packed || file.byteLength < 2) return file.packed ?? false;
  // A stream unpacks gzip by itself.
  const source = await file.open();
  try {
    return isGzip(await source.read(0, 2));
  } finally {
    await source.close?.();
  }
}

/** The folders that say a value, such as day=2014-10-21: what is alike in two of them is no copy. */
function partitionOf(name: string): string {
  return name
    .split("/")
    .slice(0, -1)
    .filter((part) => part.includes("="))
    .join("/");
}

/** A text as it is whatever ends its lines, and whether or not its last one ends. */
function plainLines(text: Uint8Array): Uint8Array {
  const lines = text.filter((byte) => byte !== 13);
  return lines.subarray(0, lines.findLastIndex((byte) => byte !== 10) + 1);
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
