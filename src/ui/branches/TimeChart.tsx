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
      id="gain"
      title="Fusion gain and disagreement"
      hint="Branches’ weighted log loss − fused: measured, and ½·p(1−p)·Σ w (z_b − z̄)², which needs no labels. Below 0 over the best branch: that branch alone would be better."
      unit="nats a row"
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
      unit="correlation"
      points={points}
      lines={lines}
    />
  );
}

/** A pair is no branch, and so has no branch's colour: four branches make six pairs. */
const PAIR_DASHES = [undefined, "6 3", "2 2", "9 3 2 3", "4 2 1 2 1 2", "1 3"];

function correlationLines(points: InspectedPoint[]): TimeLine[] {
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

interface TimeChartProps {
  id: string;
  title: string;
  hint: string;
  unit: string;
  points: InspectedPoint[];
  lines: TimeLine[];
}

function TimeChart({ id, title, hint, unit, points, lines }: TimeChartProps) {
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
      unit={unit}
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
