// Batches whose ids come as often as in Criteo's log, and the configurations that are measured on them. Runs in Node and
// in the browser.

import type { Batch } from "../base/batch.ts";
import { createRandom, type Random } from "../base/random.ts";
import type { Config, InputShape } from "../model/config.ts";
import { PRESET_NAMES, type PresetName, preset } from "../model/presets.ts";

export const STEP_CONFIGS = ["demo", "medium", "r", "x1"] as const;
/** What can be measured: those, and every preset. */
export type StepConfigName = (typeof STEP_CONFIGS)[number] | PresetName;
export const ALL_STEP_CONFIGS = [...new Set<StepConfigName>([...STEP_CONFIGS, ...PRESET_NAMES])];

// Table rows of the benchmarks (BARS): ids, and a row an integer field where those are numbers.
const X1_ROWS = 2_086_329 + 13;
const X4_ROWS = 910_747;

export interface StepCase {
  config: Config;
  shape: InputShape;
  /** How much a column's frequent values lead: ids are size · u^skew of uniform u. */
  skew: number;
}

const INTEGER_FIELDS = 13;
const FIELDS = 39;
const BUCKETS = 40;
// Distinct values of the 26 categorical columns, about as they come in the log at MindSpore's threshold.
const COLUMN_SIZES = [
  1300, 550, 30000, 28000, 300, 15, 10000, 600, 3, 11000, 5000, 29000, 3100, 26, 5700, 28000, 10, 2900, 1600,
  4, 29000, 15, 15, 12000, 60, 9000,
];

/**
 * The configuration and the size of its data. The skews give unique ids over rows × 26 columns of 0.165 at 4,096 rows and
 * 0.108 at 16,000 (`medium`, `r`), 0.165 at 4,096 (`x1`) and 0.23 at 1,024 (`demo`), as on the log itself.
 */
export function stepCase(name: StepConfigName, changes: Partial<Config> = {}): StepCase {
  switch (name) {
    case "demo":
      return { config: { ...preset("demo"), ...changes }, shape: shapeOf(20_000), skew: 4 };
    case "medium":
      return {
        config: { ...preset("mindspore"), embeddingDim: 16, batchSize: 4096, ...changes },
        shape: shapeOf(185_000),
        skew: 12,
      };
    case "r":
      return {
        config: { ...preset("mindspore"), batchSize: 4096, ...changes },
        shape: shapeOf(184_965),
        skew: 12,
      };
    case "x1":
      return { config: { ...preset("fuxictr-x1-2b"), ...changes }, shape: shapeOf(2_086_329), skew: 25 };
    default: {
      const config = { ...preset(name), ...changes };
      if (name.includes("x1")) return { config, shape: shapeOf(X1_ROWS), skew: 25 };
      return { config, shape: shapeOf(name.includes("x4") ? X4_ROWS : 184_965), skew: 12 };
    }
  }
}

/**
 * The same where every value has an id of its own (threshold 0), as in 100,000 rows of the log: unique ids over rows × 26
 * columns of 0.31 at 1,024 rows and 0.23 at 4,096.
 */
export function withEveryValue(measured: StepCase): StepCase {
  return { ...measured, shape: shapeOf(248_445), skew: 8 };
}

/** Batches from a seed; the id columns follow each other in the table after the integers' rows. */
export function stepBatches({ config, shape, skew }: StepCase, count: number): Batch[] {
  const random = createRandom(config.seed);
  const columns = columnsOf(config, shape);
  return Array.from({ length: count }, () => drawBatch(random, config.batchSize, columns, skew));
}

/** Unique ids over rows × columns of the 26 categorical columns. */
export function categoricalUniqueShare(batch: Batch): number {
  let unique = 0;
  for (let f = INTEGER_FIELDS; f < FIELDS; f++) {
    const ids = new Set<number>();
    for (let at = f; at < batch.ids.length; at += FIELDS) ids.add(batch.ids[at]!);
    unique += ids.size;
  }
  return unique / (batch.rowCount * (FIELDS - INTEGER_FIELDS));
}

/** A field's first table row, how many it has, and whether its weight is a scaled integer. */
interface Column {
  base: number;
  size: number;
  weighted: boolean;
}

function shapeOf(tableRows: number): InputShape {
  return { fields: FIELDS, tableRows };
}

function columnsOf(config: Config, shape: InputShape): Column[] {
  const bucketed = config.integers === "bucket";
  const integerSize = bucketed ? BUCKETS : 1;
  const columns: Column[] = [];
  for (let f = 0; f < INTEGER_FIELDS; f++)
    columns.push({ base: f * integerSize, size: integerSize, weighted: !bucketed });
  let base = INTEGER_FIELDS * integerSize;
  const left = shape.tableRows - base;
  const total = COLUMN_SIZES.reduce((a, b) => a + b, 0);
  for (const share of COLUMN_SIZES) {
    const size = Math.max(3, Math.floor((share * (left - 3 * COLUMN_SIZES.length)) / total));
    columns.push({ base, size, weighted: false });
    base += size;
  }
  return columns;
}

function drawBatch(random: Random, rowCount: number, columns: Column[], skew: number): Batch {
  const fields = columns.length;
  const batch: Batch = {
    rowCount,
    fields,
    ids: new Int32Array(rowCount * fields),
    weights: new Float32Array(rowCount * fields),
    labels: new Float32Array(rowCount),
  };
  for (let b = 0; b < rowCount; b++) {
    for (const [f, { base, size, weighted }] of columns.entries()) {
      const at = b * fields + f;
      batch.ids[at] = base + Math.floor(size * random.uniform() ** skew);
      batch.weights[at] = weighted ? random.uniform() : 1;
    }
    batch.labels[b] = random.uniform() < 0.256 ? 1 : 0;
  }
  return batch;
}
