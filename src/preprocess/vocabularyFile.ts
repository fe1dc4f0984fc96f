// vocabulary.tsv: the frequent values in the order of their ids, a line each: column, value, count. Values stand there in
// the log's own bytes: a log's value holds neither tab nor newline.

import type { ByteSink } from "../shards/byteSink.ts";
import { createSha256 } from "../shards/checksums.ts";
import type { Manifest } from "../shards/manifest.ts";
import { VOCABULARY_FILE } from "../shards/manifest.ts";
import type { CountedValue } from "./vocabulary.ts";

const LINES_A_WRITE = 10_000;

/** Writes the vocabulary; returns what the manifest says of it. */
export async function writeVocabulary(
  sink: ByteSink,
  columns: { name: string; values: CountedValue[] }[],
): Promise<Manifest["vocabulary"]> {
  const hash = createSha256();
  let lines = ["column\tvalue\tcount\n"];
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
    for (const { value, count } of values) {
      lines.push(`${name}\t${value}\t${count}\n`);
      rows++;
      if (lines.length >= LINES_A_WRITE) await flush();
    }
  }
  await flush();
  await sink.close();
  return { file: VOCABULARY_FILE, rows, bytes, sha256: hash.hex() };
}

/** One byte a character. */
function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
