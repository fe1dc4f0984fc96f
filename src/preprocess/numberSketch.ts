// How often each number of a column occurs, in bounded memory: exactly while few are different, then in bins that are
// halved in resolution as often as needed. What it ends with depends on the numbers alone, not on their order nor on how
// they were dealt to threads: the resolution is the finest at which all of them fit.
//
// A key is a number's place among all that can be: an integer itself, or the bits of a float32 so arranged that they
// rise with it. Of an integer the leading bits are kept, as a float32 has them anyway, so bins are as wide as their
// numbers are large (as in DDSketch, Masson et al., VLDB 2019): 1 % of them at most in all but strange columns.
// Different numbers are counted by HyperLogLog once they no longer fit (Flajolet et al. 2007; error 1.6 %).

import { mix32 } from "../base/random.ts";

const MOST_BINS = 4096;
const FIRST_SLOTS = 64;
const REGISTER_BITS = 12;
const REGISTERS = 1 << REGISTER_BITS;

export interface NumberSketch {
  fractions: boolean;
  /** Low bits that a bin's key lacks. */
  level: number;
  /** Open addressing; a count of 0 marks a free slot. */
  keys: Int32Array;
  counts: Float64Array;
  used: number;
  /** HyperLogLog's registers; empty while every number has a bin of its own. */
  registers: Uint8Array;
}

/** Numbers from `least` to the next bin's. */
export interface Bin {
  least: number;
  count: number;
}

export function emptySketch(fractions: boolean): NumberSketch {
  return {
    fractions,
    level: 0,
    keys: new Int32Array(FIRST_SLOTS),
    counts: new Float64Array(FIRST_SLOTS),
    used: 0,
    registers: new Uint8Array(0),
  };
}

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The key of a float32: as many keys apart as there are float32 between two. */
export function keyOfFraction(value: number): number {
  // −0 is 0.
  float[0] = value + 0;
  const [found] = bits as unknown as [number];
  return found >= 0 ? found : found ^ 0x7fffffff;
}

function fractionOf(key: number): number {
  bits[0] = key >= 0 ? key : key ^ 0x7fffffff;
  return float[0]!;
}

/** Counts numbers by their keys. */
export function addToSketch(sketch: NumberSketch, numbers: Int32Array): void {
  const { level, fractions, registers } = sketch;
  if (level > 0) for (let i = 0; i < numbers.length; i++) note(registers, numbers[i]!);
  for (let i = 0; i < numbers.length; i++) addBin(sketch, binOf(numbers[i]!, level, fractions), 1);
  while (sketch.used > MOST_BINS) coarsen(sketch);
}

/** Adds `from` to `into`. */
export function mergeSketches(into: NumberSketch, from: NumberSketch): void {
  while (into.level < from.level) coarsen(into);
  while (from.level < into.level) coarsen(from);
  for (const [i, register] of from.registers.entries())
    if (register > into.registers[i]!) into.registers[i] = register;
  addBins(into, from.keys, from.counts);
  while (into.used > MOST_BINS) coarsen(into);
}

/** Its bins with the lowest numbers first. */
export function binsOf({ keys, counts, level, fractions }: NumberSketch): Bin[] {
  const bins: { key: number; count: number }[] = [];
  for (const [slot, count] of counts.entries()) if (count > 0) bins.push({ key: keys[slot]!, count });
  bins.sort((a, b) => a.key - b.key);
  return bins.map(({ key, count }) => ({ least: leastOf(key, level, fractions), count }));
}

/** How many different numbers there are, and whether that is an estimate. */
export function differentNumbers({ used, registers }: NumberSketch): { values: number; estimated: boolean } {
  if (registers.length === 0) return { values: used, estimated: false };
  let sum = 0;
  let empty = 0;
  for (const register of registers) {
    sum += 2 ** -register;
    if (register === 0) empty++;
  }
  const raw = ((0.7213 / (1 + 1.079 / REGISTERS)) * REGISTERS * REGISTERS) / sum;
  // Few of them are counted better by the registers that are empty still.
  const values = raw <= 2.5 * REGISTERS && empty > 0 ? REGISTERS * Math.log(REGISTERS / empty) : raw;
  return { values: Math.max(used, Math.round(values)), estimated: true };
}

function binOf(key: number, level: number, fractions: boolean): number {
  if (level === 0) return key;
  if (fractions) return (key >> level) << level;
  // Of a negative number −1 − x, so that its bins are halves of those of the next level too.
  const magnitude = key < 0 ? ~key : key;
  const shift = Math.max(0, level - Math.clz32(magnitude) + 1);
  const kept = (magnitude >>> shift) << shift;
  return key < 0 ? ~kept : kept;
}

/** The least number of a bin. */
function leastOf(key: number, level: number, fractions: boolean): number {
  if (fractions) return fractionOf(key);
  if (key >= 0 || level === 0) return key;
  const shift = Math.max(0, level - Math.clz32(~key) + 1);
  return key - (2 ** shift - 1);
}

function addBin(sketch: NumberSketch, key: number, times: number): void {
  if (sketch.used * 2 >= sketch.keys.length) resize(sketch, sketch.keys.length * 2);
  const { keys, counts } = sketch;
  const mask = keys.length - 1;
  let slot = mix32(key) & mask;
  while (counts[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & mask;
  if (counts[slot] === 0) {
    keys[slot] = key;
    sketch.used++;
  }
  counts[slot]! += times;
}

/** Adds the bins of a table; keys that become one at the sketch's resolution are added up. */
function addBins(sketch: NumberSketch, keys: Int32Array, counts: Float64Array): void {
  const { level, fractions } = sketch;
  for (let slot = 0; slot < keys.length; slot++)
    if (counts[slot] !== 0) addBin(sketch, binOf(keys[slot]!, level, fractions), counts[slot]!);
}

/** Puts the bins into a table of `slots` slots. */
function resize(sketch: NumberSketch, slots: number): void {
  const { keys, counts } = sketch;
  sketch.keys = new Int32Array(slots);
  sketch.counts = new Float64Array(slots);
  sketch.used = 0;
  addBins(sketch, keys, counts);
}

/** Halves the resolution. */
function coarsen(sketch: NumberSketch): void {
  const { keys, counts } = sketch;
  if (sketch.level === 0) {
    sketch.registers = new Uint8Array(REGISTERS);
    for (let slot = 0; slot < keys.length; slot++)
      if (counts[slot] !== 0) note(sketch.registers, keys[slot]!);
  }
  sketch.level++;
  resize(sketch, keys.length);
}

function note(registers: Uint8Array, key: number): void {
  const hash = mix32(key ^ 0x2545f491);
  const rank = Math.clz32((hash << REGISTER_BITS) | (1 << (REGISTER_BITS - 1))) + 1;
  const at = hash >>> (32 - REGISTER_BITS);
  if (rank > registers[at]!) registers[at] = rank;
}
