// JSON as other tools write it: objects in the order of their keys, which JavaScript's own would change where a key is a
// number, so maps stand for them.

import type { OutputFolder } from "../../shards/byteSink.ts";
import type { Folder } from "../../shards/byteSource.ts";
import type { Manifest } from "../../shards/manifest.ts";
import { readVocabulary } from "../vocabularyFile.ts";

const PIECE = 1 << 20;

/** Writes a value, maps as objects; indented by one, as files of a line a value are easier to look at. */
export async function writeJson(output: OutputFolder, file: string, value: unknown): Promise<void> {
  const sink = await output.create(file);
  const encoder = new TextEncoder();
  let text = "";
  for (const piece of pieces(value, "\n")) {
    text += piece;
    if (text.length < PIECE) continue;
    await sink.write(encoder.encode(text));
    text = "";
  }
  await sink.write(encoder.encode(`${text}\n`));
  await sink.close();
}

/** A vocabulary's value, one character a byte, as text: its UTF-8, or each byte for itself where it is none. */
export function textOf(value: string): string {
  const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return value;
  }
}

function* pieces(value: unknown, newline: string): Generator<string> {
  if (!(value instanceof Map)) {
    yield JSON.stringify(value, null, 1).replaceAll("\n", newline);
    return;
  }
  const deeper = `${newline} `;
  yield "{";
  let first = true;
  for (const [key, content] of value) {
    yield `${first ? "" : ","}${deeper}${JSON.stringify(key)}: `;
    yield* pieces(content, deeper);
    first = false;
  }
  yield first ? "}" : `${newline}}`;
}

/** The frequent values of each category in id order, as texts. */
export async function categoryTexts(folder: Folder, manifest: Manifest): Promise<string[][]> {
  const columns = await readVocabulary(folder, manifest);
  return columns.map((values) => values.map(({ value }) => textOf(value)));
}
