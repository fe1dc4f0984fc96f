// Counts what the fast engine's steps cost, as it dispatches them.

import { type Config, projectionWidth } from "../model/config.ts";
import { STEP_PARTS, type StepCost, type StepPart } from "./engine.ts";

export interface CostMeter {
  /** From now on time belongs to `part`; the first call of a step starts its clock. */
  enter(part: StepPart): void;
  /** Ends a step's clock. */
  leave(): void;
  /** A product of `m × k` by `k × n`. */
  product(m: number, n: number, k: number): void;
  /** Additions of a gather or a segment sum. */
  additions(count: number): void;
  dispatched(dispatches: number): void;
  /** A finished step of `rows` rows. */
  step(of: { rows: number; fields: number; uniqueIds: number; uploadedBytes: number; submits: number }): void;
  /** The sum of all steps since the last call. */
  take(allocatedBytes: number): StepCost;
}

/** A meter of what steps cost. `plainFlopsPerRow`: what the plain algorithm would compute for a row. */
export function createCostMeter(plainFlopsPerRow: number): CostMeter {
  let cost = empty();
  let values = 0;
  let uniqueIds = 0;
  let part: StepPart | null = null;
  let since = 0;
  function switchTo(next: StepPart | null): void {
    const now = performance.now();
    if (part) cost.milliseconds[part] += now - since;
    part = next;
    since = now;
  }
  return {
    enter: switchTo,
    leave: () => switchTo(null),
    product(m, n, k) {
      cost.flops += 2 * m * n * k;
    },
    additions(count) {
      cost.flops += count;
    },
    dispatched(dispatches) {
      cost.dispatches += dispatches;
    },
    step(of) {
      cost.steps++;
      cost.rows += of.rows;
      cost.plainFlops += plainFlopsPerRow * of.rows;
      cost.uploadedBytes += of.uploadedBytes;
      cost.submits += of.submits;
      values += of.rows * of.fields;
      uniqueIds += of.uniqueIds;
    },
    take(allocatedBytes) {
      const taken = { ...cost, allocatedBytes, uniqueShare: values > 0 ? uniqueIds / values : 0 };
      cost = empty();
      values = 0;
      uniqueIds = 0;
      return taken;
    },
  };
}

/** Products of a straightforward step, forward and backward: three times the forward's 2·in·out each. */
export function plainFlopsPerRow(config: Config, fields: number): number {
  const input = fields * config.embeddingDim;
  let products = config.fusion === "gate" ? input * config.branches.length : 0;
  for (const branch of config.branches) {
    if (branch.kind === "cross") products += branch.layers * input * input + input;
    if (branch.kind !== "final") continue;
    let width = input;
    if (branch.featureGating) {
      products += fields * input;
      width *= 2;
    }
    for (const unit of branch.units) {
      products += width * projectionWidth(unit) * unit.order;
      width = unit.size;
    }
    products += width;
  }
  return 6 * products;
}

function empty(): StepCost {
  const milliseconds = Object.fromEntries(STEP_PARTS.map((part) => [part, 0])) as Record<StepPart, number>;
  return {
    steps: 0,
    rows: 0,
    milliseconds,
    flops: 0,
    plainFlops: 0,
    uniqueShare: 0,
    uploadedBytes: 0,
    dispatches: 0,
    submits: 0,
    allocatedBytes: 0,
  };
}
