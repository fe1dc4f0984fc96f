// vocabulary.tsv: the frequent values in the order of their ids, a line each: column, value, count. Values stand there in
// the log's own bytes, names in UTF-8: neither holds a tab or a newline.

import { problemError } from "../base/result.ts";
import type { ByteSink } from "../shards/byteSink.ts";
import { type Folder, withFile } from "../shards/byteSource.ts";
import { createSha256 } from "../shards/checksums.ts";
import { categoryColumns, type Manifest, VOCABULARY_FILE } from "../shards/manifest.ts";
import type { CountedValue } from "./vocabulary.ts";

const LINES_A_WRITE = 10_000;
const HEADER = "column\tvalue\tcount";

/** Writes the vocabulary; returns what the manifest says of it. */
export async function writeVocabulary(
  sink: ByteSink,
  columns: { name: string; values: CountedValue[] }[],
): Promise<Manifest["vocabulary"]> {
  const hash = createSha256();
  let lines = [`${HEADER}\n`];
  let rows = 0;
  let bytes = 0;

  async function flush(): Promise<void> {
    const text = bytesOf(lines.join(""));
    lines = [];
    hash.update(text);
    bytes += text.length;
    await sink.write(text);
  }

  for (const { name, values } of columns) {
    const column = byteText(name);
    for (const { value, count } of values) {
      lines.push(`${column}\t${value}\t${count}\n`);
      rows++;
      if (lines.length >= LINES_A_WRITE) await flush();
    }
  }
  await flush();
  await sink.close();
  return { file: VOCABULARY_FILE, rows, bytes, sha256: hash.hex() };
}

/** The frequent values of each category, in id order. Throws a ProblemError where the file is not the manifest's. */
export async function readVocabulary(folder: Folder, manifest: Manifest): Promise<CountedValue[][]> {
  const { file, sha256: expected, bytes: byteLength } = manifest.vocabulary;
  const damaged = (reason: string) => problemError("vocabulary-damaged", { name: file, reason });
  const bytes = await withFile(folder, file, (source) => source.read(0, source.byteLength));
  if (bytes.length !== byteLength) throw damaged(`it has ${bytes.length} bytes instead of ${byteLength}`);
  const hash = createSha256();
  hash.update(bytes);
  if (hash.hex() !== expected) throw damaged("its checksum is wrong");
  const lines = textOf(bytes).split("\n").slice(1, -1);
  let at = 0;
  return categoryColumns(manifest).map(({ name, frequent }) =>
    lines.slice(at, (at += frequent)).map((line) => {
      const [column, value, count] = line.split("\t");
      // Names outside ASCII were once written in Latin-1.
      if ((column !== byteText(name) && column !== name) || value === undefined || !/^\d+$/.test(count ?? ""))
        throw damaged(`its lines are not those of column ${name}`);
      return { value, count: Number(count) };
    }),
  );
}

/** One character a byte of its UTF-8, as the values of a vocabulary are held. */
export function byteText(text: string): string {
  return textOf(new TextEncoder().encode(text));
}

/** One byte a character. */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** One character a byte. */
function textOf(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 1 << 15)
    parts.push(String.fromCharCode(...bytes.subarray(at, at + (1 << 15))));
  return parts.join("");
}
