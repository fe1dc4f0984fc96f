// The rules of preprocessing written down as plainly as possible: strings, maps and sorting. Slow, and easy to trust.

import { mix32 } from "../../src/base/random.ts";
import type { Rules } from "../../src/shards/manifest.ts";
import { MISSING } from "../../src/shards/rows.ts";

export interface ReferenceRow {
  split: "train" | "valid" | "test";
  label: number;
  integers: number[];
  /** Local ids. */
  categories: number[];
}

export interface Reference {
  rows: ReferenceRow[];
  badLines: number[];
  /** Frequent values of each category in id order, with their counts. */
  vocabulary: { value: string; count: number }[][];
  distinct: number[];
}

/** `log` has one character a byte. */
export function referencePreprocess(log: string, rules: Rules): Reference {
  const lines = log.replace(/^\u00ef\u00bb\u00bf/, "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  const parsed = lines.map((line) => parse(line.replace(/\r$/, "")));
  const badLines = parsed.flatMap((row, line) => (row ? [] : [line]));
  const good = parsed.filter((row) => row !== null);
  const counts = Array.from({ length: 26 }, (_, c) => {
    const count = new Map<string, number>();
    for (const { values } of good) count.set(values[c]!, (count.get(values[c]!) ?? 0) + 1);
    return count;
  });
  const vocabulary = counts.map((count) =>
    [...count]
      .map(([value, n]) => ({ value, count: n }))
      .filter((entry) =>
        rules.rule === "over" ? entry.count > rules.threshold : entry.count >= rules.threshold,
      )
      .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)),
  );
  const rows = parsed.flatMap((row, line) => {
    if (!row) return [];
    const categories = row.values.map(
      (value, c) => 1 + vocabulary[c]!.findIndex((entry) => entry.value === value),
    );
    return [{ split: splitOf(line, rules), label: row.label, integers: row.integers, categories }];
  });
  return { rows, badLines, vocabulary, distinct: counts.map((count) => count.size) };
}

function parse(line: string): { label: number; integers: number[]; values: string[] } | null {
  const fields = line.split("\t");
  if (fields.length !== 40 || !/^[01]$/.test(fields[0]!)) return null;
  const texts = fields.slice(1, 14);
  if (!texts.every((text) => text === "" || (/^-?\d+$/.test(text) && Math.abs(Number(text)) <= 2147483647)))
    return null;
  return {
    label: Number(fields[0]),
    integers: texts.map((text) => (text === "" ? MISSING : Number(text) + 0)),
    values: fields.slice(14),
  };
}

function splitOf(line: number, { split, seed, testShare, validShare }: Rules): ReferenceRow["split"] {
  if (split !== "hash") return "train";
  const share = mix32(line ^ mix32((seed + 0x9e3779b9) >>> 0)) / 2 ** 32;
  return share < testShare ? "test" : share < testShare + validShare ? "valid" : "train";
}
