import { useCallback, useMemo, useRef } from "react";
import { CartesianGrid, Line, LineChart, Tooltip, XAxis, YAxis } from "recharts";
import { type ArenaCurves, drawnMembers, type Measure } from "../../store/arenaCurves.ts";
import { AXIS, MARGIN } from "../charts/axes.ts";
import classes from "../charts/charts.module.css";
import { rangeOf } from "../charts/definitions.ts";
import { niceTicks, tickText } from "../charts/ticks.ts";
import { metric, short } from "../format.ts";
import { MemberLine } from "./MemberLine.tsx";
import { lookOf } from "./members.ts";
import { useArenaDrawing, useMembers } from "./useArena.ts";

const SMOOTHING = 0.8;
const WORDS: Record<Measure, { title: string; hint: string }> = {
  logLoss: {
    title: "Log loss vs clicks",
    hint: "Fused output of each member, on each batch before it is trained on (smoothed). Circles: test split.",
  },
  auc: { title: "AUC", hint: "Fused output of each member, over the last 50,000 rows. Circles: test split." },
};

/** A measure of all members over the same rows. */
export function MemberChart({ measure }: { measure: Measure }) {
  const card = useRef<HTMLElement>(null);
  const members = useMembers();
  const make = useCallback(
    (curves: ArenaCurves, most: number) => drawnMembers(curves, measure, { most, smoothing: SMOOTHING }),
    [measure],
  );
  const points = useArenaDrawing(card, make) ?? [];
  const columns = useMemo(() => members.flatMap((_, m) => [`member${m}`, `test${m}`]), [members]);
  const range = rangeOf(
    columns.map((column) => points.map((point) => point[column]).filter((value) => value !== undefined)),
    null,
  );
  const { title, hint } = WORDS[measure];
  const end = points.at(-1)?.rowsSeen ?? 1;
  return (
    <section ref={card} className={classes.card} aria-labelledby={`arena-${measure}`}>
      <h3 id={`arena-${measure}`} className={classes.title}>
        {title}
      </h3>
      <p className={classes.hint} title={hint}>
        {hint}
      </p>
      {range === null ? (
        <div className={classes.empty}>
          <p>The first points are on their way.</p>
        </div>
      ) : (
        <div className={classes.body}>
          <div className={classes.plot}>
            <LineChart
              responsive
              className={classes.chart}
              data={points}
              margin={MARGIN}
              syncId="arena"
              syncMethod="value"
              title={`${title} of each member`}
              desc={`${hint} The newest numbers are in the table of members.`}
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
                ticks={niceTicks(range, 4)}
                tickFormatter={tickText(niceTicks(range, 4))}
                axisLine={false}
                width={48}
                {...AXIS}
              />
              {members.map(({ name }, m) => (
                <Line
                  key={lookOf(m).color}
                  dataKey={`member${m}`}
                  name={name}
                  stroke={lookOf(m).color}
                  strokeWidth={1.75}
                  strokeDasharray={lookOf(m).dashes}
                  dot={false}
                  activeDot={false}
                  connectNulls
                  isAnimationActive={false}
                />
              ))}
              {members.map(({ name }, m) => (
                <Line
                  key={`${lookOf(m).color} test`}
                  dataKey={`test${m}`}
                  name={`${name}, test`}
                  stroke={lookOf(m).color}
                  strokeWidth={1}
                  dot={{ r: 3.5, fill: "var(--surface)", strokeWidth: 2, strokeDasharray: "none" }}
                  activeDot={false}
                  connectNulls
                  isAnimationActive={false}
                />
              ))}
              <Tooltip
                content={() => null}
                cursor={{ stroke: "var(--mantine-color-dimmed)", strokeWidth: 1 }}
                isAnimationActive={false}
              />
            </LineChart>
          </div>
          <table className={classes.legend}>
            <thead>
              <tr>
                <td />
                <th scope="col">train</th>
                <th scope="col">test</th>
              </tr>
            </thead>
            <tbody>
              {members.map(({ name }, m) => (
                <tr key={lookOf(m).color}>
                  <th scope="row">
                    <MemberLine member={m} /> {name}
                  </th>
                  <td>
                    {metric(points.findLast((point) => point[`member${m}`] !== undefined)?.[`member${m}`])}
                  </td>
                  <td>{metric(points.findLast((point) => point[`test${m}`] !== undefined)?.[`test${m}`])}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
