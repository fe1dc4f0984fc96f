import { Select } from "@mantine/core";
import { useCallback, useRef, useState } from "react";
import { Area, CartesianGrid, ComposedChart, Line, ReferenceLine, Tooltip, XAxis, YAxis } from "recharts";
import { type ArenaCurves, drawnDifference, pairsOf } from "../../store/arenaCurves.ts";
import { AXIS, MARGIN } from "../charts/axes.ts";
import classes from "../charts/charts.module.css";
import { niceTicks, tickText } from "../charts/ticks.ts";
import { short } from "../format.ts";
import own from "./arena.module.css";
import { useArenaDrawing, useMembers } from "./useArena.ts";

/** The difference of two members with the interval that stays valid while it is looked at. */
export function DifferenceChart() {
  const card = useRef<HTMLElement>(null);
  const members = useMembers();
  const pairs = pairsOf(members.length);
  const [chosen, choose] = useState(0);
  const { first, second } = pairs[chosen]!;
  const [from, to] = [members[first]!.name, members[second]!.name];
  const make = useCallback(
    (curves: ArenaCurves, most: number) => drawnDifference(curves.pairs[chosen]!, most),
    [chosen],
  );
  const points = useArenaDrawing(card, make) ?? [];
  const range = rangeAround(points.flatMap(({ low, high }) => [low, high]));
  const end = points.at(-1)?.rowsSeen ?? 1;
  const ticks = range && niceTicks(range, 4);
  return (
    <section ref={card} className={classes.card} aria-labelledby="arena-difference" data-chart="difference">
      <div className={own.heading}>
        <h3 id="arena-difference" className={classes.title}>
          Log loss of {to} − log loss of {from}
        </h3>
        {pairs.length > 1 && (
          <Select
            aria-label="Pair"
            w={230}
            data={pairs.map((pair, index) => ({
              value: String(index),
              label: `${members[pair.second]!.name} − ${members[pair.first]!.name}`,
            }))}
            value={String(chosen)}
            onChange={(value) => choose(Number(value))}
          />
        )}
      </div>
      <p className={own.hint}>
        Mean over first-pass rows with its interval, valid at every moment. Below 0: {to} is better. It is
        clear once the band leaves 0.
      </p>
      {range === null || ticks === null ? (
        <div className={classes.empty}>
          <p>The first batches set the scale of the interval; then it is drawn here.</p>
        </div>
      ) : (
        <ComposedChart
          responsive
          className={classes.chart}
          data={points}
          margin={MARGIN}
          syncId="arena"
          syncMethod="value"
          title={`Log loss of ${to} minus log loss of ${from}, with its interval`}
          desc="The sentences above say the newest mean and interval."
        >
          <CartesianGrid stroke="var(--hairline)" vertical={false} />
          <XAxis
            dataKey="rowsSeen"
            type="number"
            domain={[0, end]}
            ticks={niceTicks([0, end], 5)}
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
            width={64}
            {...AXIS}
          />
          <ReferenceLine y={0} stroke="var(--mantine-color-text)" strokeWidth={1} />
          <Area
            dataKey="interval"
            name="Interval"
            stroke="var(--branch-0)"
            strokeWidth={1}
            strokeOpacity={0.6}
            fill="var(--branch-0)"
            fillOpacity={0.18}
            activeDot={false}
            isAnimationActive={false}
          />
          <Line
            dataKey="mean"
            name="Mean difference"
            stroke="var(--branch-0)"
            strokeWidth={2}
            dot={false}
            activeDot={false}
            isAnimationActive={false}
          />
          <Tooltip
            content={() => null}
            cursor={{ stroke: "var(--mantine-color-dimmed)", strokeWidth: 1 }}
            isAnimationActive={false}
          />
        </ComposedChart>
      )}
    </section>
  );
}

/**
 * A range that holds 0 and the interval of the later points: at first it is so wide that nothing else would be seen.
 * null before there is an interval.
 */
function rangeAround(bounds: (number | null | undefined)[]): [number, number] | null {
  const known = bounds.filter(
    (bound) => bound !== null && bound !== undefined && Number.isFinite(bound),
  ) as number[];
  if (known.length === 0) return null;
  const later = known.slice(2 * Math.floor(known.length / 8));
  const [low, high] = [Math.min(0, ...later), Math.max(0, ...later)];
  const margin = 0.06 * (high - low || 1);
  return [low - margin, high + margin];
}
