// The files of other tools under test/golden/formats, which these tools wrote themselves.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const FOLDER = join(import.meta.dirname, "..", "..", "golden", "formats");

export type FileBytes = Record<string, Uint8Array<ArrayBuffer>>;

/** The files in a folder whose names match, unpacked. */
export function goldenFiles(pattern: RegExp, folder = ""): FileBytes {
  const files: FileBytes = {};
  for (const name of readdirSync(join(FOLDER, folder)).filter((file) => pattern.test(file))) {
    const bytes = readFileSync(join(FOLDER, folder, name));
    files[name.replace(/\.gz$/, "")] = Uint8Array.from(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  }
  return files;
}

export function goldenText(name: string): string {
  return readFileSync(join(FOLDER, name), "utf8");
}
