// The columns of the runs' table: what a run has in each, and what the seeds of a configuration have together.

import type { ReactNode } from "react";
import { nameOfSplit } from "../../base/batch.ts";
import type { LibraryRun } from "../../library/requests.ts";
import { chosenOn, type RunRecord } from "../../runs/record.ts";
import { meanOverSeeds, type RunGroup, seedsOf } from "../../runs/seedGroups.ts";
import type { TermName } from "../explain/glossary.ts";
import { bytes, count, duration, metric, moment, plusMinus, short } from "../format.ts";
import classes from "./runs.module.css";
import { type OrderColumn, VALUES } from "./useListedGroups.ts";

type Group = RunGroup<LibraryRun>;

export interface Cell {
  content: ReactNode;
  /** What it says when it is pointed at. */
  title?: string;
}

export interface RunColumn {
  id: string;
  label: string;
  term?: TermName;
  /** By what its heading orders the table; left out where it does not. */
  order?: OrderColumn;
  /** Not there until the person chooses it. */
  isExtra?: boolean;
  cellOf(run: LibraryRun): Cell;
  /** Of several seeds. */
  seedsCellOf(group: Group): Cell;
}

const NOTHING: Cell = { content: "–" };

export const RUN_COLUMNS: readonly RunColumn[] = [
  {
    id: "best",
    label: "Best log loss",
    term: "best",
    order: "best",
    cellOf: ({ results: { best } }) => lossCell(best, best && chosenOn(best)),
    seedsCellOf: (group) => lossOfSeeds(group, "best"),
  },
  {
    id: "last",
    label: "Last log loss",
    term: "logLoss",
    order: "last",
    cellOf: ({ results: { last } }) => lossCell(last, last && nameOfSplit(last.split)),
    seedsCellOf: (group) => lossOfSeeds(group, "last"),
  },
  {
    id: "testAuc",
    label: "Test AUC, 95 %",
    term: "auc",
    order: "testAuc",
    cellOf: ({ results: { testAuc } }) => aucCell(testAuc),
    seedsCellOf: (group) => meanCell(group, VALUES.testAuc, "test AUC at the last evaluation"),
  },
  {
    id: "checkpoint",
    label: "Checkpoint",
    term: "checkpoint",
    order: "size",
    cellOf: checkpointCell,
    seedsCellOf({ runs }) {
      const sizes = runs.flatMap((run) => VALUES.size(run) ?? []);
      if (sizes.length === 0) return NOTHING;
      const total = sizes.reduce((sum, size) => sum + size, 0);
      return { content: bytes(total), title: `Of ${sizes.length} of ${runs.length} runs together` };
    },
  },
  {
    id: "speed",
    label: "Rows/s",
    order: "speed",
    cellOf: ({ rowsPerSecond }) => ({ content: rowsPerSecond > 0 ? short(rowsPerSecond) : "–" }),
    seedsCellOf: (group) => plainMean(group, VALUES.speed, short),
  },
  {
    id: "time",
    label: "Time",
    order: "time",
    cellOf: ({ activeSeconds }) => ({ content: duration(activeSeconds) }),
    seedsCellOf: (group) => plainMean(group, VALUES.time, duration),
  },
  {
    id: "started",
    label: "Started",
    order: "started",
    cellOf: ({ startedAt }) => ({ content: moment(startedAt) }),
    seedsCellOf: ({ runs }) => ({
      content: moment(Math.max(...runs.map(VALUES.started))),
      title: "The newest of its runs",
    }),
  },
  {
    id: "seed",
    label: "Seed",
    term: "seed",
    isExtra: true,
    cellOf: ({ config }) => ({ content: String(config.seed) }),
    seedsCellOf: (group) => ({ content: `${seedsOf(group).length} seeds`, title: seedsOf(group).join(", ") }),
  },
  {
    id: "rowsSeen",
    label: "Rows trained on",
    isExtra: true,
    cellOf: ({ rowsSeen }) => ({ content: count(rowsSeen) }),
    seedsCellOf: (group) => plainMean(group, ({ rowsSeen }) => rowsSeen, count),
  },
  {
    id: "data",
    label: "Data set",
    isExtra: true,
    cellOf: ({ data }) => ({ content: data.name }),
    seedsCellOf: ({ runs }) => ({ content: runs[0]!.data.name }),
  },
];

/** A log loss, and how it was chosen among several. */
function lossCell(at: RunRecord["results"]["last"], note: string | null): Cell {
  if (!at) return NOTHING;
  return {
    content: (
      <>
        {metric(at.logLoss)}
        {note && <span className={classes.radius}> {note}</span>}
      </>
    ),
    title: `On ${nameOfSplit(at.split)}, step ${count(at.step)}`,
  };
}

/** An AUC, and half of its 95 % interval: no smaller difference can be read from this one number. */
function aucCell(auc: RunRecord["results"]["testAuc"]): Cell {
  if (!auc) return NOTHING;
  const { value, low, high } = auc;
  if (low === null || high === null) return { content: metric(value) };
  return {
    content: (
      <>
        {metric(value)}
        <span className={classes.radius}> ± {((high - low) / 2).toFixed(4)}</span>
      </>
    ),
    title: `For new rows: 95 % interval ${metric(low)} to ${metric(high)}`,
  };
}

/** What its files take, and where the newest stands. */
function checkpointCell({ checkpoint }: LibraryRun): Cell {
  if (!checkpoint) return NOTHING;
  const { summary, files, byteLength } = checkpoint;
  const saved = `Saved at step ${count(summary.progress.step)}, ${moment(summary.run.savedAt)}`;
  return { content: bytes(byteLength), title: `${saved}; ${files === 1 ? "one file" : `${files} files`}` };
}

function lossOfSeeds(group: Group, which: "best" | "last"): Cell {
  const splits = new Set(group.counted.map(({ results }) => results[which]?.split));
  if (splits.size > 1) return { content: "–", title: "Its runs were evaluated on different splits" };
  const [split] = splits;
  const [{ results }] = group.counted as [LibraryRun];
  const chosen = which === "best" && results.best ? ` (chosen on ${chosenOn(results.best)})` : "";
  return meanCell(group, VALUES[which], `${which} ${split && nameOfSplit(split)} log loss${chosen}`);
}

/** Mean over seeds, with half of its 95 % interval. */
function meanCell({ counted }: Group, read: (run: LibraryRun) => number | null, what: string): Cell {
  const found = meanOverSeeds(counted.map(read));
  if (!found) return NOTHING;
  const { mean, radius, seeds } = found;
  if (radius === null) return { content: metric(mean), title: `The ${what} of the one seed that ended` };
  const [center, half] = radius > 0 ? plusMinus(mean, radius).split(" ± ") : [metric(mean), "0"];
  return {
    content: (
      <>
        {center}
        <span className={classes.radius}> ± {half}</span>
      </>
    ),
    title: `Mean ${what} of ${seeds} seeds ± half of its 95 % interval over seeds (Student’s t)`,
  };
}

function plainMean(
  { counted }: Group,
  read: (run: LibraryRun) => number | null,
  text: (value: number) => string,
): Cell {
  const found = meanOverSeeds(counted.map(read));
  return found ? { content: text(found.mean), title: `Mean of ${found.seeds} seeds` } : NOTHING;
}
