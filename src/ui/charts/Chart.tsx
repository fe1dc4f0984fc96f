import { memo, type ReactNode, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { ChartView, Window } from "../../store/charts/chartView.ts";
import type { TermName } from "../explain/glossary.ts";
import { ChartTable } from "./ChartTable.tsx";
import type { Cut } from "./CutLines.tsx";
import { chartPicture, offerPicture } from "./chartPicture.ts";
import classes from "./charts.module.css";
import { FigureHead, HeadButton } from "./FigureHead.tsx";
import { Legend } from "./Legend.tsx";
import { type Drawing, type Level, Plot } from "./Plot.tsx";
import { type Series, valueRange } from "./series.ts";
import { useRedraw } from "./useRedraw.ts";

export interface ChartProps {
  id: string;
  title: string;
  /** What the title's words mean. */
  term?: TermName | undefined;
  /** What the numbers are. */
  hint: string;
  /** What will be seen here, while there is nothing. */
  promise: string;
  level: Level | null;
  /** What stands at the vertical axis: the numbers' unit, else what they are. */
  unit?: string | null;
  view: ChartView;
  onView(change: Partial<ChartView>): void;
  /** The series to draw now and all of x that there is; the same function for the same curves. */
  make(): { series: Series[]; extent: Window; cuts?: Cut[] };
  /** Calls back when curves have grown; never while the view is frozen. */
  subscribe(listener: () => void): () => void;
  /** What the person can choose for this chart alone. */
  children?: ReactNode;
}

/** A chart in its card: drawn, or as a table, or saved as a picture. */
export function Chart({
  id,
  title,
  term,
  hint,
  promise,
  level,
  unit = null,
  children,
  ...props
}: ChartProps) {
  const { view, onView, make, subscribe } = props;
  const card = useRef<HTMLElement>(null);
  // undefined until its first turn to draw; null where there is nothing to draw.
  const [drawing, setDrawing] = useState<Drawing | null>();
  const [asTable, setAsTable] = useState(false);
  const logarithmic = view.logarithmic.includes(id);
  const draw = useCallback(() => {
    const { series, extent, cuts = [] } = make();
    const y = valueRange(series, { level, window: view.window, logarithmic });
    setDrawing(y && { series, cuts, x: view.window ?? extent, y, extent, xName: view.x, logarithmic });
  }, [make, level, view, logarithmic]);
  useRedraw(card, subscribe, draw);
  useEffect(() => {
    if (card.current && drawing) offerPicture(card.current, title, drawing);
  }, [title, drawing]);
  // Keys may come faster than the chart is drawn: each starts from the window that the last one made.
  const latest = useRef(view.window);
  useEffect(() => {
    latest.current = view.window;
  }, [view.window]);
  const onWindow = useCallback(
    (change: (window: Window | null) => Window | null) => {
      latest.current = change(latest.current);
      onView({ window: latest.current });
    },
    [onView],
  );

  const toggleLog = useCallback(() => {
    const others = view.logarithmic.filter((chart) => chart !== id);
    onView({ logarithmic: logarithmic ? others : [...others, id] });
  }, [view.logarithmic, onView, id, logarithmic]);
  const toggleTable = useCallback(() => setAsTable((before) => !before), []);
  return (
    <section ref={card} className={classes.card} aria-labelledby={`chart-${id}`} data-chart={id}>
      <ChartHead
        id={id}
        title={title}
        term={term}
        card={card}
        logarithmic={logarithmic}
        asTable={asTable}
        toggleLog={toggleLog}
        toggleTable={toggleTable}
        hasPicture={Boolean(drawing) && !asTable}
      />
      <p className={classes.hint} title={hint}>
        {hint}
      </p>
      {children}
      {!drawing ? (
        <EmptyChart rises={id.endsWith("auc")}>
          {drawing === null && (logarithmic ? "There is no value above 0 to draw." : promise)}
        </EmptyChart>
      ) : asTable ? (
        <ChartTable title={title} drawing={drawing} />
      ) : (
        <div className={classes.body}>
          <Plot
            chart={id}
            title={title}
            hint={hint}
            drawing={drawing}
            level={level}
            unit={unit}
            onWindow={onWindow}
          />
          <Legend series={drawing.series} window={drawing.x} />
        </div>
      )}
    </section>
  );
}

interface ChartHeadProps {
  id: string;
  title: string;
  term: TermName | undefined;
  card: RefObject<HTMLElement | null>;
  logarithmic: boolean;
  asTable: boolean;
  hasPicture: boolean;
  toggleLog(): void;
  toggleTable(): void;
}

const ChartHead = memo(function ChartHead({ id, title, term, card, hasPicture, ...props }: ChartHeadProps) {
  return (
    <FigureHead
      titleId={`chart-${id}`}
      title={title}
      term={term}
      file={id}
      asTable={props.asTable}
      onTable={props.toggleTable}
      picture={hasPicture ? () => chartPicture(card.current!) : null}
    >
      <HeadButton
        label="Log"
        about={`${title}: logarithmic axis`}
        pressed={props.logarithmic}
        onClick={props.toggleLog}
      />
    </FigureHead>
  );
});

/** `rises`: larger is better. */
function EmptyChart({ rises, children }: { rises: boolean; children: string | false }) {
  return (
    <div className={classes.empty}>
      {children && (
        <>
          <svg viewBox="0 0 120 44" aria-hidden="true" className={classes.sketch} data-rises={rises}>
            <path d="M4 6C20 30 46 33 116 36" strokeDasharray="6 3" stroke="var(--branch-0)" />
            <path d="M4 4C22 25 50 30 116 33" strokeDasharray="2 2" stroke="var(--branch-1)" />
            <path d="M4 9C20 34 46 37 116 40" stroke="var(--fused)" />
          </svg>
          <p>{children}</p>
        </>
      )}
    </div>
  );
}
