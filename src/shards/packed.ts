// One row group ↔ packed columns: each column in the fewest bytes that hold its values in this group, one after the
// other. The studio's own cache, 50 to 80 bytes a row.
//
//   a byte a column: its width, 1, 2 or 4      (40 of them for Criteo, then zeros to a multiple of 4)
//   an int32 a column: its base                (little-endian, as all that follows)
//   the columns' codes, each from a multiple of 4 on; of a column of fractions its float32 as they are

import { greatestOf } from "./greatest.ts";
import { layoutOf, type Manifest, type Shard } from "./manifest.ts";
import { MISSING, type Rows } from "./rows.ts";
import type { StoredColumn, StoredGroup } from "./shardFile.ts";
import { damagedShard } from "./shardProblem.ts";

/** Encodes `rows.count` rows: each column in as few bytes a value as hold it. */
export function encodePackedGroup(rows: Rows): Uint8Array<ArrayBuffer> {
  const integers = rows.integers.map((column): Packed => {
    const values = column.subarray(0, rows.count);
    return values instanceof Float32Array ? { values, base: null, width: 4 } : packedIntegers(values);
  });
  const plain = (column: Int32Array | Uint8Array): Packed => {
    const values = column.subarray(0, rows.count);
    return { values, base: null, width: widthFor(greatestOf(values)) };
  };
  const columns = [plain(rows.labels), ...integers, ...rows.categories.map(plain)];
  const head = aligned(columns.length) + 4 * columns.length;
  const byteLength = columns.reduce((sum, { width }) => sum + aligned(width * rows.count), head);
  const bytes = new Uint8Array(byteLength);
  const bases = new Int32Array(bytes.buffer, aligned(columns.length), columns.length);
  let offset = head;
  const codes = new Int32Array(rows.count);
  for (const [c, { values, base, width }] of columns.entries()) {
    bytes[c] = width;
    bases[c] = base ?? 0;
    const Codes = values instanceof Float32Array ? Float32Array : CODES[width];
    const out = new Codes(bytes.buffer, offset, rows.count);
    if (base === null) out.set(values);
    else out.set(codesOf(values as Int32Array, base, codes));
    offset += aligned(width * rows.count);
  }
  return bytes;
}

/** Decodes the row groups of a packed shard. */
export function openPacked(
  shard: Shard,
  manifest: Manifest,
): (g: number, bytes: Uint8Array) => Promise<StoredGroup> {
  const { integers, fractions } = layoutOf(manifest);
  const columnCount = 1 + manifest.columns.length;
  const head = aligned(columnCount) + 4 * columnCount;

  return async (g, bytes) => {
    const count = shard.rowGroups[g]!.rows;
    // Arrays of wider elements need an aligned start.
    const { buffer, byteOffset } = (
      bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
    ) as Uint8Array<ArrayBuffer>;
    const bases =
      bytes.length < head ? [] : new Int32Array(buffer, byteOffset + aligned(columnCount), columnCount);
    let offset = head;
    const columns: StoredColumn[] = [];
    for (const [c, base] of bases.entries()) {
      const width = bytes[c];
      const end = offset + aligned((width ?? 0) * count);
      if ((width !== 1 && width !== 2 && width !== 4) || end > bytes.length) break;
      const isFraction = fractions?.[c - 1] === true;
      if (isFraction && width !== 4) break;
      const Codes = isFraction ? Float32Array : CODES[width];
      const isInteger = c >= 1 && c <= integers && !isFraction;
      columns.push({ codes: new Codes(buffer, byteOffset + offset, count), base: isInteger ? base : null });
      offset = end;
    }
    if (columns.length !== columnCount || offset !== bytes.length)
      throw damagedShard(shard, `row group ${g} is not laid out as it should be`);
    return { count, columns };
  };
}

interface Packed {
  values: Int32Array | Uint8Array | Float32Array;
  /** Of integers: the least one. */
  base: number | null;
  width: Width;
}

type Width = 1 | 2 | 4;
const CODES = { 1: Uint8Array, 2: Uint16Array, 4: Int32Array } as const;

function packedIntegers(values: Int32Array): Packed {
  let least = 2147483647;
  let most = MISSING;
  for (let r = 0; r < values.length; r++) {
    const value = values[r]!;
    if (value === MISSING) continue;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (most === MISSING) return { values, base: 0, width: 1 };
  return { values, base: least, width: widthFor(most - least + 1) };
}

/**
 * Codes from 1 on for the integers from `base` on, 0 for a missing one, in `codes`. Where the integers span more than 31
 * bits, codes wrap around; so they do again on the way back.
 */
function codesOf(values: Int32Array, base: number, codes: Int32Array): Int32Array {
  for (let r = 0; r < values.length; r++) {
    const value = values[r]!;
    codes[r] = value === MISSING ? 0 : (value - base + 1) | 0;
  }
  return codes;
}

function widthFor(most: number): Width {
  return most < 256 ? 1 : most < 65536 ? 2 : 4;
}

function aligned(byteLength: number): number {
  return (byteLength + 3) & ~3;
}
