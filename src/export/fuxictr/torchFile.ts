// `torch.save(state_dict)`: a stored ZIP with the arrays' bytes as files of their own and a pickle that says how tensors
// are made of them. `torch.load(weights_only=True)` reads it: the pickle names nothing but tensors and an ordered map.

import { downloadZip } from "client-zip";
import type { TorchTensor } from "./names.ts";

/** The file as it is written, piece by piece. */
export function torchFile(tensors: TorchTensor[]): ReadableStream<Uint8Array> {
  const files: { name: string; input: BufferSource | string }[] = [
    { name: "archive/data.pkl", input: pickleOf(tensors) },
    { name: "archive/byteorder", input: "little" },
    ...tensors.map(({ values }, i) => ({
      name: `archive/data/${i}`,
      input: new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength),
    })),
    { name: "archive/version", input: "3\n" },
  ];
  const lastModified = new Date(Date.UTC(1980, 0, 1));
  return downloadZip(files.map((file) => ({ ...file, lastModified }))).body!;
}

/** Protocol 2 of Python's pickle; letters are its operations. */
function pickleOf(tensors: TorchTensor[]): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [0x80, 2];
  const text = new TextEncoder();
  const op = (letter: string) => bytes.push(letter.charCodeAt(0));
  const uint32 = (value: number) =>
    bytes.push(value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24);
  const global = (module: string, name: string) => {
    op("c");
    bytes.push(...text.encode(`${module}\n${name}\n`));
  };
  const unicode = (value: string) => {
    const encoded = text.encode(value);
    op("X");
    uint32(encoded.length);
    bytes.push(...encoded);
  };
  const integer = (value: number) => {
    if (value < 2 ** 31) {
      op("J");
      uint32(value);
      return;
    }
    // LONG1: eight bytes, little-endian.
    bytes.push(0x8a, 8);
    uint32(value >>> 0);
    uint32(Math.floor(value / 2 ** 32));
  };
  const tuple = (items: number[]) => {
    op("(");
    for (const item of items) integer(item);
    op("t");
  };
  const orderedMap = () => {
    global("collections", "OrderedDict");
    op(")");
    op("R");
  };

  orderedMap();
  op("(");
  for (const [i, { name, shape, values }] of tensors.entries()) {
    unicode(name);
    global("torch._utils", "_rebuild_tensor_v2");
    op("(");
    op("(");
    unicode("storage");
    global("torch", values instanceof Float32Array ? "FloatStorage" : "LongStorage");
    unicode(String(i));
    unicode("cpu");
    integer(values.length);
    op("t");
    op("Q");
    integer(0);
    tuple(shape);
    tuple(stridesOf(shape));
    // Needs no gradient.
    bytes.push(0x89);
    orderedMap();
    op("t");
    op("R");
  }
  op("u");
  op(".");
  return Uint8Array.from(bytes);
}

/** Of a row-major array, in elements. */
function stridesOf(shape: number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
}
