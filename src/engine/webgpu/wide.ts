// Linear and fm branches on the GPU. Their weights are further columns of the table behind the embedding, so one gather by
// slot gives each row's sums of all of them, and for fm what the pairs of fields add.
// B rows, F fields.

import { wideBranches } from "../plan.ts";
import { clear } from "./kernels/gating.ts";
import { wideBias, wideGradients, wideLogits, wideSegments, wideSums } from "./kernels/wide.ts";
import { embeddingColumns } from "./memory.ts";
import type { Loaded } from "./upload.ts";
import type { Workspace } from "./workspace.ts";

/** The logits of all linear and fm branches. */
export function forwardWide(w: Workspace, { B, groups }: Loaded): void {
  const { recorder, plan, floats, integers, meter } = w;
  const { fields: F } = plan;
  const { bias, pairs } = plan.wide!;
  const { sums, pairs: pairSums } = floats.wide!;
  const { embeddingDim, skipped, vectors } = vectorsOf(w);
  recorder.dispatch(
    wideSums,
    {
      rows: B,
      fields: F,
      embeddingDim,
      skipped,
      vectors,
      slots: integers.slots,
      weights: floats.weights,
      weighted: groups.unitWeights ? 0 : 1,
      embeddings: floats.embeddings.at,
      sums: sums.at,
      pairSums: pairSums.at,
      stride: sums.stride,
    },
    { threads: B * vectors },
  );
  for (const [b, { kind, biasColumn }] of wideBranches(plan))
    recorder.dispatch(
      wideLogits,
      {
        rows: B,
        embeddingDim,
        pairs: kind === "fm" ? 1 : 0,
        column: embeddingDim + biasColumn,
        bias: floats.parameters + bias.at + biasColumn,
        sums: sums.at,
        pairSums: pairSums.at,
        stride: sums.stride,
        logits: floats.logits + b,
        logitsStride: plan.branches.length + 1,
      },
      { threads: B },
    );
  meter.additions(B * F * (pairs ? 8 : 4) * vectors);
}

/** From the logits' gradients: those of the biases, and of every slot's columns of the table. */
export function backwardWide(w: Workspace, { B, groups }: Loaded): void {
  const { recorder, plan, floats, integers, meter } = w;
  const { fields: F, branches } = plan;
  const { bias, pairs } = plan.wide!;
  const { sums, pairs: pairSums } = floats.wide!;
  const { embeddings, embeddingGradients: out } = floats;
  const { embeddingDim, skipped, vectors } = vectorsOf(w);
  const slots = groups.slotIds.length;
  let wide = 0;
  let withPairs = 0;
  for (const [b, { kind, biasColumn }] of wideBranches(plan)) {
    wide |= 1 << b;
    if (kind === "fm") withPairs |= 1 << b;
    const numbers = { rows: B, d: floats.logitGradients + b, dStride: branches.length };
    recorder.dispatch(wideBias, { ...numbers, sum: floats.gradients + bias.at + biasColumn }, [1, 1, 1]);
  }
  const shape = { embeddingDim, skipped, vectors, sums: sums.at, pairSums: pairSums.at };
  recorder.dispatch(
    wideGradients,
    {
      ...shape,
      rows: B,
      branches: branches.length,
      wide,
      withPairs,
      dLogits: floats.logitGradients,
      stride: sums.stride,
    },
    { threads: B * vectors },
  );
  // Without a product over the embeddings nothing has written their gradients.
  const accumulate = plan.shared.weight.columns > 0;
  if (!accumulate && skipped > 0)
    recorder.dispatch(clear, { count: slots * out.stride, matrix: out.at }, { threads: slots * out.stride });
  recorder.dispatch(
    wideSegments,
    {
      ...shape,
      slots,
      pairs: pairs ? 1 : 0,
      accumulate: accumulate ? 1 : 0,
      starts: integers.positionStarts,
      positions: integers.positions,
      weights: floats.positionWeights,
      weighted: groups.unitWeights ? 0 : 1,
      stride: sums.stride,
      embeddings: embeddings.at,
      out: out.at,
    },
    { threads: slots * vectors },
  );
  meter.additions(B * F * 4 * vectors);
}

/**
 * The vectors of four columns of a slot that matter: without fm those of the embedding are skipped. The embedding counts with
 * the zeros that fill it up.
 */
function vectorsOf({ plan }: Workspace): { embeddingDim: number; skipped: number; vectors: number } {
  const embeddingDim = embeddingColumns(plan);
  const linear = Math.ceil((plan.tableWidth - plan.embeddingDim) / 4);
  const skipped = plan.wide!.pairs ? 0 : embeddingDim / 4;
  return { embeddingDim, skipped, vectors: embeddingDim / 4 - skipped + linear };
}
