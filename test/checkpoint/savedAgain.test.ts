// A checkpoint that another program read and wrote again, as Python's safetensors does: tensors sorted by type and name,
// metadata in any order, numbers perhaps rounded. And files of weights alone, and files larger than memory.

import fc from "fast-check";
import { expect, it } from "vitest";
import { orThrow } from "../../src/base/result.ts";
import {
  type Checkpoint,
  cannotResume,
  decodeCheckpoint,
  encodeCheckpoint,
  encodeWeights,
  openCheckpoint,
} from "../../src/checkpoint/checkpoint.ts";
import { encodeCurves, openCurves } from "../../src/checkpoint/curves.ts";
import { dtypeOf, floatsOf } from "../../src/checkpoint/dtypes.ts";
import { decodeSafetensors, type TensorFile } from "../../src/checkpoint/safetensors.ts";
import type { ByteSource } from "../../src/shards/byteSource.ts";
import { joined, sampleCheckpoint } from "./sample.ts";

async function written(checkpoint = sampleCheckpoint()): Promise<Uint8Array<ArrayBuffer>> {
  return joined(await encodeCheckpoint(checkpoint));
}

/** What Python's safetensors writes of a file; `half` rounds its float32 tensors, `order` is that of the metadata. */
function savedByPython(
  bytes: Uint8Array<ArrayBuffer>,
  { half = false, order = (keys: string[]) => keys.toReversed(), change = (_: TensorFile) => {} } = {},
): Uint8Array<ArrayBuffer> {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const { __metadata__: metadata } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const file = orThrow(decodeSafetensors(bytes.slice(), "mine"));
  change(file);
  const rank = ["F64", "F32", "I32", "U8", "F16"];
  const all = [...file.tensors].map(([name, { shape, values }]) => {
    const own = dtypeOf(values);
    const isRounded = half && own === "F32";
    const data = isRounded ? new Uint8Array(halves(values as Float32Array).buffer) : raw(values);
    return { name, shape, dtype: isRounded ? "F16" : own, data };
  });
  all.sort((a, b) => rank.indexOf(a.dtype) - rank.indexOf(b.dtype) || (a.name < b.name ? -1 : 1));
  let end = 0;
  const entries = all.map(({ name, shape, dtype, data }) => {
    const start = end;
    end += data.length;
    return [name, { dtype, shape, data_offsets: [start, end] }] as const;
  });
  const ordered = Object.fromEntries(order(Object.keys(metadata)).map((key) => [key, metadata[key]]));
  const text = JSON.stringify({ __metadata__: ordered, ...Object.fromEntries(entries) });
  const header = new TextEncoder().encode(text + " ".repeat((8 - (text.length % 8)) % 8));
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(header.length), true);
  return joined([prefix, header, ...all.map(({ data }) => data)]);
}

function raw({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength).slice();
}

/** Truncates to binary16: near enough to rounding for a test, exact for what is a binary16. */
function halves(values: Float32Array): Uint16Array {
  return Uint16Array.from(values, (value) => {
    const bits = new Uint32Array(new Float32Array([value]).buffer)[0]!;
    const sign = (bits >>> 16) & 0x8000;
    const exponent = ((bits >>> 23) & 0xff) - 112;
    if (exponent <= 0) return sign | ((0x800000 | (bits & 0x7fffff)) >>> Math.min(31, 14 - exponent));
    return exponent >= 31 ? sign | 0x7c00 : sign | (exponent << 10) | ((bits & 0x7fffff) >>> 13);
  });
}

it("opens with every number where none was rounded, whatever the order", async () => {
  const bytes = await written();
  for (const order of [(keys: string[]) => keys, (keys: string[]) => keys.toReversed()]) {
    const { savedAgain, ...checkpoint } = orThrow(decodeCheckpoint(savedByPython(bytes, { order }), "again"));
    expect(checkpoint).toEqual(sampleCheckpoint());
    expect(savedAgain).toEqual({ rounded: [], checked: true });
    expect(cannotResume("again", { ...checkpoint, savedAgain } as Checkpoint)).toBeNull();
  }
});

it("opens with rounded weights, says so, and does not continue with rounded moments", async () => {
  const checkpoint = orThrow(decodeCheckpoint(savedByPython(await written(), { half: true }), "f16"));
  const { parameters } = sampleCheckpoint().state;
  for (const [name, { values }] of checkpoint.state.parameters)
    for (const [i, value] of values.entries())
      expect(Math.abs(value - parameters.get(name)!.values[i]!)).toBeLessThan(4e-3);
  expect(checkpoint.savedAgain!.rounded).toContain("adam/v/embedding");
  expect(checkpoint.savedAgain!.checked).toBe(true);
  expect(cannotResume("f16", checkpoint)?.code).toBe("checkpoint-rounded");
});

it("refuses one that was changed on the way, by the part that is", async () => {
  const bytes = await written();
  const changed = savedByPython(bytes, {
    change: ({ tensors }) => (tensors.get("fusion/bias")!.values[0] = 9),
  });
  expect(decodeCheckpoint(changed, "again")).toMatchObject({
    problem: { code: "checkpoint-damaged", sentence: expect.stringContaining("fusion/bias") },
  });
  const renamed = new TextDecoder("latin1")
    .decode(savedByPython(bytes))
    .replace("brisk otter", "brisk otten");
  expect(
    decodeCheckpoint(
      Uint8Array.from(renamed, (c) => c.charCodeAt(0)),
      "again",
    ),
  ).toMatchObject({ problem: { code: "checkpoint-damaged", sentence: expect.stringContaining("metadata") } });
});

it("opens one of before there were checksums of its parts, and says that nothing was checked", async () => {
  const order = (keys: string[]) => keys.filter((key) => key !== "contents").toReversed();
  const { savedAgain } = orThrow(decodeCheckpoint(savedByPython(await written(), { order }), "old"));
  expect(savedAgain).toEqual({ rounded: [], checked: false });
});

it("reads 16-bit numbers exactly", () => {
  const bytes = new Uint8Array(new Uint16Array([0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000, 0x7c00]).buffer);
  const [one, minusTwo, least, most, zero, infinite] = floatsOf("F16", bytes);
  expect([one, minusTwo, least, most, infinite]).toEqual([1, -2, 2 ** -24, 65504, Number.POSITIVE_INFINITY]);
  expect(Object.is(zero, -0)).toBe(true);
  const brain = new Uint8Array(new Uint16Array([0x3f80, 0xc2f7]).buffer);
  expect([...floatsOf("BF16", brain)]).toEqual([1, -123.5]);
});

/** A file whose every read is noted. */
function noted(bytes: Uint8Array<ArrayBuffer>): ByteSource & { largest: number } {
  const source = {
    name: "file",
    byteLength: bytes.length,
    largest: 0,
    async read(start: number, end: number) {
      source.largest = Math.max(source.largest, end - start);
      return bytes.slice(start, end);
    },
  };
  return source;
}

it("reads a file by ranges to the same checkpoint, and its weights without the rest", async () => {
  const bytes = await written();
  expect(await openCheckpoint(noted(bytes), "file", "all")).toEqual(sampleCheckpoint());
  const source = noted(bytes);
  const { state, best, history, weightsOnly } = await openCheckpoint(source, "file", "weights");
  expect(source.largest).toBeLessThan(bytes.length);
  const whole = sampleCheckpoint();
  expect({ parameters: state.parameters, best }).toEqual({
    parameters: whole.state.parameters,
    best: whole.best,
  });
  expect({ weightsOnly, points: history.progress.length }).toEqual({ weightsOnly: true, points: 0 });
  expect([...state.firstMoments.values()].every(({ values }) => values.every((v) => v === 0))).toBe(true);
});

it("refuses any damage of a file that is read by ranges, in what is kept and in what is not (property)", async () => {
  const bytes = await written();
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
      const damaged = bytes.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      await expect(openCheckpoint(noted(damaged), "file", "weights")).rejects.toHaveProperty("problem");
    }),
    { numRuns: 200 },
  );
});

it("opens a file of weights alone, which no run continues with", async () => {
  const whole = sampleCheckpoint();
  const bytes = joined(await encodeWeights(whole, whole.state));
  const checkpoint = orThrow(decodeCheckpoint(bytes, "weights"));
  expect(checkpoint.state.parameters).toEqual(whole.state.parameters);
  expect(checkpoint.state.running).toEqual(whole.state.running);
  expect(checkpoint).toMatchObject({ config: whole.config, dataset: whole.dataset, weightsOnly: true });
  expect(cannotResume("weights", checkpoint)?.code).toBe("checkpoint-weights-only");
});

it("opens the curves of a whole file, and a file of curves alone, which has no model", async () => {
  const whole = sampleCheckpoint();
  const { run, config, dataset, progress, history } = whole;
  const ofWhole = await openCurves(noted(await written(whole)), "whole");
  expect(ofWhole).toMatchObject({ run, config, dataset, progress, history });
  const small = joined(await encodeCurves(ofWhole));
  expect(await openCurves(noted(small), "curves")).toEqual(ofWhole);
  expect(decodeCheckpoint(small, "curves")).toMatchObject({ problem: { code: "checkpoint-curves-only" } });
  const cut = small.slice(0, -8);
  await expect(openCurves(noted(cut), "cut")).rejects.toMatchObject({
    problem: { code: "checkpoint-damaged" },
  });
  const weights = joined(await encodeWeights(whole, whole.state));
  await expect(openCurves(noted(weights), "weights")).rejects.toMatchObject({
    problem: { code: "checkpoint-without-curves" },
  });
});
