// Every kernel but the products, which depend on their shape.

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

export const KERNELS: readonly Kernel[] = [
  losses,
  sumParts,
  ...[cross, embeddingKernels, gating, tableKernels, units, wide].flatMap(
    (kernels) => Object.values(kernels) as Kernel[],
  ),
];
