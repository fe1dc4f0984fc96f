// A hash table of 32-bit keys in one array: open addressing, pairs (key, value) side by side. A value of 0 marks a free slot,
// so key 0 is a key like any other. Fibonacci hashing: the top bits of a product say where a key belongs.

export function createKeyTable(slots: number): Uint32Array {
  return new Uint32Array(2 * slots);
}

/** How far the product is shifted in a table of this size; asked for once before a loop over keys. */
export function shiftOf(table: Uint32Array): number {
  return 33 - Math.log2(table.length);
}

/** Where the search for a key begins. */
export function homeOf(key: number, shift: number): number {
  return (Math.imul(key, 0x9e3779b1) >>> shift) << 1;
}

/** The place of the key's pair, or the free one where it belongs. */
export function placeOf(table: Uint32Array, shift: number, key: number): number {
  const mask = table.length - 1;
  let at = homeOf(key, shift);
  while (table[at + 1] !== 0 && table[at] !== key) at = (at + 2) & mask;
  return at;
}
