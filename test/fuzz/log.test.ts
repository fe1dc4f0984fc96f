// Damaged logs. A text has no checksum: what cannot be read as rows is counted as bad lines or refused. A packed one has
// its own, and must not be accepted when it is wrong.

import { type Gunzip, gunzipSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { expect, it } from "vitest";
import { blobInput } from "../../src/preprocess/formats/input.ts";
import { openLogs } from "../../src/preprocess/formats/openLogs.ts";
import { isGzip } from "../../src/preprocess/gzip.ts";
import { preprocess } from "../../src/preprocess/preprocess.ts";
import { NAMED_RULES } from "../../src/preprocess/rules.ts";
import { memoryOutput } from "../../src/shards/byteSink.ts";
import type { Manifest } from "../../src/shards/manifest.ts";
import { logLine } from "../preprocess/made.ts";
import { damaged, damages } from "./damage.ts";
import { CASES, outcomeOf } from "./examine.ts";

const text = Array.from({ length: 120 }, (_, i) =>
  logLine(i % 3 === 0 ? 1 : 0, [i, i % 7 ? -i : ""], [`v${i % 20}`, (i % 5).toString(16).padStart(8, "0")]),
).join("\n");
const plain = new TextEncoder().encode(text).slice();
const packed = new Uint8Array(gzipSync(plain)).slice();

/** Buffers and counting tables of a fixed size, whatever the log. */
const WORKING_BYTES = 8 << 20;

async function manifestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Manifest> {
  const source = await openLogs([blobInput("fuzzed.log", new Blob([bytes]))]);
  return preprocess(source.parts, memoryOutput(new Map()), {
    name: "fuzzed",
    files: source.files,
    rules: { ...NAMED_RULES.mindspore, ...source.rules, threshold: 2 },
    layout: source.form,
  });
}

function rowsOf({ splits }: Manifest): number {
  return splits.train.rows + splits.valid.rows + splits.test.rows;
}

it("reads a damaged log as far as it goes, or refuses it in words", async () => {
  await fc.assert(
    fc.asyncProperty(damages, async (all) => {
      const bytes = damaged(plain, all);
      const outcome = await outcomeOf(bytes.length, () => manifestOf(bytes), WORKING_BYTES);
      if ("problem" in outcome) return;
      const lines = new TextDecoder("latin1").decode(bytes).replace(/\n$/, "").split("\n").length;
      const { accepted } = outcome;
      expect(rowsOf(accepted) + accepted.badLines).toBe(lines);
    }),
    { numRuns: CASES },
  );
});

/** Every member. Zeros may stand between two, as in Python's gzip, and zlib alone stops there without a word. */
function unpackedByZlib(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const members: Uint8Array[] = [];
  let rest = bytes;
  do {
    const { buffer, engine } = gunzipSync(rest, { info: true }) as unknown as Unpacked;
    members.push(buffer);
    let end = engine.bytesWritten;
    while (rest[end] === 0) end++;
    rest = rest.subarray(end);
  } while (isGzip(rest));
  return new Uint8Array(Buffer.concat(members)).slice();
}

/** What `info` gives, which Node's types leave out. */
interface Unpacked {
  buffer: Buffer;
  engine: Gunzip;
}

it("accepts a damaged gzip file only where another unpacker does, with the same lines", async () => {
  await fc.assert(
    fc.asyncProperty(damages, async (all) => {
      const bytes = damaged(packed, all);
      // A few bytes unpack to many: the text is what memory is measured by.
      const outcome = await outcomeOf(plain.length, () => manifestOf(bytes), WORKING_BYTES);
      if ("problem" in outcome) return;
      expect(outcome.accepted).toEqual(await manifestOf(unpackedByZlib(bytes)));
    }),
    { numRuns: CASES },
  );
});
