// Chance from a seed: the same numbers in every engine, because it uses integers, +, ×, ÷ and √ only.

/** A stream of pseudo-random numbers. Its state is four 32-bit words, so it fits into a checkpoint. */
export interface Random {
  /** A 32-bit unsigned integer. */
  uint32(): number;
  /** A number in [0, 1) with 32 random bits. */
  uniform(): number;
  /** A sample of N(0, 1) (Marsaglia's polar method, with our own logarithm: engines' Math.log differ). */
  normal(): number;
}

/** MurmurHash3's 32-bit finaliser: every bit of the input moves every bit of the output. */
export function mix32(x: number): number {
  x ^= x >>> 16;
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A hash of several 32-bit integers, for naming independent streams: `hash32(seed, epoch, purpose)`. */
export function hash32(...words: number[]): number {
  let h = 0x9e3779b9;
  for (const word of words) h = mix32(Math.imul(h, 31) ^ mix32((word >>> 0) + 0x9e3779b9));
  return h;
}

/** xoshiro128** (Blackman and Vigna, 2018), its state filled from `seed` by the finaliser. */
export function createRandom(...seed: number[]): Random {
  const base = hash32(...seed);
  const s = new Uint32Array(4);
  for (let i = 0; i < 4; i++) s[i] = mix32((base + Math.imul(i + 1, 0x9e3779b9)) >>> 0);
  let spare: number | null = null;

  function uint32(): number {
    const s1 = s[1]!;
    const x = Math.imul(s1, 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
    const t = s1 << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s1;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    s[3] = (s[3]! << 11) | (s[3]! >>> 21);
    return result;
  }
  function uniform(): number {
    return uint32() / 4294967296;
  }
  function normal(): number {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const q = u * u + v * v;
      if (q >= 1 || q === 0) continue;
      const factor = Math.sqrt((-2 * naturalLog(q)) / q);
      spare = v * factor;
      return u * factor;
    }
  }
  return { uint32, uniform, normal };
}

/** Shuffles `items` in place (Fisher and Yates). */
export function shuffle<T extends { length: number; [index: number]: unknown }>(items: T, random: Random): T {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    const swap = items[i];
    items[i] = items[j];
    items[j] = swap;
  }
  return items;
}

/** ln x for 0 < x: halved or doubled into [√½, √2), then the odd series in (x−1)/(x+1). Error below 1e-14. */
export function naturalLog(x: number): number {
  let exponent = 0;
  while (x < Math.SQRT1_2) {
    x *= 2;
    exponent--;
  }
  while (x >= Math.SQRT2) {
    x /= 2;
    exponent++;
  }
  const t = (x - 1) / (x + 1);
  const t2 = t * t;
  let sum = 0;
  for (let k = 21; k >= 1; k -= 2) sum = sum * t2 + 1 / k;
  return 2 * t * sum + exponent * Math.LN2;
}
