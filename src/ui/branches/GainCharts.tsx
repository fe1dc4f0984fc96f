import { useMemo } from "react";
import type { InspectedPoint } from "../../store/training/inspections.ts";
import { colorOf, DASHES } from "../charts/definitions.ts";
import { TimeChart, type TimeLine } from "../charts/TimeChart.tsx";
import { branchesView } from "../charts/views.ts";

const GAINS: TimeLine<InspectedPoint>[] = [
  {
    label: "Measured",
    color: colorOf("fused"),
    dashes: DASHES.fused,
    value: ({ inspection }) => inspection.branches?.measuredGain ?? null,
  },
  {
    label: "From disagreement",
    color: colorOf("reference"),
    dashes: "6 3",
    value: ({ inspection }) => inspection.branches?.expectedGain ?? null,
  },
  {
    label: "Over the best branch",
    color: colorOf("reference"),
    dashes: DASHES.reference,
    value: ({ inspection }) => inspection.branches?.gainOverBest ?? null,
  },
];

/** What the fusion gains, and the disagreement that explains it. */
export function GainChart({ points }: { points: InspectedPoint[] }) {
  return (
    <TimeChart
      store={branchesView}
      id="gain"
      title="Fusion gain and disagreement"
      term="disagreement"
      hint="Branches’ weighted log loss − fused: measured, and ½·p(1−p)·Σ w (z_b − z̄)², which needs no labels. Below 0 over the best branch: that branch alone would be better."
      unit="nats a row"
      promise={PROMISE}
      points={points}
      lines={GAINS}
    />
  );
}

/** Whether the branches still differ. */
export function CorrelationChart({ points }: { points: InspectedPoint[] }) {
  const lines = useMemo(() => correlationLines(points), [points]);
  return (
    <TimeChart
      store={branchesView}
      id="correlation"
      title="Correlation of the branches’ logits"
      term="correlation"
      hint="Near 1 the branches have collapsed into one, and fusing them gains nothing."
      unit="correlation"
      promise={PROMISE}
      points={points}
      lines={lines}
    />
  );
}

/** A pair is no branch, and so has no branch's colour: four branches make six pairs. */
const PAIR_DASHES = [undefined, "6 3", "2 2", "9 3 2 3", "4 2 1 2 1 2", "1 3"];

function correlationLines(points: InspectedPoint[]): TimeLine<InspectedPoint>[] {
  const pairs = points.at(-1)!.inspection.branches?.correlations ?? [];
  return pairs.map(({ first, second }, index) => {
    return {
      label: `Branches ${first + 1} and ${second + 1}`,
      color: colorOf("reference"),
      dashes: PAIR_DASHES[index % PAIR_DASHES.length],
      value: ({ inspection }) => inspection.branches?.correlations[index]?.correlation ?? null,
    };
  });
}

const PROMISE = "There are no branches to compare.";
