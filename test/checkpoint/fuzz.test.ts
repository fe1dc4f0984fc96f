// Files that no person would make on purpose: mutations of real ones, thousands of them under `npm run test:full`.
// None may crash, hang, be accepted in silence, or be refused without a code, a sentence and a remedy.

import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { Result } from "../../src/base/result.ts";
import { decodeCheckpoint, encodeCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { parseConfigText } from "../../src/model/config.ts";
import { PRESET_NAMES, preset } from "../../src/model/presets.ts";
import { makeDemoDataset } from "../../src/preprocess/synthetic.ts";
import { crc32c } from "../../src/shards/checksums.ts";
import { parseManifest } from "../../src/shards/manifest.ts";
import { joined, sampleCheckpoint } from "./sample.ts";

const CASES = Number(process.env.FUZZ_CASES ?? 300);
const LONGEST_MS = 2000;
const NAME = "fuzzed.safetensors";

let original: Uint8Array<ArrayBuffer>;
let manifest: string;
beforeAll(async () => {
  original = joined(await encodeCheckpoint(sampleCheckpoint()));
  const source = await (await makeDemoDataset({ rows: 1000, seed: 1 })).open("manifest.json");
  manifest = new TextDecoder().decode(await source.read(0, source.byteLength));
});

/** Reads what was made; a refusal must be one that helps. Returns whether it was accepted. */
function accepted(read: () => Result<unknown>): boolean {
  const started = performance.now();
  const result = read();
  expect(performance.now() - started).toBeLessThan(LONGEST_MS);
  if (result.ok) return true;
  const { code, sentence, remedy } = result.problem;
  expect(code).not.toBe("unexpected");
  expect(sentence).toMatch(/\S.*\.$/s);
  expect(remedy).toMatch(/\S.*\.$/s);
  return false;
}

const position = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });

describe("a checkpoint", () => {
  const mutation = fc.oneof(
    fc.record({ type: fc.constant("flip" as const), at: position, bit: fc.nat(7) }),
    fc.record({ type: fc.constant("cut" as const), at: position }),
    fc.record({ type: fc.constant("length" as const), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
    fc.record({
      type: fc.constant("splice" as const),
      at: position,
      bytes: fc.uint8Array({ maxLength: 64 }),
    }),
    fc.record({
      type: fc.constant("fill" as const),
      at: position,
      length: fc.integer({ min: 1, max: 5000 }),
    }),
  );

  it("is refused after any damage", () => {
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
        const bytes = mutations.reduce(damaged, original);
        if (Buffer.from(bytes).equals(Buffer.from(original))) return;
        expect(accepted(() => decodeCheckpoint(bytes, NAME))).toBe(false);
      }),
      { numRuns: CASES },
    );
  });

  it("is refused when it is cut at any border of its sections", () => {
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
          expect(accepted(() => decodeCheckpoint(original.slice(0, length), NAME))).toBe(false);
  });

  it("never crashes when a hostile hand changes its words and seals it again", () => {
    const words = fc.oneof(
      fc.constantFrom("__proto__", "constructor", "NaN", "-1", "1e999", "null", "[]", "{}", '"', "\\u0000"),
      fc.constantFrom("F32", "F64", "BF16", "[0,0]", "9007199254740993", "embedding", ",", "}"),
      fc.string({ maxLength: 12 }),
    );
    const change = fc.record({ at: position, removed: fc.nat(12), words });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = changes.reduce((file, c) => reworded(file, c), original);
        const wasAccepted = accepted(() => decodeCheckpoint(bytes, NAME));
        if (!wasAccepted) return;
        const result = decodeCheckpoint(bytes, NAME);
        if (!result.ok) throw new Error("two readings of a file differ");
        // What is accepted is a checkpoint in every part: it can be written again.
        const { state, config } = result.value;
        expect(state.parameters.get("embedding")!.shape[1]).toBe(config.embeddingDim);
        for (const { values } of state.parameters.values()) expect(values.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: CASES },
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("is not mistaken for anything, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        expect(accepted(() => decodeCheckpoint(bytes.slice(), NAME))).toBe(false);
      }),
      { numRuns: CASES },
    );
  });
});

describe.each(["configuration", "manifest"] as const)("a %s", (kind) => {
  it("is read or refused in words, whatever was done to its text", () => {
    const texts = kind === "manifest" ? [manifest] : PRESET_NAMES.map((name) => JSON.stringify(preset(name)));
    const read = kind === "manifest" ? parseManifest : parseConfigText;
    const words = fc.oneof(
      fc.constantFrom("__proto__", "null", "-1", "1e999", "0.5", '"x"', "[]", "{}", "true", ""),
      fc.string({ maxLength: 12 }),
    );
    const change = fc.record({ at: position, removed: fc.nat(12), words });
    fc.assert(
      fc.property(fc.nat(), fc.array(change, { minLength: 1, maxLength: 3 }), (which, changes) => {
        const text = changes.reduce(changed, texts[which % texts.length]!);
        accepted(() => read(text, "fuzzed.json"));
      }),
      { numRuns: CASES },
    );
  });
});

interface Change {
  at: number;
  removed: number;
  words: string;
}

function changed(text: string, { at, removed, words }: Change): string {
  const from = Math.floor(at * text.length);
  return text.slice(0, from) + words + text.slice(from + removed);
}

type Mutation =
  | { type: "flip"; at: number; bit: number }
  | { type: "cut"; at: number }
  | { type: "length"; value: bigint }
  | { type: "splice"; at: number; bytes: Uint8Array }
  | { type: "fill"; at: number; length: number };

function damaged(bytes: Uint8Array<ArrayBuffer>, mutation: Mutation): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  const from = "at" in mutation ? Math.floor(mutation.at * bytes.length) : 0;
  switch (mutation.type) {
    case "flip":
      if (copy.length > 0) copy[from]! ^= 1 << mutation.bit;
      return copy;
    case "cut":
      return copy.slice(0, from);
    case "length":
      if (copy.length >= 8) new DataView(copy.buffer).setBigUint64(0, mutation.value, true);
      return copy;
    case "splice":
      return joined([copy.slice(0, from), mutation.bytes, copy.slice(from)]);
    case "fill":
      return copy.fill(0, from, from + mutation.length);
  }
}

/** Changes the header's text behind its seal, and makes length and checksum right again. */
function reworded(file: Uint8Array<ArrayBuffer>, change: Change): Uint8Array<ArrayBuffer> {
  const headerLength = Number(new DataView(file.buffer).getBigUint64(0, true));
  const text = new TextDecoder().decode(file.subarray(8, 8 + headerLength));
  const start = '{"__metadata__":{"crc32c":"00000000"';
  const header = new TextEncoder().encode(start + changed(text.slice(start.length), change));
  const bytes = joined([new Uint8Array(8), header, file.subarray(8 + headerLength)]);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
  const seal = crc32c(bytes).toString(16).padStart(8, "0");
  bytes.set(new TextEncoder().encode(seal), 8 + start.length - 9);
  return bytes;
}
