// What the values of categories are: only values of one kind can be compared by their ids. Values of a log are known by what they
// write; ids that another tool gave mean nothing beside another's.

import type { CategoryValues, Manifest } from "../shards/manifest.ts";
import type { CountedValue } from "./vocabulary.ts";

/** Of a log whose values are not all numbers; mixed: those that were seen may be of either kind. */
export type SourceValues = CategoryValues | { kind: "text" } | { kind: "mixed" };

/** What the values of a log are, by some of them; eight digits may be hexadecimal. */
export function kindOfValues(values: Iterable<string>): "decimal" | "text" | "mixed" {
  let decimal = false;
  let text = false;
  for (const value of values) {
    if (value === "" || /^\d{8}$/.test(value)) continue;
    if (/^(0|[1-9]\d{0,9})$/.test(value)) decimal = true;
    else text = true;
  }
  if (decimal === text) return "mixed";
  return decimal ? "decimal" : "text";
}

/** What a data set's values are: as its manifest says of ids, else as the values themselves show. */
export function valuesOfDataset(manifest: Manifest, vocabulary: CountedValue[][]): SourceValues {
  const { categoryValues: stated } = manifest;
  if (stated && stated.kind !== "decimal") return stated;
  const kind = kindOfValues(texts(vocabulary));
  if (stated || kind !== "decimal") return { kind };
  const firstId = firstIdOf(manifest.columns.length, vocabulary);
  return firstId === null ? { kind } : { kind: "row-ids", firstId };
}

/** What a manifest says of values: nothing of texts. */
export function toldOf(values: SourceValues): CategoryValues | undefined {
  return values.kind === "text" || values.kind === "mixed" ? undefined : values;
}

/** Whether equal values of the two mean the same. */
export function areAlike(a: SourceValues, b: SourceValues): boolean {
  if (a.kind === "row-ids" && b.kind === "row-ids") return a.firstId === b.firstId;
  const ofLogs = [a.kind, b.kind].every((kind) => kind !== "row-ids" && kind !== "fuxictr-ids");
  return ofLogs && (a.kind === b.kind || a.kind === "mixed" || b.kind === "mixed");
}

/** As in "it holds decimal numbers". */
export function valuesText(values: SourceValues): string {
  switch (values.kind) {
    case "decimal":
      return "decimal numbers";
    case "text":
      return "texts or hexadecimal numbers";
    case "mixed":
      return "texts and numbers";
    case "fuxictr-ids":
      return "FuxiCTR's ids without the values behind them";
    case "row-ids":
      return values.firstId === null
        ? "another tool's ids, each column's own"
        : `another tool's ids, those of all columns from ${values.firstId} on`;
  }
}

/**
 * The first id of rows whose ids are of one space, as manifests did not always say it: a column's values come after those
 * of the columns before it, and before all values come as many ids as there are columns.
 */
function firstIdOf(fields: number, vocabulary: CountedValue[][]): number | null {
  let last = Number.NEGATIVE_INFINITY;
  let smallest = Number.POSITIVE_INFINITY;
  for (const values of vocabulary) {
    let largest = last;
    for (const { value } of values) {
      const id = Number(value);
      if (id <= last) return null;
      smallest = Math.min(smallest, id);
      largest = Math.max(largest, id);
    }
    last = largest;
  }
  const first = smallest - fields;
  return first === 0 || first === 1 ? first : null;
}

function* texts(vocabulary: CountedValue[][]): Generator<string> {
  for (const values of vocabulary) for (const { value } of values) yield value;
}
