import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseHeader } from "../../src/checkpoint/header.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  type Tensor,
  type TensorFile,
} from "../../src/checkpoint/safetensors.ts";
import { crc32c } from "../../src/shards/checksums.ts";
import { joined } from "./sample.ts";

const file: TensorFile = {
  metadata: new Map([
    ["greeting", 'a "quoted" line\n\u00e9\u{1f600}'],
    ["empty", ""],
  ]),
  tensors: new Map<string, Tensor>([
    ["bytes", { shape: [3], values: new Uint8Array([1, 2, 255]) }],
    ["wide", { shape: [2, 1], values: new Float64Array([Math.PI, -0]) }],
    ["whole", { shape: [], values: new Int32Array([-7]) }],
    ["none", { shape: [0, 4], values: new Float32Array(0) }],
    ["float", { shape: [2, 2], values: new Float32Array([1, 2.5, -3, Number.NaN]) }],
  ]),
};

/** A file with any header text, its checksum right: what only a hostile hand makes. */
function sealed(rest: string, data: number[] = [], headerLength?: number): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(`{"__metadata__":{"crc32c":"00000000"${rest}`);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength ?? text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  const seal = crc32c(bytes).toString(16).padStart(8, "0");
  bytes.set(new TextEncoder().encode(seal), 8 + '{"__metadata__":{"crc32c":"'.length);
  return bytes;
}

it("gives back tensors and metadata, whatever their types, lengths and words", async () => {
  const decoded = decodeSafetensors(joined(await encodeSafetensors(file)), "a");
  expect(decoded).toEqual({ ok: true, value: { ...file, savedAgain: null } });
});

it("lays tensors out as views of the file, on multiples of their size", async () => {
  const bytes = joined(await encodeSafetensors(file));
  const decoded = decodeSafetensors(bytes, "a");
  if (!decoded.ok) throw new Error(decoded.problem.sentence);
  for (const { values } of decoded.value.tensors.values()) expect(values.buffer).toBe(bytes.buffer);
});

it("gives back any tensors (property)", async () => {
  const values = fc.oneof(
    fc.float32Array(),
    fc.float64Array(),
    fc.int32Array(),
    fc.uint8Array(),
  ) as fc.Arbitrary<Tensor["values"]>;
  const tensor = values.map((v): Tensor => ({ shape: [v.length], values: v.slice() }));
  const name = fc.string({ unit: "grapheme" }).filter((text) => text !== "__metadata__");
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(name, tensor)), async (entries) => {
      const given = { metadata: new Map<string, string>(), tensors: new Map(entries) };
      expect(decodeSafetensors(joined(await encodeSafetensors(given)), "a")).toEqual({
        ok: true,
        value: { ...given, savedAgain: null },
      });
    }),
    { numRuns: 100 },
  );
});

it("refuses every single flipped bit and every cut", async () => {
  const bytes = joined(await encodeSafetensors(file));
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    expect(decodeSafetensors(flipped, "a").ok, `bit ${bit}`).toBe(false);
  }
  for (let length = 0; length < bytes.length; length++)
    expect(decodeSafetensors(bytes.slice(0, length), "a").ok, `cut at ${length}`).toBe(false);
  expect(decodeSafetensors(joined([bytes, new Uint8Array(1)]), "a").ok).toBe(false);
});

describe("a sealed file with", () => {
  const tensor = (name: string, rest: string) => `,${JSON.stringify(name)}:${rest}`;
  const one = '{"dtype":"U8","shape":[1],"data_offsets":[0,1]}';
  const cases: [string, Uint8Array<ArrayBuffer>, RegExp][] = [
    [
      "two tensors of a name",
      sealed(`}${tensor("a", one)}${tensor("a", one)}}`, [1]),
      /two tensors named "a"/,
    ],
    ["two values in metadata", sealed(',"x":"1","x":"2"}}'), /two values of "x"/],
    ["two sections of metadata", sealed('},"__metadata__":{}}'), /two sections/],
    ["an unknown dtype", sealed(`}${tensor("a", one.replace("U8", "BF16"))}}`, [1, 2]), /dtype BF16/],
    [
      "a dtype from the prototype",
      sealed(`}${tensor("a", one.replace("U8", "toString"))}}`, [1]),
      /toString/,
    ],
    [
      "a shape too large",
      sealed(`}${tensor("a", one.replace("[1]", "[9007199254740991,9]"))}}`, [1]),
      /not 1/,
    ],
    ["offsets beyond the end", sealed(`}${tensor("a", one)}}`), /take 1 bytes, and 0 follow/],
    ["bytes nobody owns", sealed(`}${tensor("a", one)}}`, [1, 2]), /take 1 bytes, and 2 follow/],
    ["tensors that overlap", sealed(`}${tensor("a", one)}${tensor("b", one)}}`, [1]), /starts at 0 where 1/],
    ["a gap", sealed(`}${tensor("a", one.replace("[0,1]", "[1,2]"))}}`, [1, 2]), /starts at 1 where 0/],
    ["offsets turned round", sealed(`}${tensor("a", one.replace("[0,1]", "[1,0]"))}}`, [1]), /not -1/],
    ["a negative number", sealed(`}${tensor("a", one.replace("[0,1]", "[-1,0]"))}}`, [1]), /no whole number/],
    ["a fraction", sealed(`}${tensor("a", one.replace("[1]", "[1.5]"))}}`, [1]), /has no/],
    [
      "a number too long",
      sealed(`}${tensor("a", one.replace("[1]", "[99999999999999999]"))}}`, [1]),
      /whole number/,
    ],
    ["a nested value", sealed(',"x":{"y":1}}}'), /has no """/],
    [
      "a tensor without shape",
      sealed(`}${tensor("a", '{"dtype":"U8","data_offsets":[0,1]}')}}`, [1]),
      /lacks/,
    ],
    ["a repeated field", sealed(`}${tensor("a", `{"dtype":"U8",${one.slice(1)}`)}}`, [1]), /repeated field/],
    ["a string that never ends", sealed(',"x'), /has no/],
    ["text after the end", sealed("}}{"), /continues/],
    ["a header longer than the file", sealed("}}", [], 1e9), /claims 1000000000/],
  ];
  it.each(cases)("%s", (_, bytes, reason) => {
    const result = decodeSafetensors(bytes, "mine.safetensors");
    expect(result).toMatchObject({ ok: false, problem: { code: "checkpoint-damaged" } });
    if (!result.ok) expect(result.problem.sentence).toMatch(reason);
  });
});

it("keeps names of prototypes as plain names", () => {
  const header = parseHeader('{"__proto__":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}');
  expect([...header.entries.keys()]).toEqual(["__proto__"]);
  expect(({} as Record<string, unknown>).dtype).toBeUndefined();
});

it("calls noise another file, and a header that is cut off damaged", () => {
  const noise = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919 + 13) % 256);
  expect(decodeSafetensors(noise, "noise")).toMatchObject({ problem: { code: "checkpoint-foreign" } });
  const cut = new Uint8Array([0, 0, 255, 0, 0, 0, 0, 0, ...new TextEncoder().encode('{"__metadata__":')]);
  expect(decodeSafetensors(cut, "cut")).toMatchObject({ problem: { code: "checkpoint-damaged" } });
});

it("distinguishes another tool's file from a damaged one", () => {
  const header = '{"weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const bytes = joined([new Uint8Array(8), new TextEncoder().encode(header), new Uint8Array(4)]);
  bytes[0] = header.length;
  expect(decodeSafetensors(bytes, "theirs")).toMatchObject({ problem: { code: "checkpoint-foreign" } });
});
