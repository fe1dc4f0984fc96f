import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { nameOfSplit } from "../../base/batch.ts";
import { breaksConvexity } from "../../metrics/fusionGain.ts";
import { keepsBest } from "../../model/config.ts";
import type { EvaluationPoint } from "../../runs/events.ts";
import { RECENT_ROWS, recentMean } from "../../store/charts/recentMean.ts";
import type { RunState } from "../../store/training/runState.ts";
import type { TermName } from "../explain/glossary.ts";
import { Term } from "../explain/Term.tsx";
import { count, duration, metric, short } from "../format.ts";
import { useRunsState } from "../runs/RunsContext.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import classes from "./run.module.css";

/** The run's numbers of this moment: held-out rows first, then training, then how far it is. */
export function Figures() {
  const studio = useStudio();
  const run = useStudioState((state) => state.run);
  const validRows = useStudioState(({ dataset }) => dataset?.summary.rows.valid ?? 0);
  const openData = useStudioState(({ dataset }) => dataset?.summary.identity);
  const data = useRunsState(({ records }) => records.find(({ runId }) => runId === run?.runId)?.data);
  if (!run) return null;
  const { latest, latestAuc, latestEvaluation, position, totalSteps, config, status } = run;
  const { valid, test } = latestEvaluation;
  const gain = latest?.fusionGain ?? null;
  const { curves } = studio;
  const recent = (column: string) => latest && curves && recentMean(curves.progress, column, RECENT_ROWS);
  const [recentLoss, recentGain] = [recent("logLossFused"), recent("fusionGain")];
  const window = recentLoss ? `last ${short(recentLoss.rows)} rows` : "training rows";
  const broken = gain !== null && breaksConvexity(gain, latest!.logLoss.fused);
  return (
    <>
      <dl className={classes.figures} data-testid="figures">
        {validRows > 0 && <HeldOut name="Valid AUC" term="validation" point={valid} />}
        <HeldOut name="Test AUC" term="test" point={test} />
        <Figure
          name="Log loss, fused"
          term="logLoss"
          value={metric(recentLoss?.mean)}
          note={<Term of="progressive">{window}</Term>}
        />
        <Figure
          name="AUC, fused"
          term="auc"
          value={metric(latestAuc?.fused)}
          note={<Term of="progressive">last 50 k rows</Term>}
        />
        {config.branches.length > 1 && config.fusion !== "sum" && (
          <Figure
            name="Fusion gain"
            term="fusionGain"
            value={metric(broken ? gain : recentGain?.mean)}
            note={broken ? "negative: a fault of the studio" : window}
          />
        )}
        <Figure name="Step" term="step" value={count(position.step)} note={`of ${count(totalSteps)}`} />
        <Figure
          name="Epoch"
          term="epoch"
          value={String(Math.min(position.epoch, config.epochs))}
          note={`of ${config.epochs}`}
        />
        <Figure
          name="Rows/s"
          value={run.rowsPerSecond > 0 ? short(run.rowsPerSecond) : "–"}
          note="training alone"
        />
        <Figure
          name="Time left"
          value={status.type === "finished" ? "–" : duration(run.secondsLeft)}
          note={`${duration(position.activeSeconds)} done`}
        />
      </dl>
      {data && openData !== undefined && data.identity !== openData && (
        <Text size="xs" component="p" m={0}>
          These figures are of {run.name} on {data.name}; another data set is open now.
        </Text>
      )}
      {run.best && <Best best={run.best} kept={keptWords(run)} />}
    </>
  );
}

function HeldOut({
  name,
  term,
  point,
}: {
  name: string;
  term: TermName;
  point: EvaluationPoint | undefined;
}) {
  return (
    <Figure
      name={name}
      term={term}
      value={metric(point?.auc?.fused)}
      note={point ? `log loss ${metric(point.logLoss.fused)}` : "not evaluated yet"}
    />
  );
}

/** What became of the weights of the best evaluation. */
function keptWords({ config, status, keptBest }: RunState): string {
  const isStopped = status.type === "finished" && status.reason === "stopped";
  if (keepsBest(config) && !isStopped) return "; the run ended with the model of that step";
  return keptBest || keepsBest(config)
    ? "; its checkpoint keeps the weights of that step, and Evaluate, Score and Export use them"
    : "";
}

/** Which evaluation was the best, by which split; a choice on test is called what it is. */
function Best({ best, kept }: { best: EvaluationPoint; kept: string }) {
  return (
    <Text size="xs" component="p" m={0}>
      Best evaluation: step {count(best.step)}, {nameOfSplit(best.split)} AUC {metric(best.auc?.fused)}
      {kept}.
      {best.split === "test" &&
        " It was chosen on test, for lack of a validation split: the best of several, so that AUC flatters the model."}
    </Text>
  );
}

function Figure({
  name,
  term,
  value,
  note,
}: {
  name: string;
  term?: TermName;
  value: ReactNode;
  note: ReactNode;
}) {
  return (
    <div className={classes.figure} data-figure={name}>
      <dt>{term ? <Term of={term}>{name}</Term> : name}</dt>
      <dd>
        <span className={classes.value}>{value}</span>
        <span className={classes.note}>{note}</span>
      </dd>
    </div>
  );
}
