// What is found out about a model on a held-out sample, piece by piece, so that whoever trains beside it decides how much
// of it there is time for. Plain data: it crosses from worker to page.

import type { Batch } from "../base/batch.ts";
import type { Engine } from "../engine/engine.ts";
import { createFieldImportance, type Drop } from "./fieldImportance.ts";
import { createInteractions, type Interaction, pairsOf, triplesAmong } from "./interactions.ts";
import { type Sample, scoreSample, thinned } from "./sample.ts";

/** How many rows permutation importance and interactions are measured on. */
export const IMPORTANCE_ROWS = 4000;
const INTERACTION_ROWS = 1000;
/** Pairs are looked for among so many columns, those whose permutation costs the fused output most. */
export const INTERACTION_COLUMNS = 16;
const MOST_TRIPLES = 12;
/** Triples are looked for among the columns of so many of the strongest pairs. */
const TRIPLE_PAIRS = 12;

/** What permuting a column costs each head. */
export interface ImportanceFinding {
  column: number;
  /** The model's step when it was measured. */
  step: number;
  rows: number;
  repeats: number;
  /** Each branch, then the fused output. */
  drops: Drop[];
}

/** Which columns the model combines. */
export interface InteractionFinding {
  step: number;
  rows: number;
  /** The columns among which pairs were looked for, by falling importance. */
  columns: number[];
  /** By falling share of the fused output. */
  pairs: Interaction[];
  triples: Interaction[];
}

/** A model, and the rows that it is measured on. */
export interface Measured {
  engine: Pick<Engine, "evaluate">;
  sample: Sample;
  batchSize: number;
  step: number;
}

const evaluateOn = (engine: Measured["engine"]) => async (batch: Batch) =>
  (await engine.evaluate(batch)).logits;

/** Permutes each of `columns` in turn; yields after each, so that the caller can stop or let messages through. */
export async function* measureImportance(
  { engine, sample, batchSize, step }: Measured,
  columns: readonly number[],
  repeats: number,
): AsyncGenerator<ImportanceFinding> {
  const evaluate = evaluateOn(engine);
  const logits = await scoreSample(evaluate, sample, batchSize);
  const importance = createFieldImportance(evaluate, sample, logits, batchSize);
  for (const column of columns)
    yield { column, step, rows: sample.rows, repeats, drops: await importance.measure(column, repeats) };
}

/** The columns by falling rise of the fused output's log loss. */
export function byImportance(findings: readonly ImportanceFinding[]): number[] {
  const rise = ({ drops }: ImportanceFinding) => drops.at(-1)!.logLoss.mean;
  return findings.toSorted((a, b) => rise(b) - rise(a)).map(({ column }) => column);
}

/** Measures the pairs of `columns`, then the triples of the strongest; yields null after each, the finding last. */
export async function* measureInteractions(
  { engine, sample, batchSize, step }: Measured,
  columns: readonly number[],
): AsyncGenerator<InteractionFinding | null> {
  const rows = thinned(sample, INTERACTION_ROWS);
  const evaluate = evaluateOn(engine);
  const interactions = createInteractions(
    evaluate,
    rows,
    await scoreSample(evaluate, rows, batchSize),
    batchSize,
  );
  const pairs: Interaction[] = [];
  for (const pair of pairsOf(columns)) {
    pairs.push(await interactions.measure(pair));
    yield null;
  }
  const ranked = strongestFirst(pairs);
  const triples: Interaction[] = [];
  const likely = new Set(ranked.slice(0, TRIPLE_PAIRS).flatMap((pair) => pair.columns));
  const among = ranked.filter((pair) => pair.columns.every((column) => likely.has(column)));
  for (const triple of triplesAmong(among, MOST_TRIPLES)) {
    triples.push(await interactions.measure(triple));
    yield null;
  }
  yield { step, rows: rows.rows, columns: [...columns], pairs: ranked, triples: strongestFirst(triples) };
}

function strongestFirst(interactions: readonly Interaction[]): Interaction[] {
  return interactions.toSorted((a, b) => b.heads.at(-1)!.mean - a.heads.at(-1)!.mean);
}
