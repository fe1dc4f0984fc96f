// What the parameters say of each column at an evaluation, without evaluating a row; and the embeddings of the evaluations so
// far, which the maps are drawn of.

import type { Engine } from "../engine/engine.ts";
import type { Config, InputShape } from "../model/config.ts";
import { parameterCount } from "../model/parameters.ts";
import {
  type ColumnIds,
  columnIds,
  type EmbeddingMap,
  type EmbeddingRows,
  embeddingMap,
  embeddingRows,
  updateRate,
} from "./embeddings.ts";
import { createSeenIds, embeddingNorm, gateWeights, unseenShare } from "./fieldFacts.ts";
import { type Sample, thinned } from "./sample.ts";

/** What is known of a column without permuting it. */
export interface ColumnFacts {
  column: number;
  /** Mean norm of its weighted embeddings on the sample; null for a model that takes too long to read. */
  embeddingNorm: number | null;
  /** Relative change of its embeddings a step since the evaluation before; null at the first. */
  updateRate: number | null;
  /** Share of the sample's values whose id training has not met; null where a resumed run's earlier rows are not known. */
  unseenShare: number | null;
  /** Each branch's mean |feature gate|; null without feature gating. */
  gates: (number | null)[];
}

export interface ColumnFactsReader {
  /** Takes in the ids of a training batch of so many rows. */
  see(ids: Int32Array, rows: number): void;
  /** Sets the sample whose most frequent ids are followed. */
  follow(sample: Sample): void;
  /** The facts of all columns on these rows, with the model as it stands. */
  read(engine: Engine, rows: Sample): Promise<ColumnFacts[]>;
  /** A column's embeddings at the evaluation of that step, or the last one before it whose are kept; null where none are. */
  map(step: number | null, column: number): EmbeddingMap | null;
}

export interface ColumnFactsInputs {
  config: Config;
  shape: InputShape;
  /** How many columns there are. */
  columns: number;
  /** Of the training split. */
  trainRows: number;
  /** The run begins at its first step, so that it sees all rows that its model has met. */
  fromStart: boolean;
}

const MOST_IDS = 300;
/** How many rows gates are averaged over. */
const GATE_ROWS = 500;
const MOST_EVALUATIONS = 60;
/** Numbers of embeddings that are kept, of all evaluations together. */
const MOST_EMBEDDING_FLOATS = 1 << 23;
/** Reading a larger model at every evaluation would take longer than the evaluation. */
const MOST_PARAMETERS = 4_000_000;

export function createColumnFacts(inputs: ColumnFactsInputs): ColumnFactsReader {
  const { config, shape, columns, trainRows, fromStart } = inputs;
  const isReadable = parameterCount(config, shape) <= MOST_PARAMETERS;
  const seen = createSeenIds(shape.tableRows);
  let seenRows = 0;
  let followed: ColumnIds[] = [];
  /** Oldest first. */
  const embeddings: EmbeddingRows[] = [];
  let facts: ColumnFacts[] | null = null;

  function keep(now: EmbeddingRows): void {
    // An evaluation that is looked at again takes its own place.
    if (embeddings.at(-1)?.step === now.step) embeddings.pop();
    if (embeddings.length >= mostEmbeddings(now)) embeddings.splice(1, 1);
    embeddings.push(now);
  }

  return {
    see(ids, rows) {
      seen.add(ids);
      seenRows += rows;
    },
    follow(sample) {
      followed = Array.from({ length: columns }, (_, column) => columnIds(sample, column, MOST_IDS));
    },
    async read(engine, rows) {
      const state = isReadable ? await engine.read() : null;
      const gates = state ? gateWeights(config, state, thinned(rows, GATE_ROWS)) : [];
      const before = embeddings.at(-1);
      const after = state && embeddingRows(state, followed);
      const knowsAll = fromStart || seenRows >= trainRows;
      const earlier = facts;
      facts = Array.from({ length: columns }, (_, column) => ({
        column,
        embeddingNorm: state && embeddingNorm(state, rows, column),
        updateRate:
          before && after
            ? (updateRate(before, after, column) ?? earlier?.[column]?.updateRate ?? null)
            : null,
        unseenShare: knowsAll ? unseenShare(rows, column, seen) : null,
        gates: config.branches.map((_, b) => gates[b]?.[column] ?? null),
      }));
      if (after) keep(after);
      return facts;
    },
    map(step, column) {
      const at = embeddings.findLast((one) => step === null || one.step <= step) ?? embeddings[0];
      return at ? embeddingMap(at, followed, column) : null;
    },
  };
}

/** How many evaluations' embeddings are kept. */
function mostEmbeddings({ columns }: EmbeddingRows): number {
  const floats = columns.reduce((sum, { length }) => sum + length, 0);
  return Math.max(2, Math.min(MOST_EVALUATIONS, Math.floor(MOST_EMBEDDING_FLOATS / floats)));
}
