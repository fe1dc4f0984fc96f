// CRC-32C for row groups, SHA-256 for whole files: our own, because a page on a plain-http address has no Web Crypto and
// a file that is still being written needs a hash that takes pieces. hash-wasm was tried: its SHA-256 takes a quarter less
// time, but it loads asynchronously where callers are not, and its CRC takes twice as long for records of 300 bytes.

import { type DataKernels, dataKernels, pagesFor } from "./wasm/dataKernels.ts";

/** What lies where in the kernels' memory; bytes pass through it a bufferful at a time. */
const TABLES = 0;
const CONSTANTS = TABLES + 16 * 256 * 4;
const SCHEDULE = CONSTANTS + 64 * 4;
const STATE = SCHEDULE + 64 * 4;
const BUFFER = STATE + 64;
const BUFFER_BYTES = 1 << 16;

interface Checker {
  kernels: DataKernels;
  state: Int32Array;
  buffer: Uint8Array;
}

let checker: Checker | null = null;

function theChecker(): Checker {
  if (checker) return checker;
  const memory = new WebAssembly.Memory({ initial: pagesFor(BUFFER + BUFFER_BYTES) });
  const kernels = dataKernels(memory);
  kernels.crcTables(TABLES);
  new Int32Array(memory.buffer, CONSTANTS, 64).set(
    // Of each root the first 35 bits count, so engines' last bits do not matter.
    firstPrimes(64).map((prime) => Math.floor((Math.cbrt(prime) % 1) * 4294967296) | 0),
  );
  checker = {
    kernels,
    state: new Int32Array(memory.buffer, STATE, 8),
    buffer: new Uint8Array(memory.buffer, BUFFER, BUFFER_BYTES),
  };
  return checker;
}

/** CRC-32C (Castagnoli); `previous` is that of the bytes before these. */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  const { kernels, buffer } = theChecker();
  let crc = previous;
  for (let at = 0; at < bytes.length; at += BUFFER_BYTES) {
    const some = bytes.subarray(at, at + BUFFER_BYTES);
    buffer.set(some);
    crc = kernels.crc32c(TABLES, BUFFER, some.length, crc);
  }
  return crc >>> 0;
}

/** A SHA-256 in the making (FIPS 180-4). */
export interface Sha256 {
  update(bytes: Uint8Array): unknown;
  /** Ends it: 64 hexadecimal digits. */
  hex(): string;
}

/** A SHA-256 in the making: https://doi.org/10.6028/NIST.FIPS.180-4 */
export function createSha256(): Sha256 {
  const { kernels, state, buffer } = theChecker();
  // Several may be in the making: each keeps what it has while others use the kernels.
  const own = Int32Array.from(firstPrimes(8), (prime) => Math.floor((Math.sqrt(prime) % 1) * 4294967296) | 0);
  const pending = new Uint8Array(64);
  let pendingLength = 0;
  let byteLength = 0;

  /** Takes whole blocks. */
  function take(bytes: Uint8Array): void {
    state.set(own);
    for (let at = 0; at < bytes.length; at += BUFFER_BYTES) {
      const some = bytes.subarray(at, at + BUFFER_BYTES);
      buffer.set(some);
      kernels.sha256(STATE, CONSTANTS, SCHEDULE, BUFFER, some.length / 64);
    }
    own.set(state);
  }

  function update(bytes: Uint8Array): void {
    byteLength += bytes.length;
    let from = 0;
    if (pendingLength > 0) {
      from = Math.min(64 - pendingLength, bytes.length);
      pending.set(bytes.subarray(0, from), pendingLength);
      pendingLength += from;
      if (pendingLength < 64) return;
      take(pending);
      pendingLength = 0;
    }
    const to = from + ((bytes.length - from) & ~63);
    take(bytes.subarray(from, to));
    pending.set(bytes.subarray(to));
    pendingLength = bytes.length - to;
  }

  function hex(): string {
    const bits = byteLength * 8;
    const tail = new Uint8Array(pendingLength < 56 ? 64 - pendingLength : 128 - pendingLength);
    tail[0] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(bits / 4294967296));
    view.setUint32(tail.length - 4, bits % 4294967296);
    update(tail);
    return Array.from(own, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
  return { update, hex };
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

/** CRC-32C of two pieces of bytes that follow each other, out of their own; the second has `secondLength` bytes. */
export function joinedCrc32c(first: number, second: number, secondLength: number): number {
  // Zlib's crc32_combine: zeros are appended to the first, then the second is added. Each operator is a matrix over bits;
  // squaring one doubles its zeros.
  let operator = Array.from({ length: 32 }, (_, bit) => (bit === 0 ? 0x82f63b78 : 2 ** (bit - 1)));
  for (let squarings = 0; squarings < 3; squarings++) operator = squared(operator);
  let crc = first;
  for (let length = secondLength; length > 0; length = Math.floor(length / 2)) {
    if (length % 2 === 1) crc = times(operator, crc);
    operator = squared(operator);
  }
  return (crc ^ second) >>> 0;
}

function times(matrix: number[], vector: number): number {
  let sum = 0;
  for (let bit = 0; bit < 32; bit++) if ((vector >>> bit) & 1) sum ^= matrix[bit]!;
  return sum;
}

function squared(matrix: number[]): number[] {
  return matrix.map((column) => times(matrix, column));
}
