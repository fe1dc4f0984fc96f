import { type RefObject, useId, useMemo, useRef, useState } from "react";
import type { Inspection } from "../../metrics/inspection.ts";
import type { LogitDensity } from "../../metrics/logitDensity.ts";
import { svgPicture } from "../charts/chartPicture.ts";
import charts from "../charts/charts.module.css";
import { FigureHead } from "../charts/FigureHead.tsx";
import { FigureTable } from "../charts/FigureTable.tsx";
import { type RateColor, useRateColor } from "../charts/useRateColor.ts";
import { Term } from "../explain/Term.tsx";
import { count, percent } from "../format.ts";
import classes from "./branches.module.css";

const CELL = 8;

const TITLE = "Logits of branch 1 against branch 2";

interface DensityCardProps {
  branches: NonNullable<Inspection["branches"]>;
  rows: number;
}

/** Branch 1's logit against branch 2's: where the rows are, and how many of them were clicked. */
export function DensityCard({ branches, rows }: DensityCardProps) {
  const { density, correlations } = branches;
  const titleId = useId();
  const plot = useRef<SVGSVGElement>(null);
  const [asTable, setAsTable] = useState(false);
  const correlation = correlations[0]?.correlation;
  const words = correlation === null || correlation === undefined ? "none" : correlation.toFixed(3);
  return (
    <section className={charts.card} aria-labelledby={titleId} data-chart="density">
      <FigureHead
        titleId={titleId}
        title={TITLE}
        term="logit"
        file="logits"
        isInner
        asTable={asTable}
        onTable={() => setAsTable(!asTable)}
        picture={asTable ? null : () => svgPicture(plot.current!, TITLE)}
      />
      <p className={classes.hint}>
        The stronger the colour, the more rows; the scale below shows how many of them clicked. On the
        diagonal the branches agree. <Term of="correlation">Correlation</Term> {words}.
      </p>
      {asTable ? (
        <CellsTable density={density} />
      ) : (
        <div className={classes.density}>
          <Grid
            density={density}
            svg={plot}
            label={`Density of ${rows} rows; the branches’ logits correlate by ${words}`}
          />
        </div>
      )}
    </section>
  );
}

/** The cells that hold rows, those with most of them first. */
function CellsTable({ density: { cells, rows, clicks, low, high } }: { density: LogitDensity }) {
  const at = (cell: number) => (low + (cell * (high - low)) / cells).toFixed(2);
  const range = (cell: number) => `${at(cell)} to ${at(cell + 1)}`;
  const held = Array.from(rows, (inCell, index) => ({ inCell, index })).filter(({ inCell }) => inCell > 0);
  const names = ["Logit of branch 1", "Logit of branch 2", "Rows", "Click rate"];
  return (
    <FigureTable
      title={TITLE}
      head={names.map((name) => ({ key: name, name }))}
      rows={held
        .sort((a, b) => b.inCell - a.inCell)
        .map(({ inCell, index }) => ({
          key: index,
          cells: [
            range(index % cells),
            range(Math.floor(index / cells)),
            count(inCell),
            percent(clicks[index]! / inCell),
          ],
        }))}
    />
  );
}

/** Where the square lies in the drawing, and how large it is: units of the drawing. */
const LEFT = 22;
const TOP = 4;
const SIDE = 300;
const WIDTH = LEFT + SIDE + 4;
const HEIGHT = TOP + SIDE + 42;
const STEPS = 9;
const STEP_WIDTH = 14;
const SCALE_LEFT = 92;

interface GridProps {
  density: LogitDensity;
  label: string;
  svg: RefObject<SVGSVGElement | null>;
}

function Grid({ density, label, svg }: GridProps) {
  const { low, high } = density;
  const colorOf = useRateColor();
  const highest = highestRate(density);
  const image = useMemo(() => imageOf(density, colorOf), [density, colorOf]);
  const [bottom, right] = [TOP + SIDE, LEFT + SIDE];
  const below = bottom + 15;
  const ends = [low.toFixed(1), high.toFixed(1)];
  return (
    <svg ref={svg} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} className={classes.grid} role="img" aria-label={label}>
      <image href={image} x={LEFT} y={TOP} width={SIDE} height={SIDE} />
      <rect x={LEFT} y={TOP} width={SIDE} height={SIDE} fill="none" stroke="var(--hairline)" />
      <g transform={`translate(${LEFT} ${bottom + 28})`}>
        <text className={charts.axisName} y={9}>
          Click rate 0 %
        </text>
        {Array.from({ length: STEPS }, (_, i) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: steps have nothing else
            key={i}
            x={SCALE_LEFT + i * STEP_WIDTH}
            width={STEP_WIDTH}
            height={10}
            fill={colorOf(i / (STEPS - 1))}
          />
        ))}
        <text className={charts.axisName} x={SCALE_LEFT + STEPS * STEP_WIDTH + 6} y={9}>
          {percent(highest)}
        </text>
      </g>
      <line
        x1={LEFT}
        y1={bottom}
        x2={right}
        y2={TOP}
        stroke="var(--mantine-color-dimmed)"
        strokeDasharray="4 4"
      />
      <text className={charts.axisName} x={LEFT} y={below}>
        {ends[0]}
      </text>
      <text className={charts.axisName} x={(LEFT + right) / 2} y={below} textAnchor="middle">
        Logit of branch 1
      </text>
      <text className={charts.axisName} x={right} y={below} textAnchor="end">
        {ends[1]}
      </text>
      <g transform={`translate(${LEFT - 8} ${bottom}) rotate(-90)`}>
        <text className={charts.axisName}>{ends[0]}</text>
        <text className={charts.axisName} x={SIDE / 2} textAnchor="middle">
          Logit of branch 2
        </text>
        <text className={charts.axisName} x={SIDE} textAnchor="end">
          {ends[1]}
        </text>
      </g>
    </svg>
  );
}

/** Where the scale of colours ends. Cells of a few rows have click rates by chance alone: they do not set it. */
function highestRate({ rows, clicks }: LogitDensity): number {
  return Math.max(0.01, ...Array.from(rows, (n, i) => (n >= 20 ? clicks[i]! / n : 0)));
}

/** The cells as a picture: an SVG of so many rectangles is slow to draw. */
function imageOf(density: LogitDensity, colorOf: RateColor): string {
  const { cells, rows, clicks } = density;
  const side = cells * CELL;
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const context = canvas.getContext("2d");
  if (!context) return "";
  const most = Math.log1p(Math.max(...rows));
  const highest = highestRate(density);
  for (let second = 0; second < cells; second++) {
    for (let first = 0; first < cells; first++) {
      const inCell = rows[second * cells + first]!;
      if (inCell === 0) continue;
      const rate = clicks[second * cells + first]! / inCell;
      context.fillStyle = colorOf(rate / highest, 0.15 + (0.85 * Math.log1p(inCell)) / most);
      context.fillRect(first * CELL, side - (second + 1) * CELL, CELL, CELL);
    }
  }
  return canvas.toDataURL();
}
