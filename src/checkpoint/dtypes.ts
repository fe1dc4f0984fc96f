// The types of numbers of safetensors files that checkpoints hold, and the narrow ones that other programs may save them as.

import { dataViewOf } from "../base/bytes.ts";
import type { Header } from "./header.ts";

/** Row-major values. */
export interface Tensor {
  shape: number[];
  values: Float32Array | Float64Array | Int32Array | Uint8Array;
}

export const dtypes = { F64: Float64Array, F32: Float32Array, I32: Int32Array, U8: Uint8Array } as const;
export type Dtype = keyof typeof dtypes;

/** Sixteen bits a number; read as 32. */
export type Half = "F16" | "BF16";

/** Whether a type has numbers of 16 bits. */
export function isHalf(dtype: string): dtype is Half {
  return dtype === "F16" || dtype === "BF16";
}

/** safetensors' name for an array's type. */
export function dtypeOf(values: Tensor["values"]): Dtype {
  return (Object.keys(dtypes) as Dtype[]).find((dtype) => values instanceof dtypes[dtype])!;
}

/** Bytes of one number; null for a type that is not read. */
function widthOf(dtype: string, halves: boolean): number | null {
  if (Object.hasOwn(dtypes, dtype)) return dtypes[dtype as Dtype].BYTES_PER_ELEMENT;
  return halves && isHalf(dtype) ? 2 : null;
}

/** What is wrong with dtypes, shapes and offsets, as the rest of a sentence; null when nothing is. */
export function layoutFault({ entries }: Header, byteLength: number, halves: boolean): string | null {
  for (const [name, { dtype, shape, start, end }] of entries) {
    const width = widthOf(dtype, halves);
    if (width === null) return `tensor "${name}" has the dtype ${dtype}`;
    const size = shape.reduce((a, b) => a * b, width);
    if (size !== end - start)
      return `tensor "${name}" of shape [${shape.join(", ")}] takes ${size} bytes, not ${end - start}`;
  }
  let reached = 0;
  const inOrder = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  for (const [name, { start, end }] of inOrder) {
    if (start !== reached) return `tensor "${name}" starts at ${start} where ${reached} was due`;
    reached = end;
  }
  return reached === byteLength ? null : `its tensors take ${reached} bytes, and ${byteLength} follow`;
}

/** Numbers of 16 bits, little-endian, as numbers of 32: exactly. */
export function floatsOf(dtype: Half, bytes: Uint8Array): Float32Array {
  const view = dataViewOf(bytes);
  const bits = new Uint32Array(bytes.length / 2);
  const values = new Float32Array(bits.buffer);
  for (let i = 0; i < bits.length; i++) {
    const half = view.getUint16(2 * i, true);
    // bfloat16 is the upper half of a float32.
    if (dtype === "BF16") bits[i] = half << 16;
    else values[i] = halfValue(half);
  }
  return values;
}

/** IEEE 754 binary16. */
function halfValue(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
