// Damaged checkpoints. Every byte is under their checksum, so none may be accepted; and one whose words a hostile hand
// changed and sealed again must be a checkpoint in every part, or be refused.

import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { orThrow } from "../../src/base/result.ts";
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { crc32c } from "../../src/shards/checksums.ts";
import { joined, sampleCheckpoint } from "../checkpoint/sample.ts";
import { type Change, changed, changes, damaged, damages } from "./damage.ts";
import { CASES, type Outcome, outcomeOf } from "./examine.ts";

let original: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  original = joined(await encodeCheckpoint(sampleCheckpoint()));
});

function read(bytes: Uint8Array<ArrayBuffer>): Promise<Outcome<Checkpoint>> {
  return outcomeOf(bytes.length, () => orThrow(decodeCheckpoint(bytes, "fuzzed.safetensors")));
}

it("is refused after any damage", async () => {
  await fc.assert(
    fc.asyncProperty(damages, async (all) => {
      const bytes = damaged(original, all);
      if (Buffer.from(bytes).equals(Buffer.from(original))) return;
      expect(await read(bytes)).toHaveProperty("problem");
    }),
    { numRuns: CASES },
  );
});

it("is refused when it is cut at any border of its sections", async () => {
  const headerLength = Number(new DataView(original.buffer).getBigUint64(0, true));
  const text = new TextDecoder().decode(original.subarray(8, 8 + headerLength));
  const offsets = [...text.matchAll(/"data_offsets":\[(\d+),(\d+)\]/g)].flatMap(([, start, end]) => [
    8 + headerLength + Number(start),
    8 + headerLength + Number(end),
  ]);
  expect(offsets.length).toBeGreaterThan(100);
  for (const border of [0, 8, 8 + headerLength, ...offsets])
    for (const length of [border - 1, border, border + 1])
      if (length >= 0 && length < original.length)
        expect(await read(original.slice(0, length))).toHaveProperty("problem");
});

it("never crashes when a hostile hand changes its words and seals it again", async () => {
  await fc.assert(
    fc.asyncProperty(changes, async (all) => {
      const outcome = await read(reworded(original, all));
      if ("problem" in outcome) return;
      const { state, config } = outcome.accepted;
      expect(state.parameters.get("embedding")!.shape[1]).toBe(config.embeddingDim);
      for (const { values } of state.parameters.values()) expect(values.every(Number.isFinite)).toBe(true);
    }),
    { numRuns: CASES },
  );
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

it("is not mistaken for anything, whatever the bytes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (bytes) => {
      expect(await read(bytes.slice())).toHaveProperty("problem");
    }),
    { numRuns: CASES },
  );
});

/** Changes the header's text behind its seal, and makes length and checksum right again. */
function reworded(file: Uint8Array<ArrayBuffer>, all: Change[]): Uint8Array<ArrayBuffer> {
  const headerLength = Number(new DataView(file.buffer).getBigUint64(0, true));
  const text = new TextDecoder().decode(file.subarray(8, 8 + headerLength));
  const start = '{"__metadata__":{"crc32c":"00000000"';
  const header = new TextEncoder().encode(start + changed(text.slice(start.length), all));
  const bytes = joined([new Uint8Array(8), header, file.subarray(8 + headerLength)]);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  const seal = crc32c(bytes).toString(16).padStart(8, "0");
  bytes.set(new TextEncoder().encode(seal), 8 + start.length - 9);
  return bytes;
}
