// A synthetic log like Criteo's, from a seed: for the demo, for tests and for measuring, since Criteo's own rows may not
// be passed on.

import { createRandom, hash32, mix32, type Random } from "../base/random.ts";
import { unhurried } from "../base/yield.ts";
import { auc } from "../metrics/auc.ts";
import { memoryOutput } from "../shards/byteSink.ts";
import { type Folder, memoryFolder } from "../shards/byteSource.ts";
import type { Manifest, Rules } from "../shards/manifest.ts";
import { CRITEO, MISSING } from "../shards/rows.ts";
import { type Block, KIND, makeBlock } from "./block.ts";
import { preprocess, writeManifest } from "./preprocess.ts";
import { NAMED_RULES } from "./rules.ts";
import { lineSplitter, TEST } from "./splits.ts";
import {
  CATEGORY_SHAPES,
  createRankSampler,
  drawInteger,
  INTEGER_SHAPES,
  type RankSampler,
} from "./syntheticColumns.ts";
import { plantSignal, type Signal, type SyntheticRow } from "./syntheticSignal.ts";

export interface SyntheticOptions {
  rows: number;
  seed: number;
}

const DEMO_THRESHOLD = 30;
const BLOCK_ROWS = 2048;
/** So many rows are kept from the first pass to the second, 48 MB; more are made twice. */
const MOST_KEPT_ROWS = 1 << 18;
const ROW_STREAM = 5;
const VALUE_STREAM = 6;

/** Makes the demo's data set in memory: synthetic rows through the same preprocessing as any log. */
export async function makeDemoDataset({
  rows,
  seed,
  edition = 2,
  onProgress,
}: SyntheticOptions & {
  /** 1: byte for byte what version 0.1 made, which links and checkpoints of then mean. */
  edition?: 1 | 2;
  onProgress?: (done: number, total: number) => void;
}): Promise<Folder> {
  const named = edition === 1 ? NAMED_RULES.mindspore : NAMED_RULES.studio;
  const rules: Rules = { ...named, threshold: DEMO_THRESHOLD };
  const source = sourceOf(seed);
  const truth = testTruth(rules, rows);
  const files = new Map<string, Uint8Array>();
  const output = memoryOutput(files);
  const made: Block[] = [];
  function* blocks(): Generator<Block> {
    if (made.length > 0) return yield* made;
    for (const block of blocksOf(source, rows, truth.see)) {
      // Counting training rows drops the others of what it is given.
      if (rows <= MOST_KEPT_ROWS) made.push(rules.fittedOn === "train" ? structuredClone(block) : block);
      yield block;
    }
  }
  const manifest = await preprocess(() => unhurried(blocks()), output, {
    name: "synthetic demo",
    files: [],
    rules,
    onProgress: ({ stage, lines }) => onProgress?.(stage === "count" ? lines : rows + lines, 2 * rows),
  });
  const bestReachableAuc = truth.auc();
  const complete = { ...manifest, ...(bestReachableAuc !== null && { bestReachableAuc }) };
  await writeManifest(edition === 1 ? firstVersion(complete) : complete, output);
  return memoryFolder(files);
}

/** The manifest as the first version wrote it. */
function firstVersion(manifest: Manifest): Manifest {
  const columns = manifest.columns.map((column) => {
    if (column.kind === "category") return column;
    const { statistics: _, ...rest } = column;
    return rest;
  });
  return { ...manifest, version: 1, columns };
}

/** The same rows as the text of a log. */
export async function* syntheticLog({ rows, seed }: SyntheticOptions): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const block of blocksOf(sourceOf(seed), rows)) yield encoder.encode(logText(block));
}

interface Source {
  seed: number;
  samplers: RankSampler[];
  signal: Signal;
}

let newest: Source | null = null;

/** Made once for the data sets of one seed that follow each other: it takes as long as 20,000 rows. */
function sourceOf(seed: number): Source {
  if (newest?.seed !== seed) {
    const samplers = CATEGORY_SHAPES.map(createRankSampler);
    newest = { seed, samplers, signal: plantSignal(seed, samplers, rowDrawer(samplers)) };
  }
  return newest;
}

/** Blocks of the log; `see` gets the true click probability of each line and whether it was clicked. */
function* blocksOf(
  { seed, samplers, signal }: Source,
  rows: number,
  see?: (line: number, probability: number, label: number) => void,
): Generator<Block> {
  const random = createRandom(seed, ROW_STREAM);
  const salts = samplers.map((_, c) => hash32(seed, VALUE_STREAM, c));
  const drawRow = rowDrawer(samplers);
  let block = makeBlock(CRITEO, BLOCK_ROWS, 0);
  for (let line = 0; line < rows; line++) {
    const row = drawRow(random);
    const { integers, ranks } = row;
    const chance = signal(row);
    const label = random.uniform() < chance ? 1 : 0;
    see?.(line, chance, label);
    const r = block.count++;
    block.lineCount++;
    block.lines[r] = line;
    block.labels[r] = label;
    for (let c = 0; c < integers.length; c++) {
      const value = integers[c]!;
      block.integers[c]![r] = Number.isNaN(value) ? MISSING : value;
    }
    for (let c = 0; c < ranks.length; c++) {
      const rank = ranks[c]!;
      block.kinds[c]![r] = rank === 0 ? KIND.empty : KIND.number;
      // The finaliser maps different ranks to different keys.
      block.keys[c]![r] = rank === 0 ? 0 : mix32(rank ^ salts[c]!);
    }
    if (block.count < BLOCK_ROWS && line + 1 < rows) continue;
    yield block;
    block = makeBlock(CRITEO, BLOCK_ROWS, line + 1);
  }
}

/** Draws rows one after the other, each in the place of the one before. */
function rowDrawer(samplers: readonly RankSampler[]): (random: Random) => SyntheticRow {
  const row = {
    integers: new Float64Array(INTEGER_SHAPES.length),
    ranks: new Float64Array(CATEGORY_SHAPES.length),
  };
  /** What decides over each group of columns, which are missing together; negative until it is drawn. */
  const decided = new Float64Array(GROUPS.length);
  function isMissing(missing: number, group: number, random: Random): boolean {
    if (missing === 0) return false;
    if (group < 0) return random.uniform() < missing;
    if (decided[group]! < 0) decided[group] = random.uniform();
    return decided[group]! < missing;
  }
  return (random) => {
    decided.fill(-1);
    for (let c = 0; c < row.integers.length; c++) {
      const shape = INTEGER_SHAPES[c]!;
      const missing = isMissing(shape.missing, INTEGER_GROUPS[c]!, random);
      row.integers[c] = missing ? Number.NaN : drawInteger(shape, random);
    }
    for (let c = 0; c < row.ranks.length; c++) {
      const missing = isMissing(CATEGORY_SHAPES[c]!.missing, CATEGORY_GROUPS[c]!, random);
      row.ranks[c] = missing ? 0 : samplers[c]!.draw(random);
    }
    return row;
  };
}

const GROUPS = [...new Set([...INTEGER_SHAPES, ...CATEGORY_SHAPES].flatMap(({ group }) => group ?? []))];
const groupOf = ({ group }: { group?: string }) =>
  group === undefined ? -1 : GROUPS.indexOf(group as never);
const INTEGER_GROUPS = INTEGER_SHAPES.map(groupOf);
const CATEGORY_GROUPS = CATEGORY_SHAPES.map(groupOf);

/** Collects the true probabilities of the test split's rows, whichever pass shows them first. */
function testTruth(
  rules: Rules,
  rows: number,
): { see: (line: number, probability: number, label: number) => void; auc: () => number | null } {
  const splitOf = lineSplitter(rules);
  const probabilities: number[] = [];
  const labels: number[] = [];
  let seen = 0;
  return {
    see(line, probability, label) {
      // The second pass shows the same rows again.
      if (++seen > rows || splitOf(line) !== TEST) return;
      probabilities.push(probability);
      labels.push(label);
    },
    auc: () => auc(Float32Array.from(probabilities), Float32Array.from(labels)),
  };
}

function logText(block: Block): string {
  const lines: string[] = [];
  for (let r = 0; r < block.count; r++) {
    const fields: (string | number)[] = [block.labels[r]!];
    for (const column of block.integers) fields.push(column[r] === MISSING ? "" : column[r]!);
    for (const [c, column] of block.keys.entries())
      fields.push(block.kinds[c]![r] === KIND.empty ? "" : column[r]!.toString(16).padStart(8, "0"));
    lines.push(`${fields.join("\t")}\n`);
  }
  return lines.join("");
}
