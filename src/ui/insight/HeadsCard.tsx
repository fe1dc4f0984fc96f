import type { ReactNode } from "react";
import type { Measured } from "../../insight/fieldImportance.ts";
import { headLook } from "../branches/heads.ts";
import { BarFigure, barOf } from "./BarFigure.tsx";
import { FigureCard } from "./FigureCard.tsx";
import classes from "./insight.module.css";

/** What was measured of a column, or of columns together. */
export interface NamedHeads {
  name: string;
  /** Each branch's, then the fused one's. */
  heads: Measured[];
}

interface HeadsCardProps {
  id: string;
  title: string;
  hint: ReactNode;
  /** What the figure and the table show, in words. */
  labels: { figure: string; table: string };
  /** The name of the first column. */
  first: string;
  rows: NamedHeads[];
  drawn: NamedHeads[];
  /** No interval is drawn below it. */
  lowest?: number;
  text(measured: Measured): string;
}

/** A card of figures that every head has: some of them as bars, all of them as a table. */
export function HeadsCard({ id, title, hint, labels, first, rows, drawn, ...props }: HeadsCardProps) {
  const { lowest = Number.NEGATIVE_INFINITY, text } = props;
  const heads = rows[0]?.heads.length ?? 0;
  const byHead = Array.from({ length: heads }, (_, h) => ({
    name: headLook(h, heads).label,
    value: (row: NamedHeads) => row.heads[h]!.mean,
    cell: (row: NamedHeads) => text(row.heads[h]!),
  }));
  const columns = [{ name: first, value: ({ name }: NamedHeads) => name }, ...byHead];
  const bars = drawn.map((row) => ({
    label: row.name,
    bars: row.heads.map(barOf).map((bar) => ({ ...bar, low: Math.max(lowest, bar.low) })),
  }));
  return (
    <FigureCard
      id={id}
      title={title}
      heads={heads}
      hint={hint}
      figure={heads > 0 ? (svg) => <BarFigure svg={svg} label={labels.figure} rows={bars} /> : null}
      table={
        heads > 0 ? { label: labels.table, columns, rows, keyOf: ({ name }) => name, sortedBy: heads } : null
      }
    >
      {heads === 0 && <p className={classes.hint}>None was measured.</p>}
    </FigureCard>
  );
}
