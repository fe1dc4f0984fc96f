import { Button, Group } from "@mantine/core";
import { useRef } from "react";
import { standing } from "../../race/halving.ts";
import type { Setting } from "../../race/settings.ts";
import { type Trial, trialName } from "../../race/trials.ts";
import { percent } from "../../race/words.ts";
import type { RaceState } from "../../store/race/raceState.ts";
import { Card } from "../Card.tsx";
import { pngOf, svgPicture } from "../charts/chartPicture.ts";
import { useWidth } from "../charts/useWidth.ts";
import { metric } from "../format.ts";
import { useStudio } from "../StudioContext.tsx";
import { save } from "../save.ts";
import classes from "./race.module.css";
import { shortName } from "./TrialsTable.tsx";

const HEIGHT = 280;
const [TOP, BOTTOM, SIDE] = [44, 12, 56];
/** Names of neighbouring axes stand on two lines where there is no space beside each other. */
const NAME_WIDTH = 130;
const TITLE = "Trials in parallel coordinates";

interface Axis {
  name: string;
  /** From 0 at the bottom to 1 at the top. */
  placeOf(trial: number): number;
  ticks: { place: number; text: string }[];
}

/** One line a trial across its settings to its validation log loss; a click makes it the configuration. */
export function ParallelPlot({ race }: { race: RaceState }) {
  const { importConfiguration } = useStudio();
  const { ref, width } = useWidth();
  const svg = useRef<SVGSVGElement>(null);
  const { plan, progress } = race;
  const { trials, settings, rungs, halving } = plan;
  const { fates, finalists } = standing(halving, rungs.length, trials.length, progress.results);
  const losses = firstLosses(race);
  const shown = [...losses.keys()];
  const axes = [
    ...settings.map((setting, i) => settingAxis(setting, (trial) => trials[trial]!.choices[i]!)),
    lossAxis(losses, `log loss at ${percent(rungs[0]!)}`),
  ];
  const x = (axis: number) => SIDE + (axis * (Math.max(width, 300) - 2 * SIDE)) / (axes.length - 1);
  // The names of the outer axes begin and end with the drawing.
  const anchorOf = (axis: number) => (axis === 0 ? "start" : axis === axes.length - 1 ? "end" : "middle");
  const edgeOf = (axis: number) => (axis === 0 ? 0 : axis === axes.length - 1 ? x(axis) + SIDE : x(axis));
  const isNarrow = width / axes.length < NAME_WIDTH;
  const y = (place: number) => HEIGHT - BOTTOM - place * (HEIGHT - TOP - BOTTOM);
  const pathOf = (trial: number) =>
    axes
      .map((axis, i) => `${i === 0 ? "M" : "L"}${x(i).toFixed(1)} ${y(axis.placeOf(trial)).toFixed(1)}`)
      .join("");
  return (
    <Card
      title={TITLE}
      actions={
        <Group gap={4}>
          <SaveButton label="SVG" onSave={() => saveSvg(svg.current!)} />
          <SaveButton label="PNG" onSave={() => void savePng(svg.current!)} />
        </Group>
      }
    >
      <p className={classes.hint}>
        Each line is a trial; lower on the last axis is better. The best on validation is thick and green,
        those that trained to their end are strong, the dropped ones faint. A click makes a trial the current
        configuration (in the table: “Use”).
      </p>
      <div ref={ref}>
        <svg
          ref={svg}
          className={classes.plot}
          role="img"
          aria-label={`${TITLE}: the table above has the same figures`}
        >
          {/* The best is drawn last, above the others. */}
          {shown
            .toSorted((a, b) => Number(a === finalists[0]) - Number(b === finalists[0]))
            .map((trial) => (
              // biome-ignore lint/a11y/noStaticElementInteractions: the table's buttons do the same by keyboard
              <path
                key={trial}
                d={pathOf(trial)}
                className={classes.line}
                data-fate={fates[trial]!.type}
                data-best={trial === finalists[0] || undefined}
                onClick={() => use(trials[trial]!, importConfiguration)}
              >
                <title>{titleOf(trials[trial]!, losses.get(trial)!)}</title>
              </path>
            ))}
          {axes.map((axis, i) => (
            <g key={axis.name}>
              <line className={classes.axis} x1={x(i)} x2={x(i)} y1={y(0)} y2={y(1)} />
              <text
                className={classes.name}
                x={edgeOf(i)}
                y={14 + (isNarrow && i % 2 === 1 ? 14 : 0)}
                textAnchor={anchorOf(i)}
              >
                {axis.name}
              </text>
              {axis.ticks.map(({ place, text }) => (
                <text
                  key={text}
                  className={classes.label}
                  x={x(i) + (i === axes.length - 1 ? 6 : -6)}
                  y={y(place) + 4}
                  textAnchor={i === axes.length - 1 ? "start" : "end"}
                >
                  {text}
                </text>
              ))}
            </g>
          ))}
        </svg>
      </div>
    </Card>
  );
}

function SaveButton({ label, onSave }: { label: string; onSave(): void }) {
  return (
    <Button size="compact-xs" aria-label={`${TITLE}: save as ${label}`} onClick={onSave}>
      {label}
    </Button>
  );
}

function saveSvg(svg: SVGSVGElement): void {
  save("final-race.svg", new Blob([svgPicture(svg, TITLE).text], { type: "image/svg+xml" }));
}

async function savePng(svg: SVGSVGElement): Promise<void> {
  save("final-race.png", await pngOf(svgPicture(svg, TITLE)));
}

function use({ number, config }: Trial, importConfiguration: (text: string, name: string) => void): void {
  importConfiguration(JSON.stringify(config), trialName(number));
}

function titleOf({ number, choices }: Trial, logLoss: number): string {
  return `${trialName(number)}: ${choices.map(({ label }) => label).join(", ")}: ${metric(logLoss)}`;
}

/** Log loss at the first look, which all trials had, by trial. */
function firstLosses({ progress }: RaceState): Map<number, number> {
  return new Map(
    progress.results.flatMap(({ trial, rung, logLoss }) =>
      rung === 0 && logLoss !== null ? [[trial, logLoss] as const] : [],
    ),
  );
}

function settingAxis(setting: Setting, choiceOf: (trial: number) => Trial["choices"][number]): Axis {
  const name = shortName(setting.path);
  if (setting.kind === "list") {
    const labels = setting.choices.map(({ label }) => label);
    const place = (label: string) => labels.indexOf(label) / Math.max(1, labels.length - 1);
    return {
      name,
      placeOf: (trial) => place(choiceOf(trial).label),
      ticks: labels.map((text) => ({ place: place(text), text: text.slice(0, 12) })),
    };
  }
  const { from, to, scale } = setting;
  const share = (value: number) =>
    scale === "log" ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
  return {
    name,
    placeOf: (trial) => share(choiceOf(trial).value as number),
    ticks: [from, to].map((value) => ({ place: share(value), text: String(value) })),
  };
}

/** By rank, not by value: one trial that went astray would press all others together. */
function lossAxis(losses: Map<number, number>, name: string): Axis {
  const sorted = [...losses.values()].toSorted((a, b) => a - b);
  const place = (loss: number) => sorted.indexOf(loss) / Math.max(1, sorted.length - 1);
  const marks = [0, Math.floor((sorted.length - 1) / 2), sorted.length - 1].map((i) => sorted[i]!);
  return {
    name: `${name}, by rank`,
    placeOf: (trial) => place(losses.get(trial)!),
    ticks: [...new Set(marks)].map((loss) => ({ place: place(loss), text: metric(loss) })),
  };
}
