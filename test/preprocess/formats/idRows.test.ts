// TFRecord, HDF5 and MindRecord of the same rows, written by their own tools, become the same data set.

import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openIdRows } from "../../../src/preprocess/formats/idRows.ts";
import { blobInput } from "../../../src/preprocess/formats/input.ts";
import { crc32c } from "../../../src/shards/checksums.ts";
import { goldenFiles, goldenText } from "./golden.ts";
import { importFiles, importSource, openFiles } from "./opened.ts";

interface SplitRows {
  ids: number[][];
  values: number[][];
  labels: number[];
}
const golden: { train: SplitRows; test: SplitRows } = JSON.parse(goldenText("rows.json"));

const formats = {
  TFRecord: goldenFiles(/tfrecord/),
  HDF5: goldenFiles(/\.h5/),
  MindRecord: goldenFiles(/input_part\.mindrecord/),
};
type Name = keyof typeof formats;

/** Each category's ids in their order, OOV left out. */
const columns = Array.from({ length: 26 }, (_, c) =>
  [...new Set([...golden.train.ids, ...golden.test.ids].map((ids) => ids[c]!))]
    .filter((id) => id !== 13 + c)
    .sort((a, b) => a - b),
);

function stored({ ids, values, labels }: SplitRows): number[][] {
  return labels.map((label, r) => [
    label,
    ...values[r]!.map((value) => Math.fround(value)),
    ...ids[r]!.map((id, c) => columns[c]!.indexOf(id) + 1),
  ]);
}

describe.each(Object.keys(formats) as Name[])("%s", (name) => {
  it("holds the rows that were written, ids in their order", async () => {
    const { source, manifest, rows, vocabulary } = await importFiles(formats[name]);
    expect(source.format).toBe(name);
    expect(manifest.rules).toMatchObject({
      split: "given",
      idOrder: "given",
      rule: "at-least",
      threshold: 1,
    });
    expect(rows.train).toEqual(stored(golden.train));
    expect(rows.test).toEqual(stored(golden.test));
    expect(vocabulary.map((line) => line.split("\t")[1])).toEqual(columns.flat().map(String));
    expect(manifest.columns[0]).toMatchObject({ fractions: true });
  });

  it("stops after so many rows, those of each split in proportion", async () => {
    const inOrder = await importFiles(formats[name], { limit: 65, inOrder: true });
    expect([inOrder.rows.train.length, inOrder.rows.test.length]).toEqual([60, 5]);
    const { rows } = await importFiles(formats[name], { limit: 20 });
    expect(rows.train.length + rows.test.length).toBeLessThanOrEqual(20);
    expect(Math.min(rows.train.length, rows.test.length)).toBeGreaterThan(3);
  });

  it("is not taken for rows of other columns", async () => {
    const layout = { integers: 10, categories: 20 };
    await expect(openFiles(formats[name], { layout })).rejects.toMatchObject({
      problem: { code: "format-mismatch" },
    });
  });
});

it("reads MindRecord with each category's own ids, and integers as they are", async () => {
  const { rows, manifest } = await importFiles(goldenFiles(/columns/), {}, { split: "none" });
  const { ids, values, labels } = golden.test;
  expect(rows.train.map((row) => row[0])).toEqual(labels);
  expect(rows.train.map((row) => row.slice(1, 14))).toEqual(
    values.map((row) => row.map((value) => value * 256)),
  );
  const first = [...new Set(ids.map((row) => row[0]!))].sort((a, b) => a - b);
  expect(rows.train.map((row) => row[14])).toEqual(ids.map((row) => first.indexOf(row[0]!) + 1));
  expect(manifest.columns[0]).not.toHaveProperty("fractions");
});

it.each([
  ["infinity", Number.POSITIVE_INFINITY, "which is no finite number"],
  ["a number too large for a float", 1e39, "which is too large for a float of 32 bits"],
])("leaves out %s", async (_, outlier, fault) => {
  const values = [0.25, ...Array.from({ length: 299 }, (_, i) => i / 512), outlier];
  const record = { where: "record 0", labels: values.map(() => 1), ids: values.map((_, i) => i % 3), values };
  async function* read() {
    yield record;
  }
  const file = blobInput("a.tfrecord", new Blob([]));
  const layout = { integers: 1, categories: 1 };
  const source = await openIdRows({ name: "TFRecord", read }, [{ file, head: new Uint8Array() }], { layout });
  const { manifest, rows } = await importSource(source, { split: "none" });
  expect(manifest.columns[0]).toMatchObject({ fractions: true, maximum: 298 / 512 });
  const reason = `has ${outlier} in column I1, ${fault}`;
  expect(manifest.badLineExamples).toMatchObject([{ reason }]);
  expect(rows.train.map((row) => row[1])).toEqual(values.slice(0, -1));
});

it("knows how integers are written in later versions of MindRecord", async () => {
  const files = goldenFiles(/columns/);
  const [name, bytes] = Object.entries(files)[0]!;
  const later = bytes.slice();
  const view = new DataView(later.buffer);
  const length = Number(view.getBigUint64(0, true));
  const header = new TextDecoder().decode(bytes.subarray(8, 8 + length));
  later.set(new TextEncoder().encode(header.replace('"version":"3.0"', '"version":"10.0"')), 8);
  view.setBigUint64(0, BigInt(length + 1), true);
  const { rows } = await importFiles({ [name]: later }, {}, { split: "none" });
  expect(rows).toEqual((await importFiles(files, {}, { split: "none" })).rows);
});

it("reads TFRecord that is packed", async () => {
  const [name, bytes] = Object.entries(formats.TFRecord)[0]!;
  const packed = Uint8Array.from(gzipSync(bytes));
  const source = await openFiles({ [`${name}.gz`]: packed });
  expect(source.format).toBe("TFRecord");
});

/** A file of one record, whatever it says. */
function tfRecord(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const masked = (bytes: Uint8Array) => {
    const crc = crc32c(bytes);
    return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  };
  const file = new Uint8Array(16 + content.length);
  const view = new DataView(file.buffer);
  view.setBigUint64(0, BigInt(content.length), true);
  view.setUint32(8, masked(file.subarray(0, 8)), true);
  file.set(content, 12);
  view.setUint32(12 + content.length, masked(content), true);
  return file;
}

const train = "train_part_0.tfrecord";
const changed = (bytes: Uint8Array<ArrayBuffer>, at: number) => {
  const copy = bytes.slice();
  copy[at]! ^= 1;
  return copy;
};

it.each([
  [
    "a flipped bit in a record",
    () => ({ [train]: changed(formats.TFRecord[train]!, 100) }),
    /record 0 has a wrong checksum/,
  ],
  [
    "a file that was cut off",
    () => ({ [train]: formats.TFRecord[train]!.slice(0, -9) }),
    /ends within record 5/,
  ],
  [
    "a record of something else",
    () => ({ "a.tfrecord": tfRecord(new Uint8Array([9, 9])) }),
    /no tf.train.Example/,
  ],
  [
    "a record of other features",
    () => ({ "a.tfrecord": tfRecord(new Uint8Array([10, 7, 10, 5, 10, 1, 97, 18, 0])) }),
    /has the features a/,
  ],
  [
    "HDF5 without its labels",
    () => ({ "train_input_part_0.h5": formats.HDF5["train_input_part_0.h5"]! }),
    /should be in train_output_part_0.h5/,
  ],
  [
    "labels without their HDF5",
    () => ({ "train_output_part_0.h5": formats.HDF5["train_output_part_0.h5"]! }),
    /ids and values is not there/,
  ],
  [
    "HDF5 that was cut off",
    () => ({
      ...formats.HDF5,
      "train_input_part_0.h5": formats.HDF5["train_input_part_0.h5"]!.slice(0, 9000),
    }),
    /train_input_part_0.h5 is damaged HDF5/,
  ],
  [
    "MindRecord that was cut off",
    () => ({ "a.mindrecord": formats.MindRecord["train_input_part.mindrecord"]!.slice(0, 20000) }),
    /ends within page 0/,
  ],
  [
    "two kinds of files",
    () => ({ ...formats.TFRecord, "train.csv": Uint8Array.from(Buffer.from("label,I1,C1\n1,2,3\n")) }),
    /cannot be one data set/,
  ],
])("says %s in a sentence", async (_, files, sentence) => {
  const attempt = openFiles(files() as Record<string, Uint8Array<ArrayBuffer>>);
  await expect(attempt).rejects.toMatchObject({ problem: { sentence: expect.stringMatching(sentence) } });
});
