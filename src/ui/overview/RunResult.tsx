import { Button, Text } from "@mantine/core";
import { useEffect } from "react";
import { nameOfSplit } from "../../base/batch.ts";
import type { LibraryRun } from "../../library/requests.ts";
import { clickRateLogLoss, type HeldOutPoint, heldOutTurn } from "../../metrics/heldOutTurn.ts";
import type { EvaluatedSplit, RunCurves } from "../../runs/curves.ts";
import type { EvaluationPoint } from "../../runs/events.ts";
import { type IntervalEnds, lastEvaluation } from "../../runs/points.ts";
import type { DatasetSummary } from "../../train/requests.ts";
import { Card } from "../Card.tsx";
import { Term } from "../explain/Term.tsx";
import { count, metric, moment, percent } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { useRuns, useRunsState } from "../runs/RunsContext.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { useSessions } from "../sessions/useSessions.ts";
import classes from "./overview.module.css";
import { ViewLink } from "./ViewLink.tsx";

const MORE_EPOCHS = 2;
const HAS_ENDED: LibraryRun["status"][] = ["completed", "stopped", "early-stopped"];

/** What a run has come to on rows that it was not trained on, and what to try next. */
export function RunResult({ run }: { run: LibraryRun }) {
  const { runId, name, status, config, data, startedAt, isOpen } = run;
  const runs = useRuns();
  useEffect(() => void runs.readCurves(runId), [runs, runId]);
  const summary = useStudioState(({ dataset }) => dataset?.summary ?? null);
  // Curves are drawn anew as they come and grow.
  useRunsState(({ curvesVersion }) => curvesVersion);
  const isOfThisPage = useStudioState((state) => state.run?.runId === runId);
  const curves = runs.curvesOf(runId);
  const point = curves && (lastOf(curves, "test") ?? lastOf(curves, "valid"));
  // Another data set may be open.
  const own = summary?.identity === data.identity ? summary : null;
  const isCutOff = status === "running" && !isOpen && !isOfThisPage;
  return (
    <Card
      title={`${status === "running" ? "So far" : "The result"}: ${name} on ${data.name}`}
      className={classes.card}
      testId="result"
    >
      {!isOfThisPage && (
        <p className={classes.begun}>
          Begun on {moment(startedAt)}
          {isCutOff && `, cut off at step ${count(run.step)} of ${count(run.totalSteps)}`}.
        </p>
      )}
      <dl className={classes.results}>
        {point && point.split !== "train" && (
          <>
            <AucResult point={point} summary={own} />
            <LogLossResult point={point} summary={own} split={point.split} />
            {config.branches.length > 1 && <FusionResult point={point} />}
          </>
        )}
      </dl>
      {curves && <After run={run} curves={curves} />}
      <MoreEpochs run={run} />
    </Card>
  );
}

function lastOf({ evaluations, branches }: RunCurves, split: EvaluatedSplit): EvaluationPoint | null {
  return lastEvaluation(evaluations[split], branches, split);
}

/** What its evaluations say together. */
function After({ run, curves: { evaluations } }: { run: LibraryRun; curves: RunCurves }) {
  // Test rows are for the judgement alone where there are others to choose by.
  const split = evaluations.valid.length > 0 ? "valid" : "test";
  const losses = evaluations[split].column("logLossFused");
  const points = Array.from(evaluations[split].column("step"), (step, i) => ({ step, logLoss: losses[i]! }));
  return (
    <>
      <Learned points={points} split={split} />
      {HAS_ENDED.includes(run.status) && <Next points={points} />}
    </>
  );
}

interface OfPoint {
  point: EvaluationPoint;
  summary: DatasetSummary | null;
}

function AucResult({ point, summary }: OfPoint) {
  const { auc, aucInterval, split } = point;
  const best = split === "test" ? (summary?.bestReachableAuc ?? null) : null;
  return (
    <div>
      <dt>
        <Term of={split === "test" ? "test" : "validation"}>{nameOfSplit(split)}</Term>{" "}
        <Term of="auc">AUC</Term>
      </dt>
      <dd>
        <strong>{metric(auc?.fused)}</strong>
        <Ends of={aucInterval} />
        <span>
          0.5 is guessing
          {best !== null && (
            <>
              , {metric(best)} the <Term of="bestReachable">best reachable</Term>
            </>
          )}
        </span>
      </dd>
    </div>
  );
}

function LogLossResult({ point, summary, split }: OfPoint & { split: EvaluatedSplit }) {
  const { rows, positives } = summary ?? {};
  const alone =
    rows && positives && rows[split] > 0
      ? clickRateLogLoss(positives.train / rows.train, positives[split] / rows[split])
      : null;
  const { fused } = point.logLoss;
  return (
    <div>
      <dt>
        <Term of={split === "test" ? "test" : "validation"}>{nameOfSplit(split)}</Term>{" "}
        <Term of="logLoss">log loss</Term>
      </dt>
      <dd>
        <strong>{metric(fused)}</strong>
        <Ends of={point.logLossInterval} />
        {alone !== null && (
          <span>
            <Term of="clickRateAlone">click rate alone</Term>: {metric(alone)}
            {fused < alone ? `, ${percent(alone / fused - 1)} higher` : ": the model is no better"}
          </span>
        )}
        {summary === null && <span>the click rate alone is known while its data set is open</span>}
        {point.rows > 0 && <span>over {count(point.rows)} rows</span>}
      </dd>
    </div>
  );
}

function FusionResult({ point }: { point: EvaluationPoint }) {
  const { logLoss, bestBranchGapInterval: gap } = point;
  const { branches, fused } = logLoss;
  const best = Math.min(...branches);
  return (
    <div>
      <dt>
        <Term of="fusion">Fusion</Term> against the best <Term of="branch">branch</Term>
      </dt>
      <dd>
        <strong>{signed(fused - best)}</strong>
        <Ends of={gap && { low: -gap.high, high: -gap.low }} textOf={signed} />
        <span>
          log loss {metric(fused)} fused − {metric(best)} branch {branches.indexOf(best) + 1} alone; lower is
          better
        </span>
        {gap && <span>{gapInWords(gap)}</span>}
      </dd>
    </div>
  );
}

function gapInWords({ low, high }: IntervalEnds): string {
  if (low > 0) return "fusing helps: clear on these rows";
  return high < 0
    ? "that branch alone does better: clear on these rows"
    : "no clear difference on these rows";
}

function signed(difference: number): string {
  return `${difference > 0 ? "+" : difference < 0 ? "−" : ""}${metric(Math.abs(difference))}`;
}

/** The ends of a 95 % interval, where they are known. */
function Ends({ of, textOf = metric }: { of: IntervalEnds | null; textOf?: (value: number) => string }) {
  return (
    of && (
      <span>
        <Term of="interval">95 %</Term>: {textOf(of.low)} to {textOf(of.high)}
      </span>
    )
  );
}

/** Whether training went on too long. */
function Learned({ points, split }: { points: HeldOutPoint[]; split: EvaluatedSplit }) {
  const turn = heldOutTurn(points);
  if (points.length < 2) return null;
  return (
    <Text size="sm" component="p" m={0}>
      {turn ? (
        <>
          <Term of="overfitting">Overfitting</Term>: the {nameOfSplit(split)} log loss was lowest at step{" "}
          {count(turn.best.step)} ({metric(turn.best.logLoss)}) and has been worse since; it is{" "}
          {metric(turn.last.logLoss)} now.
        </>
      ) : (
        <>
          No sign of <Term of="overfitting">overfitting</Term> in {points.length} evaluations on{" "}
          {nameOfSplit(split)} rows.
        </>
      )}
    </Text>
  );
}

function Next({ points }: { points: HeldOutPoint[] }) {
  const turn = heldOutTurn(points);
  const isFalling =
    !turn && points.length > 1 && points.at(-1)!.logLoss <= Math.min(...points.map((p) => p.logLoss));
  return (
    <Text size="sm" component="p" m={0}>
      To try next:{" "}
      {turn
        ? "fewer epochs, a lower learning rate, or more L2 and dropout; "
        : isFalling
          ? "more epochs, since the held-out log loss was still falling; "
          : ""}
      <ViewLink view="branches">what each branch has learned</ViewLink>, or{" "}
      <ViewLink view="arena">compare it with another configuration on the same batches</ViewLink>.
    </Text>
  );
}

/** The run continues where it ended, for two epochs more. */
function MoreEpochs({ run: { runId, name, status, checkpoint } }: { run: LibraryRun }) {
  const { change } = useStudio();
  const busy = useSessions((state) => state.busy) !== null;
  if (checkpoint === null || status !== "completed") return null;
  return (
    <Button
      mt={8}
      leftSection={<Icon name="play" />}
      disabled={busy}
      onClick={() => void change({ type: "saved", runId, name, moreEpochs: MORE_EPOCHS })}
    >
      Train {MORE_EPOCHS} more epochs
    </Button>
  );
}
