// Whether the rows of a data set mean to a model what those meant that it was trained on: the same value behind each id,
// and integers on the same scales.

import { type Problem, problem } from "../base/problem.ts";
import type { Column, Manifest } from "../shards/manifest.ts";
import type { DatasetCard } from "./metadata.ts";

/**
 * The problem where `manifest` has other ids, or other statistics of its integers, than the data of the checkpoint
 * `name`; null where they are the same. Checkpoints of old do not name their vocabulary: of them only what the columns
 * say is compared, counts included, which other data hardly share. `needs`: what the data set was opened for.
 */
export function otherVocabulary(
  name: string,
  card: DatasetCard,
  manifest: Manifest,
  needs: "its rows" | "its ids" = "its rows",
): Problem | null {
  const difference = columnDifference(card.columns, manifest.columns) ?? valueDifference(card, manifest);
  if (!difference) return null;
  const { name: dataset } = manifest;
  const details = { name, checkpoint: card.name, dataset, difference, needs };
  return problem("checkpoint-other-vocabulary", details);
}

function valueDifference({ vocabulary }: DatasetCard, manifest: Manifest): string | null {
  if (!vocabulary || vocabulary.sha256 === manifest.vocabulary.sha256) return null;
  return vocabulary.rows === manifest.vocabulary.rows
    ? `its ${vocabulary.rows} values are others, or in another order`
    : `${manifest.vocabulary.rows} values instead of ${vocabulary.rows}`;
}

function columnDifference(before: Column[], now: Column[]): string | null {
  if (before.length !== now.length) return `${now.length} columns instead of ${before.length}`;
  for (const [c, column] of before.entries()) {
    const other: Record<string, unknown> = now[c]!;
    // What only one version of the studio writes says nothing of the data.
    const differing = Object.entries(column).find(
      ([key, value]) => key in other && JSON.stringify(value) !== JSON.stringify(other[key]),
    );
    if (differing) return `column ${column.name} differs in its ${WORDS[differing[0]] ?? differing[0]}`;
  }
  return null;
}

/** How a field of a column is called in a sentence. */
const WORDS: Record<string, string> = {
  missing: "number of missing values",
  frequent: "number of frequent values",
  distinct: "number of distinct values",
  base: "place in the table",
};
