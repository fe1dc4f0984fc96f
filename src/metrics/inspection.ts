// A model's heads against each other on a fixed sample of an evaluated split.

import { type Calibration, calibration } from "./calibration.ts";
import { collapseSentence, type Disagreement, disagreement, type Fusion } from "./disagreement.ts";
import { type LogitDensity, logitDensity } from "./logitDensity.ts";

export interface Inspection {
  /** Rows of the sample. */
  rows: number;
  /** Each branch, then the fused output; null where a logit is not a number. */
  calibrations: (Calibration | null)[];
  /** null with one branch. */
  branches: (Disagreement & { density: LogitDensity; collapse: string | null }) | null;
}

const SAMPLE_ROWS = 20_000;

/** Of so many rows every how many-th is inspected. */
export function sampleStride(rows: number): number {
  return Math.max(1, Math.ceil(rows / SAMPLE_ROWS));
}

interface InspectedScores {
  labels: Float32Array;
  /** Each branch's, then the fused ones. */
  logits: Float32Array[];
  /** A gate's weights, where the logits do not determine them. */
  fusionWeights: Float32Array[] | null;
}

/** Inspects heads whose logits are given row by row. */
export function inspect(
  { labels, logits, fusionWeights }: InspectedScores,
  fusion: "mean" | "gate" | "sum",
): Inspection {
  const stride = sampleStride(labels.length);
  const clicks = everyNth(labels, stride);
  const heads = logits.map((head) => everyNth(head, stride));
  const fused = heads.at(-1)!;
  const branches = heads.slice(0, -1);
  const weights = fusionWeights?.map((weight) => everyNth(weight, stride));
  return {
    rows: clicks.length,
    calibrations: heads.map((head) => calibration(head, clicks)),
    branches: branches.length > 1 ? compare(branches, fused, clicks, weights ?? fusion) : null,
  };
}

function compare(
  branches: Float32Array[],
  fused: Float32Array,
  labels: Float32Array,
  fusion: Fusion,
): Inspection["branches"] {
  const found = disagreement(branches, fused, labels, fusion);
  const density = logitDensity(branches[0]!, branches[1]!, labels);
  return { ...found, density, collapse: collapseSentence(found) };
}

/** The same rows at every evaluation, since a split's rows always come in file order. */
function everyNth(values: Float32Array, stride: number): Float32Array {
  return Float32Array.from({ length: Math.ceil(values.length / stride) }, (_, i) => values[i * stride]!);
}
