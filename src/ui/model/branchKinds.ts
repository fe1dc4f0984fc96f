// What kinds of branches are called, and what each computes, in a sentence.

import type { BranchKind } from "../../model/config.ts";

export const BRANCH_KIND_LABELS: Record<BranchKind, string> = {
  final: "FINAL units (order 1: an MLP)",
  linear: "Linear: the wide part",
  fm: "Factorisation machine",
  cross: "Cross network (DCN-v2)",
};

export const BRANCH_KIND_TEXTS: Record<Exclude<BranchKind, "final">, string> = {
  linear: "One weight for each value, added up: a logistic regression, the wide part of Wide & Deep.",
  fm: "A linear part, and the inner product of each two fields’ embeddings.",
  cross: "Each layer multiplies the input by a linear map of the layer before, and adds that layer.",
};
