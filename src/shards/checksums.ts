// CRC-32C for row groups, SHA-256 for whole files: our own, because a page on a plain-http address has no Web Crypto and
// a file that is still being written needs a hash that takes pieces.

const CRC_TABLES = crcTables();

/** CRC-32C (Castagnoli), eight bytes at a time; `previous` is that of the bytes before these. */
export function crc32c(bytes: Uint8Array, previous = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = CRC_TABLES;
  let crc = previous ^ 0xffffffff;
  let i = 0;
  // Words must begin at a multiple of four.
  const start = Math.min(bytes.length, -bytes.byteOffset & 3);
  for (; i < start; i++) crc = t0[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, ((bytes.length - start) >> 3) * 2);
  for (let w = 0; w < words.length; w += 2) {
    const low = crc ^ words[w]!;
    const high = words[w + 1]!;
    crc =
      t7[low & 255]! ^
      t6[(low >>> 8) & 255]! ^
      t5[(low >>> 16) & 255]! ^
      t4[low >>> 24]! ^
      t3[high & 255]! ^
      t2[(high >>> 8) & 255]! ^
      t1[(high >>> 16) & 255]! ^
      t0[high >>> 24]!;
  }
  for (i += words.byteLength; i < bytes.length; i++) crc = t0[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

type CrcTables = [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

function crcTables(): CrcTables {
  const tables = Array.from({ length: 8 }, () => new Int32Array(256)) as CrcTables;
  for (let i = 0; i < 256; i++) {
    let crc = i;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    tables[0][i] = crc;
  }
  for (let t = 1; t < 8; t++)
    for (let i = 0; i < 256; i++) {
      const previous = tables[t - 1]![i]!;
      tables[t]![i] = tables[0][previous & 255]! ^ (previous >>> 8);
    }
  return tables;
}

/** A SHA-256 in the making (FIPS 180-4). */
export interface Sha256 {
  update(bytes: Uint8Array): void;
  /** Ends it: 64 hexadecimal digits. */
  hex(): string;
}

// Of each root the first 35 bits count, so engines' last bits do not matter.
const ROUND = Int32Array.from(
  firstPrimes(64),
  (prime) => Math.floor((Math.cbrt(prime) % 1) * 4294967296) | 0,
);

export function createSha256(): Sha256 {
  const state = Int32Array.from(
    firstPrimes(8),
    (prime) => Math.floor((Math.sqrt(prime) % 1) * 4294967296) | 0,
  );
  const schedule = new Int32Array(64);
  const pending = new Uint8Array(64);
  let pendingLength = 0;
  let byteLength = 0;

  function block(bytes: Uint8Array, offset: number): void {
    const w = schedule;
    for (let t = 0; t < 16; t++, offset += 4)
      w[t] =
        (bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!;
    for (let t = 16; t < 64; t++) {
      const x = w[t - 15]!;
      const y = w[t - 2]!;
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[t] = (w[t - 16]! + s0 + w[t - 7]! + s1) | 0;
    }
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    let f = state[5]!;
    let g = state[6]!;
    let h = state[7]!;
    for (let t = 0; t < 64; t++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND[t]! + w[t]!) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t1) | 0;
      d = c;
      c = b;
      b = a;
      a = (t1 + t2) | 0;
    }
    state[0]! += a;
    state[1]! += b;
    state[2]! += c;
    state[3]! += d;
    state[4]! += e;
    state[5]! += f;
    state[6]! += g;
    state[7]! += h;
  }

  function update(bytes: Uint8Array): void {
    byteLength += bytes.length;
    let i = 0;
    if (pendingLength > 0) {
      i = Math.min(64 - pendingLength, bytes.length);
      pending.set(bytes.subarray(0, i), pendingLength);
      pendingLength += i;
      if (pendingLength < 64) return;
      block(pending, 0);
      pendingLength = 0;
    }
    for (; i + 64 <= bytes.length; i += 64) block(bytes, i);
    pending.set(bytes.subarray(i));
    pendingLength = bytes.length - i;
  }

  function hex(): string {
    const bits = byteLength * 8;
    const tail = new Uint8Array(pendingLength < 56 ? 64 - pendingLength : 128 - pendingLength);
    tail[0] = 0x80;
    const view = new DataView(tail.buffer);
    view.setUint32(tail.length - 8, Math.floor(bits / 4294967296));
    view.setUint32(tail.length - 4, bits % 4294967296);
    update(tail);
    return Array.from(state, (word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }
  return { update, hex };
}

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}
