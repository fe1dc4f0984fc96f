// TFRecord: records framed as { u64 length, u32 CRC of the length, bytes, u32 CRC of the bytes }, little-endian, each a
// tensorflow.Example. The CRC is a CRC-32C, turned and shifted so that a CRC of bytes with a CRC in them stays good
// (tensorflow/core/lib/hash/crc32c.h).

import { PbfReader } from "pbf";
import { dataViewOf } from "../../base/bytes.ts";
import { type ProblemError, problemError } from "../../base/result.ts";
import { createCursor } from "./cursor.ts";
import { TFRECORD_HEADER_BYTES as HEADER_BYTES, maskedCrc } from "./firstBytes.ts";
import { type IdRecord, openIdRows } from "./idRows.ts";
import type { InputFile, OnBytes } from "./input.ts";
import type { LogSource, OpenedFile, OpenOptions } from "./logSource.ts";

const NAME = "TFRecord";
/** The names of DeepFM's scripts, and those of others. */
const IDS = ["feat_ids", "ids"];
const VALUES = ["feat_vals", "values", "vals"];

export function openTfRecord(files: OpenedFile[], options: OpenOptions): Promise<LogSource> {
  return openIdRows(
    { name: NAME, read: ({ file }, onProgress) => readRecords(file, onProgress) },
    files,
    options,
  );
}

async function* readRecords(file: InputFile, onProgress: OnBytes): AsyncGenerator<IdRecord> {
  const cursor = createCursor(file.stream(onProgress));
  try {
    for (let record = 0; ; record++) {
      const bytes = await nextRecord();
      if (!bytes) return;
      yield idRecord(parsed(bytes, record), record);

      async function nextRecord(): Promise<Uint8Array | null> {
        const header = (await cursor.take(HEADER_BYTES)).slice();
        if (header.length === 0) return null;
        if (header.length < HEADER_BYTES) throw damaged(`it ends within record ${record}`);
        const view = dataViewOf(header);
        if (maskedCrc(header.subarray(0, 8)) !== view.getUint32(8, true))
          throw damaged(`the length of record ${record} has a wrong checksum`);
        const length = Number(view.getBigUint64(0, true));
        const body = await cursor.take(length + 4);
        if (body.length < length + 4) throw damaged(`it ends within record ${record}`);
        const content = body.subarray(0, length);
        if (maskedCrc(content) !== dataViewOf(body).getUint32(length, true))
          throw damaged(`record ${record} has a wrong checksum`);
        return content;
      }
    }
  } finally {
    await cursor.close();
  }

  function damaged(reason: string): ProblemError {
    return problemError("format-damaged", { name: file.name, format: NAME, reason });
  }
  function parsed(bytes: Uint8Array, record: number): Example {
    try {
      return parseExample(bytes);
    } catch (cause) {
      throw damaged(`record ${record} is no tf.train.Example, ${(cause as Error).message}`);
    }
  }
  function idRecord(example: Example, record: number): IdRecord {
    const find = (names: string[]) => names.map((name) => example.get(name)).find((list) => list);
    const ids = find(IDS);
    const values = find(VALUES);
    const labels = find(["label"]);
    if (ids && values && labels) return { where: `record ${record}`, ids, values, labels };
    throw problemError("format-mismatch", {
      name: file.name,
      format: NAME,
      reason: `record ${record} has the features ${[...example.keys()].join(", ") || "of none"}`,
      expected: "Its records should hold the lists feat_ids, feat_vals and label",
    });
  }
}

/**
 * The features that are lists of numbers, by name; others are there with null. tensorflow.Example:
 *
 *   Example  { features: Features = 1 }
 *   Features { feature: map<string, Feature> = 1 }, a map's entry being { key = 1, value = 2 }
 *   Feature  { bytes_list = 1 | float_list = 2 | int64_list = 3 }, each { value = 1, repeated, packed or not }
 */
type Example = Map<string, number[] | null>;

/** Throws an Error that says what is wrong. */
function parseExample(bytes: Uint8Array): Example {
  return new PbfReader(bytes).readFields(readExample, new Map());
}

function readExample(field: number, example: Example, reader: PbfReader): void {
  if (field === 1) reader.readMessage(readFeatures, example);
}

function readFeatures(field: number, example: Example, reader: PbfReader): void {
  if (field !== 1) return;
  const { name, values } = reader.readMessage(readEntry, { name: "", values: null });
  example.set(name, values);
}

interface Entry {
  name: string;
  values: number[] | null;
}

function readEntry(field: number, entry: Entry, reader: PbfReader): void {
  if (field === 1) entry.name = reader.readString();
  if (field === 2) reader.readMessage(readFeature, entry);
}

function readFeature(field: number, entry: Entry, reader: PbfReader): void {
  if (field === 2) entry.values = reader.readMessage(readFloats, []);
  if (field === 3) entry.values = reader.readMessage(readIntegers, []);
}

function readFloats(field: number, values: number[], reader: PbfReader): void {
  if (field === 1) reader.readPackedFloat(values);
}

function readIntegers(field: number, values: number[], reader: PbfReader): void {
  if (field === 1) reader.readPackedVarint(values, true);
}
