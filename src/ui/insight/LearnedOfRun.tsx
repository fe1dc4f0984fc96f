import { nameOfSplit } from "../../base/batch.ts";
import type { RunRecord } from "../../runs/record.ts";
import { count } from "../format.ts";
import classes from "./insight.module.css";
import { KeptInsight } from "./KeptInsight.tsx";

const HINT =
  "The longer a bar, the more that head needs the column; bars of unlike length in one group: the branches use different columns.";

/** What a run's model had learned at its last evaluation that was looked into, as it was kept; null where nobody looked. */
export function LearnedOfRun({ run: { name, insight } }: { run: Pick<RunRecord, "name" | "insight"> }) {
  if (!insight) return null;
  const { step, rows, split, interactions } = insight;
  return (
    <>
      <p className={classes.kept} data-testid="kept-insight">
        Kept with {name}: what was found after step {count(step)}, on {count(rows)} {nameOfSplit(split)} rows,
        the strongest of it.{interactions === null && " There was no time for pairs and triples."}
      </p>
      <KeptInsight insight={insight} of={name} id="kept" hint={HINT} />
    </>
  );
}
