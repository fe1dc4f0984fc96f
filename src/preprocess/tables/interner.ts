// Texts of a piece of bytes, each made a string once: values of categories repeat.

export interface Interner {
  /** Stands for a text that is no value. */
  readonly missing: number;
  /** What was added for these bytes; −1 where nothing was. */
  find(start: number, end: number): number;
  add(start: number, end: number, key: number): void;
}

const MISSING_KEY = 2147483647;

export function createInterner(bytes: Uint8Array): Interner {
  let slots = new Int32Array(1 << 10);
  const starts: number[] = [];
  const ends: number[] = [];
  const keys: number[] = [];
  let lastSlot = 0;

  function hashOf(start: number, end: number): number {
    let hash = end - start;
    for (let p = start; p < end; p++) hash = Math.imul(hash ^ bytes[p]!, 0x01000193);
    return Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 0;
  }
  function isAt(entry: number, start: number, end: number): boolean {
    const from = starts[entry]!;
    if (ends[entry]! - from !== end - start) return false;
    for (let i = 0; i < end - start; i++) if (bytes[from + i] !== bytes[start + i]) return false;
    return true;
  }
  function grow(): void {
    slots = new Int32Array(4 * slots.length);
    const mask = slots.length - 1;
    for (let entry = 0; entry < starts.length; entry++) {
      let slot = hashOf(starts[entry]!, ends[entry]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry + 1;
    }
  }
  return {
    missing: MISSING_KEY,
    find(start, end) {
      const mask = slots.length - 1;
      let slot = hashOf(start, end) & mask;
      while (slots[slot] !== 0 && !isAt(slots[slot]! - 1, start, end)) slot = (slot + 1) & mask;
      lastSlot = slot;
      return slots[slot] === 0 ? -1 : keys[slots[slot]! - 1]!;
    },
    // Follows a `find` of the same bytes that found nothing.
    add(start, end, key) {
      starts.push(start);
      ends.push(end);
      keys.push(key);
      slots[lastSlot] = starts.length;
      if (2 * starts.length > slots.length) grow();
    },
  };
}
