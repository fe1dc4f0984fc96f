// What each chart shows: its lines, and the sentences that say what they mean.

import type { EvaluatedSplit } from "../../runs/curves.ts";
import { labelOfColumn } from "../../runs/points.ts";
import type { DatasetSummary } from "../../train/requests.ts";
import type { TermName } from "../explain/glossary.ts";

/** Who a line is about; it decides colour and dashes everywhere. */
export type LineRole = "branch-0" | "branch-1" | "branch-2" | "branch-3" | "fused" | "reference";

export interface Line {
  role: LineRole;
  label: string;
  /** Column of the progressive curve; evaluations have the same columns. */
  column: string;
  /** Where its role's dashes would be those of another line of the chart. */
  dashes?: string;
}

export interface ChartDefinition {
  id: string;
  title: string;
  term: TermName;
  /** What the numbers are. */
  hint: string;
  /** What will be seen here once a run trains. */
  promise: string;
  lines: Line[];
  /** Evaluations on these splits are drawn too. */
  splits: EvaluatedSplit[];
  /** A level to compare with. */
  level: { value: number; label: string } | null;
}

/**
 * The charts of a model with so many branches: with one there is no fusion and no distillation to show, and where logits are
 * `summed` no fusion gain.
 */
export function chartsOf(
  branches: number,
  summary: DatasetSummary | null,
  summed = false,
): ChartDefinition[] {
  const fused: Line = { role: "fused", label: branches > 1 ? "Fused" : "Model", column: "Fused" };
  const each = (column: string): Line[] =>
    Array.from({ length: branches }, (_, b) => ({
      role: `branch-${b}` as LineRole,
      label: `Branch ${b + 1}`,
      column: `${column}${b}`,
    }));
  const heads = (column: string): Line[] => [
    ...(branches > 1 ? each(column) : []),
    { ...fused, column: `${column}Fused` },
  ];
  const single = (role: LineRole, column: string): Line => ({
    role,
    column,
    label: labelOfColumn(column, branches),
  });
  const splits: EvaluatedSplit[] = summary && summary.rows.valid > 0 ? ["valid", "test"] : ["test"];
  const charts: ChartDefinition[] = [
    {
      id: "logLoss",
      title: "Log loss vs clicks",
      term: "logLoss",
      hint: "Lower is better: each branch and their fusion, against the clicks.",
      promise:
        "One curve a branch and one for their fusion, on each row before it is trained on; and a mark for each evaluation on the test split.",
      lines: heads("logLoss"),
      splits,
      level: summary && { value: entropyOfClickRate(summary), label: "click rate alone" },
    },
    {
      id: "auc",
      title: "AUC",
      term: "auc",
      hint: "Clicked rows ranked above the others; progressive over the last 50,000 rows.",
      promise:
        "How well clicked rows are separated from the others: over the last 50,000 rows, and on the test split.",
      lines: heads("auc"),
      splits,
      level:
        summary && summary.bestReachableAuc !== null
          ? { value: summary.bestReachableAuc, label: "best reachable" }
          : null,
    },
  ];
  if (branches > 1 && !summed)
    charts.push({
      id: "fusionGain",
      title: "Fusion gain",
      term: "fusionGain",
      hint: "Mean of the branches − fused: never negative. Best branch − fused: can be.",
      promise: "What averaging the branches is worth, and whether the fusion also beats the better branch.",
      lines: [single("fused", "fusionGain"), single("reference", "bestBranchGap")],
      splits,
      level: { value: 0, label: "" },
    });
  if (branches > 1)
    charts.push(
      {
        id: "excess",
        title: "Distillation: KL from the teacher",
        term: "teacherDivergence",
        hint: "Cross-entropy of each branch over the entropy of the fused output that teaches it.",
        promise: "How far each branch still is from the fused output that teaches it (a KL divergence).",
        lines: each("excess"),
        splits: [],
        level: { value: 0, label: "" },
      },
      {
        id: "distillation",
        title: "Distillation loss vs fused",
        term: "distillation",
        hint: "Cross-entropy against the fused output; falls when the teacher grows sure, too.",
        promise: "Each branch’s cross-entropy against the fused output, above the teacher’s own entropy.",
        lines: [...each("distillation"), single("reference", "teacherEntropy")],
        splits: [],
        level: null,
      },
    );
  charts.push({
    id: "total",
    title: "Total loss and its parts",
    term: "totalLoss",
    hint: "What is minimised is the sum of the others: log loss, distillation, and L2 of the embeddings.",
    promise: "What is minimised, and what it is the sum of.",
    lines: [
      single("fused", "total"),
      { ...single("reference", "logLossFused"), dashes: "8 3" },
      ...(branches > 1 ? [{ ...single("reference", "distillationPart"), dashes: "4 3" }] : []),
      single("reference", "l2"),
    ],
    splits: [],
    level: null,
  });
  return charts;
}

/** Log loss of always saying the train split's click rate. */
function entropyOfClickRate({ rows, positives }: DatasetSummary): number {
  const p = positives.train / rows.train;
  return -p * Math.log(p) - (1 - p) * Math.log(1 - p);
}

/** Lines differ in colour and in dashes, so that nothing depends on colour alone. */
export const DASHES: Record<LineRole, string | undefined> = {
  "branch-0": "6 3",
  "branch-1": "2 2",
  "branch-2": "9 3 2 3",
  "branch-3": "4 2 1 2 1 2",
  fused: undefined,
  reference: "1 3",
};

export function colorOf(role: LineRole): string {
  return `var(--${role})`;
}
