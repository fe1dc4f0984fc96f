// The split of MindSpore's preprocessing script, number for number: lines go to their split in groups of 1,000, and a group
// goes where NumPy's seeded shuffle of all line numbers puts its last line. A last group that is not full goes nowhere.

import { TEST, TRAIN } from "./splits.ts";

const GROUP_LINES = 1000;

/** Whether a bad line with this number decides about its group: then the group goes with the next one, as in the script. */
export function endsGroup(line: number): boolean {
  return (line + 1) % GROUP_LINES === 0;
}

/** The split of a line as its place in SPLITS, −1 for none. `badEnds` are the bad lines of which `endsGroup` is true. */
export function mindsporeSplitter(
  lines: number,
  seed: number,
  testShare: number,
  badEnds: readonly number[],
): (line: number) => number {
  const order = shuffledLines(lines, seed);
  const testLines = Math.trunc(lines * testShare);
  const groups = Math.floor(lines / GROUP_LINES);
  const splits = new Int8Array(groups).fill(TRAIN);
  for (let i = 0; i < testLines; i++)
    if (endsGroup(order[i]!)) splits[Math.floor(order[i]! / GROUP_LINES)] = TEST;
  // From the last on, so that one merged group can follow another.
  for (const line of badEnds.toSorted((a, b) => b - a)) {
    const group = Math.floor(line / GROUP_LINES);
    splits[group] = group + 1 < groups ? splits[group + 1]! : -1;
  }
  return (line) => splits[Math.floor(line / GROUP_LINES)] ?? -1;
}

/** `np.random.seed(seed); np.random.shuffle(list(range(count)))`. */
export function shuffledLines(count: number, seed: number): Uint32Array {
  const next = mersenneTwister(seed);
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const mask = 0xffffffff >>> Math.clz32(i);
    let j = next() & mask;
    while (j > i) j = next() & mask;
    const swap = order[i]!;
    order[i] = order[j]!;
    order[j] = swap;
  }
  return order;
}

/** MT19937 (Matsumoto and Nishimura, 1998), the generator behind np.random.seed. */
function mersenneTwister(seed: number): () => number {
  const N = 624;
  const M = 397;
  const state = new Uint32Array(N);
  state[0] = seed;
  for (let i = 1; i < N; i++) {
    const previous = state[i - 1]! ^ (state[i - 1]! >>> 30);
    state[i] = Math.imul(1812433253, previous) + i;
  }
  let at = N;

  function twist(): void {
    for (let k = 0; k < N; k++) {
      const y = (state[k]! & 0x80000000) | (state[(k + 1) % N]! & 0x7fffffff);
      state[k] = state[(k + M) % N]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
    }
    at = 0;
  }
  return () => {
    if (at === N) twist();
    let y = state[at++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}
