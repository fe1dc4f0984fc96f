import { CartesianGrid, Line, LineChart, ReferenceLine, XAxis, YAxis } from "recharts";
import type { InspectedPoint } from "../../store/inspections.ts";
import { AXIS, MARGIN } from "../charts/axes.ts";
import charts from "../charts/charts.module.css";
import { colorOf, DASHES, rangeOf } from "../charts/definitions.ts";
import { niceTicks, tickText } from "../charts/ticks.ts";
import { metric, short } from "../format.ts";
import classes from "./branches.module.css";

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
      title="Fusion gain and the disagreement behind it"
      hint="Branches’ weighted log loss − fused: measured, and ½·p(1−p)·Σ w (z_b − z̄)², which needs no labels. Below 0 over the best branch: that branch alone would be better."
      points={points}
      lines={GAINS}
    />
  );
}

/** Whether the branches still differ. */
export function CorrelationChart({ points }: { points: InspectedPoint[] }) {
  const pairs = points.at(-1)!.inspection.branches?.correlations ?? [];
  const lines = pairs.map(({ first, second }, index): TimeLine => {
    const role = `branch-${index % 4}` as keyof typeof DASHES;
    return {
      label: `Branches ${first + 1} and ${second + 1}`,
      color: colorOf(role),
      dashes: DASHES[role],
      value: ({ inspection }) => inspection.branches?.correlations[index]?.correlation ?? null,
    };
  });
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

interface TimeChartProps {
  id: string;
  title: string;
  hint: string;
  points: InspectedPoint[];
  lines: TimeLine[];
}

function TimeChart({ id, title, hint, points, lines }: TimeChartProps) {
  const data = points.map((point) => ({
    rowsSeen: point.rowsSeen,
    ...Object.fromEntries(lines.map(({ label, value }) => [label, value(point)])),
  }));
  const range = rangeOf(
    lines.map(({ value }) => points.map(value)),
    0,
  ) ?? [0, 1];
  const ticks = niceTicks(range, 4);
  const end = points.at(-1)!.rowsSeen;
  return (
    <section className={charts.card} aria-labelledby={`inspected-${id}`} data-chart={id}>
      <h3 id={`inspected-${id}`} className={charts.title}>
        {title}
      </h3>
      <p className={classes.hint}>{hint}</p>
      <div className={charts.body}>
        <div className={charts.plot}>
          <LineChart
            responsive
            className={charts.chart}
            data={data}
            margin={MARGIN}
            title={title}
            desc={hint}
          >
            <CartesianGrid stroke="var(--hairline)" vertical={false} />
            <XAxis
              dataKey="rowsSeen"
              type="number"
              domain={[0, end]}
              ticks={niceTicks([0, end], 3)}
              tickFormatter={short}
              height={20}
              {...AXIS}
            />
            <YAxis
              domain={range}
              allowDataOverflow
              ticks={ticks}
              tickFormatter={tickText(ticks)}
              axisLine={false}
              width={56}
              {...AXIS}
            />
            <ReferenceLine y={0} stroke="var(--mantine-color-dimmed)" strokeDasharray="1 4" />
            {lines.map(({ label, color, dashes }) => (
              <Line
                key={label}
                dataKey={label}
                stroke={color}
                strokeWidth={1.75}
                strokeDasharray={dashes}
                dot={{ r: 2.5, fill: color, strokeDasharray: "none" }}
                activeDot={false}
                connectNulls
                isAnimationActive={false}
              />
            ))}
          </LineChart>
        </div>
        <table className={charts.legend}>
          <tbody>
            {lines.map(({ label, color, dashes, value }) => (
              <tr key={label}>
                <th scope="row">
                  <svg width="22" height="8" aria-hidden="true">
                    <line
                      x1="0"
                      x2="22"
                      y1="4"
                      y2="4"
                      stroke={color}
                      strokeWidth={2}
                      strokeDasharray={dashes}
                    />
                  </svg>
                  {label}
                </th>
                <td>{metric(value(points.at(-1)!))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
