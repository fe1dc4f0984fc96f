// A log as large and as varied as one likes, made fast: Criteo's shapes, values without meaning, bytes written by hand.

import { createRandom, hash32, mix32, type Random } from "../../base/random.ts";
import {
  CATEGORY_SHAPES,
  createRankSampler,
  drawInteger,
  INTEGER_SHAPES,
} from "../../preprocess/syntheticColumns.ts";

const TAB = 9;
const NEWLINE = 10;
const MINUS = 45;
const ZERO = 48;
const CHUNK_BYTES = 1 << 20;
/** No line of it is longer. */
const LINE_BYTES = 512;

export async function* highCardinalityLog(rows: number, seed: number): AsyncGenerator<Uint8Array> {
  const random = createRandom(seed);
  const samplers = CATEGORY_SHAPES.map(createRankSampler);
  const salts = CATEGORY_SHAPES.map((_, c) => hash32(seed, c));
  let chunk = new Uint8Array(CHUNK_BYTES);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    if (at + LINE_BYTES > CHUNK_BYTES) {
      yield chunk.subarray(0, at);
      chunk = new Uint8Array(CHUNK_BYTES);
      at = 0;
    }
    chunk[at++] = ZERO + (random.uniform() < 0.26 ? 1 : 0);
    for (const shape of INTEGER_SHAPES) {
      chunk[at++] = TAB;
      if (!missing(shape, random)) at = writeInteger(drawInteger(shape, random), chunk, at);
    }
    for (let c = 0; c < samplers.length; c++) {
      chunk[at++] = TAB;
      if (!missing(CATEGORY_SHAPES[c]!, random))
        at = writeHex(mix32(samplers[c]!.draw(random) ^ salts[c]!), chunk, at);
    }
    chunk[at++] = NEWLINE;
  }
  yield chunk.subarray(0, at);
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
