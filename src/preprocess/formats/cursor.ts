// A stream of bytes, taken from its start in pieces of any length.

import { concatenate } from "../../base/bytes.ts";
export interface Cursor {
  /** The next `byteLength` bytes, or all that are left where these are fewer; good until the next call. */
  take(byteLength: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

export function createCursor(stream: AsyncIterable<Uint8Array>): Cursor {
  const source = stream[Symbol.asyncIterator]();
  let held: Uint8Array = new Uint8Array(0);

  async function fill(byteLength: number): Promise<void> {
    const pieces = [held];
    let length = held.length;
    while (length < byteLength) {
      const { done, value } = await source.next();
      if (done) break;
      pieces.push(value);
      length += value.length;
    }
    if (pieces.length === 1) return;
    held = concatenate(pieces);
  }
  return {
    async take(byteLength) {
      if (held.length < byteLength) await fill(byteLength);
      const taken = held.subarray(0, byteLength);
      held = held.subarray(taken.length);
      return taken;
    },
    async close() {
      await source.return?.();
    },
  };
}
