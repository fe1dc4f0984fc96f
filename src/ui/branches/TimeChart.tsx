import { useCallback, useMemo } from "react";
import type { Window } from "../../store/charts/chartView.ts";
import type { InspectedPoint } from "../../store/training/inspections.ts";
import { Chart } from "../charts/Chart.tsx";
import { colorOf, DASHES } from "../charts/definitions.ts";
import { markedSeries, type Series } from "../charts/series.ts";
import { branchesView, useView } from "../charts/views.ts";

interface TimeLine {
  label: string;
  color: string;
  dashes: string | undefined;
  value(point: InspectedPoint): number | null;
}

const GAINS: TimeLine[] = [
  {
    label: "Measured",
    color: colorOf("fused"),
    dashes: DASHES.fused,
    value: ({ inspection }) => inspection.branches?.measuredGain ?? null,
  },
  {
    label: "From disagreement",
    color: colorOf("branch-0"),
    dashes: DASHES["branch-0"],
    value: ({ inspection }) => inspection.branches?.expectedGain ?? null,
  },
  {
    label: "Over the best branch",
    color: colorOf("branch-1"),
    dashes: DASHES["branch-1"],
    value: ({ inspection }) => inspection.branches?.gainOverBest ?? null,
  },
];

/** What the fusion gains, and the disagreement that explains it. */
export function GainChart({ points }: { points: InspectedPoint[] }) {
  return (
    <TimeChart
      id="gain"
      title="Fusion gain and disagreement"
      hint="Branches’ weighted log loss − fused: measured, and ½·p(1−p)·Σ w (z_b − z̄)², which needs no labels. Below 0 over the best branch: that branch alone would be better."
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
      id="correlation"
      title="Correlation of the branches’ logits"
      hint="Near 1 the branches have collapsed into one, and fusing them gains nothing."
      points={points}
      lines={lines}
    />
  );
}

function correlationLines(points: InspectedPoint[]): TimeLine[] {
  const pairs = points.at(-1)!.inspection.branches?.correlations ?? [];
  return pairs.map(({ first, second }, index) => {
    const role = `branch-${index % 4}` as keyof typeof DASHES;
    return {
      label: `Branches ${first + 1} and ${second + 1}`,
      color: colorOf(role),
      dashes: DASHES[role],
      value: ({ inspection }) => inspection.branches?.correlations[index]?.correlation ?? null,
    };
  });
}

interface TimeChartProps {
  id: string;
  title: string;
  hint: string;
  points: InspectedPoint[];
  lines: TimeLine[];
}

function TimeChart({ id, title, hint, points, lines }: TimeChartProps) {
  const { view, onView } = useView(branchesView);
  const make = useCallback(
    () => ({ series: lines.map((line) => seriesOf(line, points)), extent: extentOf(points) }),
    [points, lines],
  );
  return (
    <Chart
      id={id}
      title={title}
      hint={hint}
      view={view}
      onView={onView}
      make={make}
      promise="There are no branches to compare."
      level={ZERO}
      subscribe={never}
    />
  );
}

const ZERO = { value: 0, label: "" };

/** Another evaluation makes another `points`. */
function never(): () => void {
  return () => {};
}

function extentOf(points: InspectedPoint[]): Window {
  return [0, Math.max(1, points.at(-1)?.rowsSeen ?? 1)];
}

function seriesOf({ label, value, ...look }: TimeLine, points: InspectedPoint[]): Series {
  const known = points.flatMap((point) => {
    const y = value(point);
    return y === null ? [] : [{ x: point.rowsSeen, y }];
  });
  return markedSeries(
    { ...look, id: label, row: label, name: label, column: "", width: 1.75, mark: "circle" },
    { x: Float64Array.from(known, ({ x }) => x), y: Float64Array.from(known, ({ y }) => y) },
  );
}
