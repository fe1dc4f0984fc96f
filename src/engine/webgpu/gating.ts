// Feature gating on the GPU (FuxiCTR): g = Wᵀ·e + b by field, and the gated input e⊙g times the first unit's other half of
// weights is added to its z. B rows, F fields, D embedding size.

import type { FinalPlan } from "../plan.ts";
import { addFieldGradients } from "./kernels/embedding.ts";
import {
  clear,
  fieldSums,
  fillFields,
  gateFields,
  gateFieldsBackward,
  lookupByField,
} from "./kernels/gating.ts";
import { productParts } from "./memory.ts";
import type { Loaded } from "./upload.ts";
import { dispatchProduct, gradientPlace, parameterPlace, type Workspace } from "./workspace.ts";

/** The embeddings field by field, for the branches that have gating. */
export function loadFields({ recorder, plan, floats, integers }: Workspace, B: number): void {
  const { at: e, stride } = floats.gating!.fields;
  const { fields, embeddingDim } = plan;
  recorder.dispatch(
    lookupByField,
    {
      rows: B,
      fields,
      embeddingDim,
      slots: integers.slots,
      weights: floats.weights,
      e,
      stride,
      embeddings: floats.embeddings.at,
      embeddingsStride: floats.embeddings.stride,
    },
    { threads: fields * stride },
  );
}

/**
 * Feature gating: every embedding times its gate g = e·W + b, and the first unit's product of that added to its z.
 * Formula: `gateFields` in src/model/final.ts.
 */
export function gateForward(w: Workspace, B: number, b: number, branch: FinalPlan): void {
  const { recorder, plan, floats } = w;
  const { fields: F, embeddingDim: D } = plan;
  const { weight, bias } = branch.gating!;
  const gated = branch.units[0]!.gatedWeight!;
  const { gates, gatedInput, units } = floats.branches[b]!;
  const e = floats.gating!.fields;
  const g = gates!;
  recorder.dispatch(
    fillFields,
    { fields: F, stride: g.stride, bias: floats.parameters + bias.at, g: g.at },
    { threads: F * g.stride },
  );
  dispatchProduct(w, "columns", [F, F, e.stride], [parameterPlace(w, weight), e, g], { accumulate: true });
  recorder.dispatch(
    gateFields,
    {
      rows: B,
      fields: F,
      embeddingDim: D,
      e: e.at,
      g: g.at,
      stride: g.stride,
      out: gatedInput!.at,
      outStride: gatedInput!.stride,
    },
    { threads: B * F * D },
  );
  dispatchProduct(
    w,
    "rows",
    [B, F * D, gated.columns],
    [gatedInput!, parameterPlace(w, gated), units[0]!.z],
    { accumulate: true },
  );
}

/** Sets the fields' gradients to zero; each branch's gating adds to them. */
export function clearFieldGradients({ recorder, plan, floats }: Workspace): void {
  const { at, stride } = floats.gating!.fieldGradients;
  recorder.dispatch(clear, { count: plan.fields * stride, matrix: at }, { threads: plan.fields * stride });
}

/** Gradients of the gate's and the gated weights; those of the embeddings are added to the fields' gradients. */
export function gateBackward(w: Workspace, B: number, b: number, branch: FinalPlan): void {
  const { recorder, plan, floats } = w;
  const { fields: F, embeddingDim: D } = plan;
  const { weight, bias } = branch.gating!;
  const gated = branch.units[0]!.gatedWeight!;
  const { gates, gatedInput, units } = floats.branches[b]!;
  const { fields: e, fieldGradients: de, inputGradient: dx } = floats.gating!;
  const g = gates!;
  const dz = units[0]!.z;
  dispatchProduct(w, "columns", [F * D, B, gated.columns], [gatedInput!, dz, gradientPlace(w, gated)], {
    parts: productParts(gated.rows, gated.columns, B),
  });
  dispatchProduct(w, "transposed", [B, gated.columns, F * D], [dz, parameterPlace(w, gated), dx]);
  recorder.dispatch(
    gateFieldsBackward,
    {
      rows: B,
      fields: F,
      embeddingDim: D,
      e: e.at,
      g: g.at,
      de: de.at,
      stride: g.stride,
      dx: dx.at,
      dxStride: dx.stride,
    },
    { threads: F * g.stride },
  );
  // The gates' place now holds their gradients.
  const sums = { fields: F, stride: g.stride, g: g.at, sums: floats.gradients + bias.at };
  recorder.dispatch(fieldSums, sums, [F, 1, 1]);
  dispatchProduct(w, "transposed", [F, g.stride, weight.columns], [e, g, gradientPlace(w, weight)], {
    parts: productParts(F, weight.columns, g.stride),
  });
  dispatchProduct(w, "rows", [F, F, g.stride], [parameterPlace(w, weight), g, de], { accumulate: true });
}

/** What gating makes of the embeddings reaches the table by the same slots. */
export function addGatedGradients(
  { recorder, plan, floats, integers, meter }: Workspace,
  loaded: Loaded,
): void {
  const { fields: F, embeddingDim: D } = plan;
  const { at: de, stride: fieldStride } = floats.gating!.fieldGradients;
  const { at: out, stride: outStride } = floats.embeddingGradients;
  const count = loaded.groups.slotIds.length;
  recorder.dispatch(
    addFieldGradients,
    {
      first: 0,
      count,
      embeddingDim: D,
      starts: integers.positionStarts,
      positions: integers.positions,
      weights: floats.positionWeights,
      weighted: 1,
      fieldOf: integers.slotFields,
      de,
      fieldStride,
      rowStride: D,
      accumulate: 1,
      out,
      outStride,
    },
    { threads: count * D },
  );
  meter.additions(loaded.B * F * D);
}
