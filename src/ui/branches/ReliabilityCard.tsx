import { ticks } from "d3-array";
import { tickFormat } from "d3-scale";
import { useId, useRef, useState } from "react";
import { CartesianGrid, ErrorBar, Label, ReferenceLine, Scatter, ScatterChart, XAxis, YAxis } from "recharts";
import type { Calibration } from "../../metrics/calibration.ts";
import { XAxisTick, YAxisTick } from "../charts/AxisTick.tsx";
import { svgPicture } from "../charts/chartPicture.ts";
import charts from "../charts/charts.module.css";
import { FigureHead } from "../charts/FigureHead.tsx";
import { FigureTable } from "../charts/FigureTable.tsx";
import { AXIS, MARGIN } from "../charts/Plot.tsx";
import { Swatch } from "../charts/Swatch.tsx";
import { TICKS } from "../charts/scales.ts";
import { Term } from "../explain/Term.tsx";
import { count, metric } from "../format.ts";
import classes from "./branches.module.css";
import { headLook, headNames } from "./heads.ts";

interface ReliabilityCardProps {
  calibrations: (Calibration | null)[];
  /** What was evaluated, where the page shows several. */
  of?: string;
}

/** Reliability curves of all heads, with COPC and ECE. */
export function ReliabilityCard({ calibrations, of }: ReliabilityCardProps) {
  const titleId = useId();
  const plot = useRef<HTMLDivElement>(null);
  const [asTable, setAsTable] = useState(false);
  const title = of === undefined ? "Reliability" : `Reliability: ${of}`;
  const heads = calibrations.length;
  const most = Math.max(
    0.01,
    ...calibrations.flatMap((head) => head?.bins.flatMap(({ predicted, high }) => [predicted, high]) ?? []),
  );
  const axis = {
    ...AXIS,
    domain: [0, most] as [number, number],
    ticks: ticks(0, most, TICKS),
    tickFormatter: tickFormat(0, most, TICKS),
    stroke: "var(--hairline)",
  };
  return (
    <section className={charts.card} aria-labelledby={titleId} data-chart="reliability">
      <FigureHead
        titleId={titleId}
        title={title}
        term="reliability"
        file="reliability"
        isInner
        asTable={asTable}
        onTable={() => setAsTable(!asTable)}
        picture={
          asTable ? null : () => svgPicture(plot.current!.querySelector("svg")!, title, headNames(heads))
        }
      />
      <p className={classes.hint}>
        Click rate against predicted probability, in 15 bins of equally many rows; on the diagonal the
        prediction is true. Bars: 95 % intervals.
      </p>
      <div className={charts.body}>
        {asTable ? (
          <BinsTable title={title} calibrations={calibrations} />
        ) : (
          <div ref={plot} className={charts.plot}>
            <ScatterChart
              responsive
              className={classes.square}
              margin={MARGIN}
              title="Reliability curve of each head"
              desc="The table beside it says how calibrated each head is."
            >
              <CartesianGrid stroke="var(--hairline)" />
              <XAxis {...axis} dataKey="predicted" tick={XAxisTick} height={34}>
                <Label
                  className={charts.axisName}
                  position="insideBottomRight"
                  value="predicted probability"
                />
              </XAxis>
              <YAxis {...axis} dataKey="clicked" tick={YAxisTick} width={48}>
                <Label className={charts.axisName} position="top" offset={8} dx={10} value="click rate" />
              </YAxis>
              <ReferenceLine
                segment={[
                  { x: 0, y: 0 },
                  { x: most, y: most },
                ]}
                stroke="var(--mantine-color-dimmed)"
                strokeDasharray="1 4"
              />
              {calibrations.map((head, h) => {
                const { label, color, dashes } = headLook(h, heads);
                const data = head?.bins.map((bin) => ({
                  ...bin,
                  error: [bin.clicked - bin.low, bin.high - bin.clicked],
                }));
                return (
                  <Scatter
                    key={label}
                    name={label}
                    data={data ?? []}
                    fill={color}
                    line={{ stroke: color, strokeWidth: 1.5, strokeDasharray: dashes }}
                    shape={<circle r={2.5} fill={color} />}
                    isAnimationActive={false}
                  >
                    {h === heads - 1 && (
                      <ErrorBar dataKey="error" direction="y" width={3} stroke={color} strokeOpacity={0.5} />
                    )}
                  </Scatter>
                );
              })}
            </ScatterChart>
          </div>
        )}
        <CalibrationFigures calibrations={calibrations} />
      </div>
    </section>
  );
}

/** COPC and ECE of each head, which are the plot's legend too. */
function CalibrationFigures({ calibrations }: Pick<ReliabilityCardProps, "calibrations">) {
  const heads = calibrations.length;
  return (
    <table className={charts.legend}>
      <thead>
        <tr>
          <td />
          <th scope="col">
            <Term of="copc">COPC</Term>
          </th>
          <th scope="col">
            <Term of="ece">ECE</Term>
          </th>
        </tr>
      </thead>
      <tbody>
        {calibrations.map((head, h) => {
          const { label, color, dashes } = headLook(h, heads);
          return (
            <tr key={label}>
              <th scope="row">
                <Swatch color={color} dashes={dashes} />
                {label}
              </th>
              <td data-testid="copc">{head ? head.copc.toFixed(3) : "–"}</td>
              <td>{metric(head?.ece)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Every bin of every head. */
function BinsTable({ title, calibrations }: { title: string; calibrations: (Calibration | null)[] }) {
  const names = ["Head", "Bin", "Rows", "Predicted", "Click rate", "95 % interval"];
  const rows = calibrations.flatMap((head, h) =>
    (head?.bins ?? []).map(({ rows: inBin, predicted, clicked, low, high }, bin) => ({
      key: `${h} ${bin}`,
      cells: [
        headLook(h, calibrations.length).label,
        String(bin + 1),
        count(inBin),
        metric(predicted),
        metric(clicked),
        `${metric(low)} to ${metric(high)}`,
      ],
    })),
  );
  return <FigureTable title={title} head={names.map((name) => ({ key: name, name }))} rows={rows} />;
}
