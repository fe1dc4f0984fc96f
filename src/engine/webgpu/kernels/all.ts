// Which kernels a model needs.

import { type Plan, unitsOfPlan } from "../../plan.ts";
import * as cross from "./cross.ts";
import * as embedding from "./embedding.ts";
import * as gating from "./gating.ts";
import type { Kernel } from "./kernel.ts";
import { losses } from "./loss.ts";
import { sumParts } from "./product.ts";
import * as table from "./table.ts";
import * as units from "./units.ts";
import * as wide from "./wide.ts";

const { VECTORS_OF_THREAD: _, ...embeddingKernels } = embedding;
const { TABLE_THREADS: __, ...tableKernels } = table;
const { batchNorm, batchNormBackward, blendRunning, ...unitKernels } = units;

/** All but the products, which depend on their shape. What no branch has is left out: compiling it takes a while. */
export function kernelsOf(plan: Plan): readonly Kernel[] {
  const hasNorm = unitsOfPlan(plan).some((unit) => unit.batchNorm);
  const hasCross = plan.branches.some(({ kind }) => kind === "cross");
  return [
    { losses, sumParts, ...embeddingKernels, ...gating, ...tableKernels, ...unitKernels },
    hasNorm ? { batchNorm, batchNormBackward, blendRunning } : {},
    hasCross ? cross : {},
    plan.wide ? wide : {},
  ].flatMap((kernels): Kernel[] => Object.values(kernels));
}
