// A log as large and as varied as one likes, made fast: Criteo's shapes, values without meaning, bytes written by hand.

import { createRandom, hash32, mix32, type Random } from "../../base/random.ts";
import {
  CATEGORY_SHAPES,
  createRankSampler,
  drawInteger,
  INTEGER_SHAPES,
} from "../../preprocess/syntheticColumns.ts";

const NEWLINE = 10;
const MINUS = 45;
const ZERO = 48;
const CHUNK_BYTES = 1 << 20;
/** No line of it is longer. */
const LINE_BYTES = 512;

/** How the log is written as text. */
export interface LogDialect {
  separator: "\t" | "," | ";";
  /** Whether each value stands in quotes. */
  quoted: boolean;
  /** Whether the first line holds the columns' names. */
  header: boolean;
}

/** As Criteo writes it. */
const CRITEO: LogDialect = { separator: "\t", quoted: false, header: false };
const QUOTE = '"'.charCodeAt(0);

export async function* highCardinalityLog(
  rows: number,
  seed: number,
  { separator, quoted, header }: LogDialect = CRITEO,
): AsyncGenerator<Uint8Array> {
  const random = createRandom(seed);
  const samplers = CATEGORY_SHAPES.map(createRankSampler);
  const salts = CATEGORY_SHAPES.map((_, c) => hash32(seed, c));
  let chunk = new Uint8Array(CHUNK_BYTES);
  let at = 0;
  const between = separator.charCodeAt(0);
  const begin = () => {
    chunk[at++] = between;
    if (quoted) chunk[at++] = QUOTE;
  };
  const end = () => {
    if (quoted) chunk[at++] = QUOTE;
  };
  if (header) yield new TextEncoder().encode(`${columnNames().join(separator)}\n`);
  for (let row = 0; row < rows; row++) {
    if (at + LINE_BYTES > CHUNK_BYTES) {
      yield chunk.subarray(0, at);
      chunk = new Uint8Array(CHUNK_BYTES);
      at = 0;
    }
    if (quoted) chunk[at++] = QUOTE;
    chunk[at++] = ZERO + (random.uniform() < 0.26 ? 1 : 0);
    end();
    for (const shape of INTEGER_SHAPES) {
      begin();
      if (!missing(shape, random)) at = writeInteger(drawInteger(shape, random), chunk, at);
      end();
    }
    for (let c = 0; c < samplers.length; c++) {
      begin();
      if (!missing(CATEGORY_SHAPES[c]!, random))
        at = writeHex(mix32(samplers[c]!.draw(random) ^ salts[c]!), chunk, at);
      end();
    }
    chunk[at++] = NEWLINE;
  }
  yield chunk.subarray(0, at);
}

/** Names that no known layout has, so that the table is read as any other. */
function columnNames(): string[] {
  return [
    "click",
    ...INTEGER_SHAPES.map((_, i) => `number ${i + 1}`),
    ...CATEGORY_SHAPES.map((_, c) => `category ${c + 1}`),
  ];
}

function missing(shape: { missing: number }, random: Random): boolean {
  return shape.missing > 0 && random.uniform() < shape.missing;
}

function writeInteger(value: number, out: Uint8Array, at: number): number {
  if (value < 0) {
    out[at++] = MINUS;
    value = -value;
  }
  let power = 1;
  while (power * 10 <= value) power *= 10;
  for (; power >= 1; power = Math.floor(power / 10)) out[at++] = ZERO + (Math.floor(value / power) % 10);
  return at;
}

function writeHex(value: number, out: Uint8Array, at: number): number {
  for (let shift = 28; shift >= 0; shift -= 4) {
    const digit = (value >>> shift) & 15;
    out[at++] = digit < 10 ? ZERO + digit : 87 + digit;
  }
  return at;
}
