// What a run's model had learned at its last evaluation, as it is kept with the run: the strongest columns and interactions,
// and the gradients by source.

import { SPLITS } from "../base/batch.ts";
import { count, z } from "../base/zod.ts";
import type { Insight } from "../insight/examiner.ts";
import type { GradientPoint } from "../insight/gradients.ts";
import type { ImportanceFinding, InteractionFinding } from "../insight/insight.ts";
import type { Interaction } from "../insight/interactions.ts";

/** A mean, and the radius of its 95 % interval. */
const measured = z.strictObject({ mean: z.number(), radius: z.number() });
/** Each branch's, then the fused output's. */
const heads = z.array(measured).min(1).max(20);
const MOST_FIELDS = 20;
const MOST_PAIRS = 12;
const MOST_TRIPLES = 6;
const MOST_PARTS = 100;
const name = z.string().max(500);
const interaction = z.strictObject({ columns: z.array(name).min(2).max(3), heads });

export const runInsightSchema = z.strictObject({
  /** Of the evaluation, and the held-out rows that were looked at. */
  step: count,
  split: z.enum(SPLITS),
  rows: count,
  /** By falling rise of the fused output's log loss, in nats a row, when the column is permuted after `step` steps. */
  fields: z.array(z.strictObject({ column: name, step: count, logLoss: heads })).max(MOST_FIELDS),
  /** By falling share of the fused logit's variance; null where there was no time for them. */
  interactions: z
    .strictObject({
      step: count,
      rows: count,
      pairs: z.array(interaction).max(MOST_PAIRS),
      triples: z.array(interaction).max(MOST_TRIPLES),
    })
    .nullable(),
  /** Norms of the gradients of clicks and of distillation by part of the model; null where there was no time for them. */
  gradients: z
    .strictObject({
      step: count,
      rows: count,
      parts: z
        .array(
          z.strictObject({
            part: z.string().max(100),
            clicks: z.number(),
            distillation: z.number(),
            cosine: z.number().nullable(),
          }),
        )
        .max(MOST_PARTS),
    })
    .nullable(),
});

export type RunInsight = z.infer<typeof runInsightSchema>;

/** What was found out about a model on so many rows of a split. */
interface Found {
  step: number;
  split: RunInsight["split"];
  rows: number;
  /** The columns' names. */
  columns: string[];
  /** Of the columns that were measured. */
  importances: ImportanceFinding[];
  interactions: InteractionFinding | null;
  gradients: GradientPoint | null;
}

/** The strongest of what training found at an evaluation; null while no column was measured. */
export function runInsightOf(insight: Insight, gradients: GradientPoint | null): RunInsight | null {
  const { step, split, rows, columns, interactions } = insight;
  const importances = insight.fields.flatMap(({ importance }) => importance ?? []);
  if (importances.length === 0) return null;
  return strongest({ step, split, rows, columns, importances, interactions, gradients });
}

/** The strongest columns, pairs and triples, by the columns' names. */
export function strongest({ columns, importances, interactions, gradients, ...where }: Found): RunInsight {
  const rise = ({ drops }: ImportanceFinding) => drops.at(-1)!.logLoss.mean;
  const plain = ({ mean, radius }: z.infer<typeof measured>) => ({ mean, radius });
  const named = (found: Interaction) => ({
    columns: found.columns.map((column) => columns[column]!),
    heads: found.heads.map(plain),
  });
  return {
    ...where,
    fields: importances
      .toSorted((a, b) => rise(b) - rise(a))
      .slice(0, MOST_FIELDS)
      .map(({ column, step, drops }) => ({
        column: columns[column]!,
        step,
        logLoss: drops.map(({ logLoss }) => plain(logLoss)),
      })),
    interactions: interactions && {
      step: interactions.step,
      rows: interactions.rows,
      pairs: interactions.pairs.slice(0, MOST_PAIRS).map(named),
      triples: interactions.triples.slice(0, MOST_TRIPLES).map(named),
    },
    gradients: gradients && {
      step: gradients.step,
      rows: gradients.rows,
      parts: gradients.parts.slice(0, MOST_PARTS),
    },
  };
}

/** A part of a model in words: `branch0/unit1` is "Branch 1, unit 2". */
export function partName(part: string): string {
  const whole: Record<string, string> = {
    all: "Whole model",
    embedding: "Embeddings",
    fusion: "Fusion gate",
  };
  const [, branch, layer = "", number] = /^branch(\d+)\/([a-z]+)(\d*)$/.exec(part) ?? [];
  if (branch === undefined) return whole[part] ?? part;
  const words: Record<string, string> = {
    gating: "feature gate",
    linear: "linear weights",
    cross: "cross layer",
  };
  const which = number === "" ? "" : ` ${Number(number) + 1}`;
  return `Branch ${Number(branch) + 1}, ${words[layer] ?? layer}${which}`;
}
