import { Select } from "@mantine/core";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { type ArenaCurves, arenaExtent, type Measure, pairsOf } from "../../runs/arenaCurves.ts";
import { labelOfColumn, unitOfColumn } from "../../runs/points.ts";
import type { ArenaState } from "../../store/arena/arenaState.ts";
import type { ChartView, Window } from "../../store/charts/chartView.ts";
import { Chart, type ChartProps } from "../charts/Chart.tsx";
import classes from "../charts/charts.module.css";
import type { Series } from "../charts/series.ts";
import { Toolbar, useFreeze } from "../charts/Toolbar.tsx";
import { arenaView, useView } from "../charts/views.ts";
import { useStudio } from "../StudioContext.tsx";
import { differenceSeries, memberSeries } from "./arenaSeries.ts";
import { useArenaState, useMembers } from "./useArena.ts";

const WORDS: Record<Measure, { title: string; hint: string }> = {
  logLoss: {
    title: "Log loss vs clicks",
    hint: "Fused output of each member, on each batch before it is trained on. Circles: test split.",
  },
  auc: { title: "AUC", hint: "Fused output of each member, over the last 50,000 rows. Circles: test split." },
};

interface ArenaChartsProps {
  measures: readonly Measure[];
  /** More cards beside the charts. */
  children?: ReactNode;
}

/** The curves of all members over the same rows, and the difference of two of them. */
export function ArenaCharts({ measures, children }: ArenaChartsProps) {
  const { arena } = useStudio();
  const members = useMembers();
  const { view, onView } = useView(arenaView);
  const extent = useCallback((): Window => arenaExtent(arena.curves), [arena]);
  const grown = useCallback(
    (listener: () => void) =>
      arena.store.subscribe((state, before) => {
        if (state.arena?.curvesVersion !== before.arena?.curvesVersion) listener();
      }),
    [arena],
  );
  const { frozenAt, onFreeze, subscribe } = useFreeze({ view, onView }, extent, grown);
  const names = useMemo(() => members.map(({ name }) => name), [members]);
  const seedWords = useArenaState(({ arena }) => arena && onlySeed(arena));
  const common = { view, onView, subscribe, names, seedWords };
  return (
    <section aria-label="Charts of the arena">
      <Toolbar
        view={view}
        onView={onView}
        extent={extent}
        frozenAt={frozenAt}
        onFreeze={onFreeze}
        hasPositions={false}
      />
      <div className={classes.grid}>
        <DifferenceChart {...common} />
        {measures.map((measure) => (
          <MemberChart key={measure} measure={measure} {...common} />
        ))}
        {children}
      </div>
    </section>
  );
}

interface ArenaChartProps extends Pick<ChartProps, "view" | "onView" | "subscribe"> {
  names: string[];
  /** Which of several seeds is drawn. */
  seedWords: string | null;
}

function onlySeed({ seeds, seedIndex }: ArenaState): string | null {
  if (seeds.length < 2) return null;
  return `Drawn: seed ${seeds[seedIndex]} alone, ${seedIndex + 1} of ${seeds.length}; the verdict is of all of them.`;
}

const withSeed = (hint: string, words: string | null) => (words === null ? hint : `${hint} ${words}`);

/** The difference of two members with the interval that stays valid while it is looked at. */
function DifferenceChart({ names, seedWords, ...props }: ArenaChartProps) {
  const pairs = pairsOf(names.length);
  const [chosen, choose] = useState(0);
  const pair = pairs[chosen] ?? pairs[0]!;
  const [from, to] = [names[pair.first]!, names[pair.second]!];
  const make = useMake(
    props.view,
    useCallback(
      (curves: ArenaCurves, view: ChartView) =>
        differenceSeries(curves.pairs[chosen]!, `${to} − ${from}`, view),
      [chosen, from, to],
    ),
  );
  return (
    <Chart
      {...props}
      id="difference"
      title={`Log loss of ${to} − ${from}`}
      term="confidenceSequence"
      hint={withSeed(
        `Mean over first-pass rows with its interval, valid at every moment. Below 0: ${to} is better; clear once the band leaves 0, after 60 batches.`,
        seedWords,
      )}
      unit={unitOfColumn("logLoss")}
      promise="The first batches set the scale of the interval; then it is drawn here."
      level={ZERO}
      make={make}
    >
      {pairs.length > 1 && (
        <Select
          aria-label="Pair"
          mb={4}
          maw={320}
          data={pairs.map(({ first, second }, index) => ({
            value: String(index),
            label: `${names[second]} − ${names[first]}`,
          }))}
          value={String(chosen)}
          onChange={(value) => choose(Number(value))}
        />
      )}
    </Chart>
  );
}

const ZERO = { value: 0, label: "no difference", isAlwaysSeen: true };

/** A measure of all members over the same rows. */
function MemberChart({ measure, names, seedWords, ...props }: ArenaChartProps & { measure: Measure }) {
  const make = useMake(
    props.view,
    useCallback(
      (curves: ArenaCurves, view: ChartView) => memberSeries(curves, measure, names, view),
      [measure, names],
    ),
  );
  return (
    <Chart
      {...props}
      title={WORDS[measure].title}
      term={measure}
      hint={withSeed(WORDS[measure].hint, seedWords)}
      unit={unitOfColumn(measure) ?? labelOfColumn(measure, 1)}
      id={`arena-${measure}`}
      promise="There are no points yet."
      level={null}
      make={make}
    />
  );
}

/** Series of the curves of the seed under way. `seriesOf` must stay the same. */
function useMake(
  view: ChartView,
  seriesOf: (curves: ArenaCurves, view: ChartView) => Series[],
): ChartProps["make"] {
  const { arena } = useStudio();
  return useCallback(() => {
    const { curves } = arena;
    return { series: curves ? seriesOf(curves, view) : [], extent: arenaExtent(curves) };
  }, [arena, seriesOf, view]);
}
