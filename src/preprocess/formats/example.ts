// tensorflow.Example:
//
//   Example  { features: Features = 1 }
//   Features { feature: map<string, Feature> = 1 }, a map's entry being { key = 1, value = 2 }
//   Feature  { bytes_list = 1 | float_list = 2 | int64_list = 3 }, each { value = 1, repeated, packed or not }

import { PbfReader } from "pbf";

/** The features that are lists of numbers, by name; others are there with null. */
export type Example = Map<string, number[] | null>;

/** Throws an Error that says what is wrong. */
export function parseExample(bytes: Uint8Array): Example {
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
