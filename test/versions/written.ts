// Files that earlier versions wrote, as tests read them.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const root = join(import.meta.dirname, "../golden/versions");

export const VERSIONS = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

export interface WrittenFiles {
  path(name: string): string;
  bytes(name: string): Uint8Array<ArrayBuffer>;
  text(name: string): string;
  /** The files below a folder, without the `.gz` that they were packed with. */
  names(folder: string): string[];
}

/** The files of a version; those that were packed with gzip are unpacked. */
export function writtenBy(version: string): WrittenFiles {
  const path = (name: string) => join(root, version, name);
  function bytes(name: string): Uint8Array<ArrayBuffer> {
    const packed = readdirSync(join(path(name), "..")).includes(`${name.split("/").at(-1)}.gz`);
    return new Uint8Array(packed ? gunzipSync(readFileSync(`${path(name)}.gz`)) : readFileSync(path(name)));
  }
  return {
    path,
    bytes,
    text: (name) => new TextDecoder().decode(bytes(name)),
    names: (folder) =>
      readdirSync(path(folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => join(parentPath, name).slice(path(folder).length + 1))
        .map((name) => name.replaceAll("\\", "/").replace(/\.gz$/, "")),
  };
}
