// Everything that permuting says of a model that is not trained meanwhile: all columns, the strongest pairs and triples.

import type { Split } from "../base/batch.ts";
import type { Config } from "../model/config.ts";
import type { Dataset } from "../shards/dataset.ts";
import {
  byImportance,
  type ImportanceFinding,
  INTERACTION_COLUMNS,
  type InteractionFinding,
  type Measured,
  measureImportance,
  measureInteractions,
} from "./insight.ts";
import { createSampleCollector, type Sample } from "./sample.ts";

/** At most `most` rows of a split, equally spaced. */
export async function readSample(
  dataset: Dataset,
  { batchSize, integers }: Pick<Config, "batchSize" | "integers">,
  split: Split,
  most: number,
): Promise<Sample> {
  const { fields } = dataset.shape(integers);
  const collector = createSampleCollector(dataset.manifest.splits[split].rows, fields, most);
  for await (const batch of dataset.batches({ split, batchSize, integers, shuffle: null, reuse: true }))
    collector.add(batch);
  return collector.sample();
}

export interface WholeInsight {
  /** By column. */
  findings: ImportanceFinding[];
  interactions: InteractionFinding;
}

/** Permutes every column `repeats` times, then measures interactions; `onColumn` gets how many columns are done. */
export async function measureWhole(
  measured: Measured,
  repeats: number,
  onColumn: (done: number) => void,
): Promise<WholeInsight> {
  const findings: ImportanceFinding[] = [];
  const columns = Array.from({ length: measured.sample.fields }, (_, column) => column);
  for await (const finding of measureImportance(measured, columns, repeats)) {
    findings.push(finding);
    onColumn(findings.length);
  }
  const among = byImportance(findings).slice(0, INTERACTION_COLUMNS);
  let interactions: InteractionFinding | null = null;
  for await (const finding of measureInteractions(measured, among)) interactions = finding ?? interactions;
  return { findings, interactions: interactions! };
}
