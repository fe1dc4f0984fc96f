// manifest.json: what a data set holds and how it was made, in the spirit of FuxiCTR's feature_map.json. It carries what
// each way of feeding integers needs, and enough to check any piece of any shard that is read alone.

import { problemError } from "../base/result.ts";
import { createSha256 } from "./checksums.ts";
import type { CategoryColumn, Column, IntegerColumn, Manifest } from "./manifestSchema.ts";
import type { Layout } from "./rows.ts";

export type {
  CategoryColumn,
  CategoryValues,
  Column,
  IntegerColumn,
  Manifest,
  RowGroup,
  Rules,
  Shard,
} from "./manifestSchema.ts";

export const MANIFEST_FILE = "manifest.json";
export const VOCABULARY_FILE = "vocabulary.tsv";

/** Bytes of the shards and the vocabulary. */
export function byteLengthOf({ shards, vocabulary }: Pick<Manifest, "shards" | "vocabulary">): number {
  return shards.reduce((sum, { bytes }) => sum + bytes, vocabulary.bytes);
}

/** Of the whole of Criteo it is one three-hundredth of this. */
const MOST_MANIFEST_BYTES = 64 << 20;

/** Throws a ProblemError where a file is too long for a manifest: rather a log, not worth reading as one. */
export function checkManifestLength(name: string, byteLength: number): void {
  if (byteLength <= MOST_MANIFEST_BYTES) return;
  const reason = `it is longer than ${MOST_MANIFEST_BYTES >> 20} MiB, which no manifest is`;
  throw problemError("manifest-invalid", { name, reason });
}

/** SHA-256 over the manifest's content, whatever its spacing; its keys must be in the order of the schema. */
export function manifestIdentity(manifest: Manifest): string {
  const hash = createSha256();
  hash.update(new TextEncoder().encode(JSON.stringify(manifest)));
  return hash.hex();
}

/** How many columns of each kind there are, and which numbers have fractions. */
export function layoutOf(manifest: Manifest): Layout {
  const numbers = integerColumns(manifest);
  const fractions = numbers.map((column) => column.fractions === true);
  return {
    integers: numbers.length,
    categories: categoryColumns(manifest).length,
    ...(fractions.includes(true) && { fractions }),
  };
}

/** The columns of numbers, in the order of the rows. */
export function integerColumns(manifest: Manifest): IntegerColumn[] {
  return manifest.columns.filter((column) => column.kind === "integer");
}

/** The columns of categories, in the order of the rows. */
export function categoryColumns(manifest: Manifest): CategoryColumn[] {
  return manifest.columns.filter((column) => column.kind === "category");
}

/**
 * Rows that the columns' counts were taken from, which need not be those of the data set; null where that is not known
 * (counts of another data set without integers).
 */
export function countedRows(manifest: Manifest): number | null {
  const { rules, splits, source, badLines } = manifest;
  const [integers] = integerColumns(manifest);
  if (integers) return integers.buckets.reduce((sum, bucket) => sum + bucket.count, 0);
  if (rules.fittedOn === "given") return null;
  return rules.fittedOn === "train" ? splits.train.rows : source.lines - badLines;
}

/** Share of the counted rows that lack the column's value. */
export function missingShare({ missing }: Column, counted: number | null): number | null {
  if (counted === null) return null;
  return counted > 0 ? missing / counted : 0;
}
