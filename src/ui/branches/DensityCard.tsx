import { useEffect, useRef } from "react";
import type { Inspection } from "../../metrics/inspection.ts";
import type { LogitDensity } from "../../metrics/logitDensity.ts";
import charts from "../charts/charts.module.css";
import classes from "./branches.module.css";

/** Colours of click rate 0 and of the highest; they differ in lightness too. */
const COLD = [0, 92, 160] as const;
const WARM = [240, 140, 20] as const;
const CELL = 8;

interface DensityCardProps {
  branches: NonNullable<Inspection["branches"]>;
  rows: number;
}

/** Branch 1's logit against branch 2's: where the rows are, and how many of them were clicked. */
export function DensityCard({ branches, rows }: DensityCardProps) {
  const { density, correlations } = branches;
  const correlation = correlations[0]?.correlation;
  const words = correlation === null || correlation === undefined ? "none" : correlation.toFixed(3);
  return (
    <section className={charts.card} aria-labelledby="density-title" data-chart="density">
      <h3 id="density-title" className={charts.title}>
        Logits of branch 1 against branch 2
      </h3>
      <p className={classes.hint}>
        The stronger, the more rows; blue: few of them clicked, orange: many. On the diagonal the branches
        agree. Correlation {words}.
      </p>
      <div className={classes.density}>
        <span className={classes.second}>
          <span>{density.low.toFixed(1)}</span>
          <span>Logit of branch 2</span>
          <span>{density.high.toFixed(1)}</span>
        </span>
        <Grid
          density={density}
          label={`Density of ${rows} rows; the branches' logits correlate by ${words}`}
        />
        <span className={classes.first}>
          <span>{density.low.toFixed(1)}</span>
          <span>Logit of branch 1</span>
          <span>{density.high.toFixed(1)}</span>
        </span>
      </div>
    </section>
  );
}

function Grid({ density, label }: { density: LogitDensity; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const side = density.cells * CELL;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (context) draw(context, density);
  }, [density]);
  return (
    <canvas ref={canvas} className={classes.grid} width={side} height={side} role="img" aria-label={label} />
  );
}

function draw(context: CanvasRenderingContext2D, { cells, rows, clicks }: LogitDensity): void {
  const side = cells * CELL;
  context.clearRect(0, 0, side, side);
  const most = Math.log1p(Math.max(...rows));
  // Cells of a few rows have click rates by chance alone: they do not set the scale.
  const highest = Math.max(0.01, ...Array.from(rows, (n, i) => (n >= 20 ? clicks[i]! / n : 0)));
  for (let second = 0; second < cells; second++) {
    for (let first = 0; first < cells; first++) {
      const count = rows[second * cells + first]!;
      if (count === 0) continue;
      const share = Math.min(1, clicks[second * cells + first]! / count / highest);
      const [red, green, blue] = COLD.map((cold, i) => Math.round(cold + share * (WARM[i]! - cold)));
      context.fillStyle = `rgba(${red}, ${green}, ${blue}, ${0.15 + (0.85 * Math.log1p(count)) / most})`;
      context.fillRect(first * CELL, side - (second + 1) * CELL, CELL, CELL);
    }
  }
  context.strokeStyle = "rgba(128, 128, 128, 0.8)";
  context.setLineDash([4, 4]);
  context.beginPath();
  context.moveTo(0, side);
  context.lineTo(side, 0);
  context.stroke();
}
