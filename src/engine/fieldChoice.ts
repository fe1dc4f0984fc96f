// Which fields of a batch are projected by unique ids, and which take the plain product of every row (DESIGN section 5,
// item 2). B rows, U unique ids of a field, D embedding size.

import type { IdGroups } from "../base/idGroups.ts";

/** The fields of a batch by how they are multiplied, ascending. */
export interface FieldChoice {
  unique: number[];
  plain: number[];
}

/** As it pays for each field, or all one way: for checks, and for measuring what unique ids save. */
const FIELD_POLICIES = ["choose", "unique", "plain"] as const;
export type FieldPolicy = (typeof FIELD_POLICIES)[number];

// Nanoseconds on one core of a 2024 server (bench --suite=step prints what follows from them): of a multiplication with
// its addition in a product, forward and backward, and of adding a number up by slot, forward and backward. On SwiftShader
// both are about 50 times that, so the choice is the same there. Fixed, not timed anew: it decides how sums round.
const PRODUCT_NS = 0.1;
const ADDING_NS = 0.14;

/** Projects a field's unique ids where U·D·product + B·adding < B·D·product, counted per column. */
export function chooseFields(groups: IdGroups, D: number, policy: FieldPolicy): FieldChoice {
  const choice: FieldChoice = { unique: [], plain: [] };
  for (let f = 0; f < groups.fields; f++) {
    const ids = groups.fieldStarts[f + 1]! - groups.fieldStarts[f]!;
    const saved = (groups.rowCount - ids) * D * PRODUCT_NS;
    const pays = saved > groups.rowCount * ADDING_NS;
    (policy === "unique" || (policy === "choose" && pays) ? choice.unique : choice.plain).push(f);
  }
  return choice;
}
