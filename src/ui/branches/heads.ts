// How the heads of a model look and are called.

import type { NamedLine } from "../charts/chartPicture.ts";
import { colorOf, DASHES, type LineRole } from "../charts/definitions.ts";

export interface HeadLook {
  label: string;
  color: string;
  dashes: string | undefined;
}

/** The heads as lines of a legend. */
export function headNames(heads: number): NamedLine[] {
  return Array.from({ length: heads }, (_, head) => {
    const { label, ...look } = headLook(head, heads);
    return { name: label, ...look };
  });
}

/** The look of head `head` of `heads`, the fused output being the last. */
export function headLook(head: number, heads: number): HeadLook {
  const role: LineRole = head === heads - 1 ? "fused" : (`branch-${head}` as LineRole);
  const label = role === "fused" ? (heads > 1 ? "Fused" : "Model") : `Branch ${head + 1}`;
  return { label, color: colorOf(role), dashes: DASHES[role] };
}
