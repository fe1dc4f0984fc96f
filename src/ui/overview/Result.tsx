import { Anchor, Button, Text } from "@mantine/core";
import { clickRateLogLoss, heldOutTurn } from "../../metrics/heldOutTurn.ts";
import type { EvaluatedSplit } from "../../runs/curves.ts";
import type { EvaluationPoint } from "../../runs/events.ts";
import type { RunState } from "../../store/training/runState.ts";
import type { DatasetSummary } from "../../train/requests.ts";
import { Card } from "../Card.tsx";
import { Term } from "../explain/Term.tsx";
import { count, metric, percent } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { useRunsState } from "../runs/RunsContext.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { useSessions } from "../sessions/useSessions.ts";
import { showView } from "../tab.ts";
import classes from "./overview.module.css";

const MORE_EPOCHS = 2;

/** What a run has come to on rows that it was not trained on, and what to try next. */
export function Result() {
  const run = useStudioState((state) => state.run);
  const summary = useStudioState(({ dataset }) => dataset?.summary ?? null);
  const point = run?.latestEvaluation.test ?? run?.latestEvaluation.valid;
  if (!run || !point || point.split === "train") return null;
  // Test rows are for the judgement alone where there are others to choose by.
  const chosen = run.heldOut.valid.length > 0 ? "valid" : point.split;
  // Another data set may have been opened since.
  const own = summary?.name === run.datasetName ? summary : null;
  return (
    <Card
      title={`${run.status.type === "finished" ? "The result" : "So far"}: ${run.name} on ${run.datasetName}`}
      className={classes.card}
      testId="result"
    >
      <dl className={classes.results}>
        <AucResult point={point} summary={own} />
        <LogLossResult point={point} summary={own} split={point.split} />
        {run.config.branches.length > 1 && <FusionResult point={point} />}
      </dl>
      <Learned run={run} split={chosen} />
      <Next run={run} split={chosen} />
      <MoreEpochs run={run} />
    </Card>
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
        <Term of={split === "test" ? "test" : "validation"}>{split}</Term> <Term of="auc">AUC</Term>
      </dt>
      <dd>
        <strong>{metric(auc?.fused)}</strong>
        {aucInterval && (
          <span>
            <Term of="interval">95 %</Term>: {metric(aucInterval.low)} to {metric(aucInterval.high)}
          </span>
        )}
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
        <Term of={split === "test" ? "test" : "validation"}>{split}</Term> <Term of="logLoss">log loss</Term>
      </dt>
      <dd>
        <strong>{metric(fused)}</strong>
        {alone !== null && (
          <span>
            <Term of="clickRateAlone">click rate alone</Term>: {metric(alone)}
            {fused < alone ? `, ${percent(alone / fused - 1)} higher` : ": the model is no better"}
          </span>
        )}
        <span>over {count(point.rows)} rows</span>
      </dd>
    </div>
  );
}

function FusionResult({ point }: { point: EvaluationPoint }) {
  const { branches, fused } = point.logLoss;
  const best = Math.min(...branches);
  const gain = best - fused;
  return (
    <div>
      <dt>
        <Term of="fusion">Fusion</Term> against the best <Term of="branch">branch</Term>
      </dt>
      <dd>
        <strong>
          {gain > 0 ? "−" : "+"}
          {metric(Math.abs(gain))}
        </strong>
        <span>
          log loss {metric(fused)} fused, {metric(best)} branch {branches.indexOf(best) + 1} alone
        </span>
        <span>{gain > 0 ? "fusing helps here" : "one branch alone does as well or better here"}</span>
      </dd>
    </div>
  );
}

/** Whether training went on too long. */
function Learned({ run, split }: { run: RunState; split: EvaluatedSplit }) {
  const points = run.heldOut[split];
  const turn = heldOutTurn(points);
  if (points.length < 2) return null;
  return (
    <Text size="sm" component="p" m={0}>
      {turn ? (
        <>
          <Term of="overfitting">Overfitting</Term>: the {split} log loss was lowest at step{" "}
          {count(turn.best.step)} ({metric(turn.best.logLoss)}) and has been worse since; it is{" "}
          {metric(turn.last.logLoss)} now.
        </>
      ) : (
        <>
          No sign of <Term of="overfitting">overfitting</Term> in {points.length} evaluations on {split} rows.
        </>
      )}
    </Text>
  );
}

function Next({ run, split }: { run: RunState; split: EvaluatedSplit }) {
  if (run.status.type !== "finished") return null;
  const turn = heldOutTurn(run.heldOut[split]);
  const points = run.heldOut[split];
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
function MoreEpochs({ run: { runId, name, status } }: { run: RunState }) {
  const { change } = useStudio();
  const busy = useSessions((state) => state.busy) !== null;
  const isSaved = useRunsState(({ records }) =>
    records.some((record) => record.runId === runId && record.checkpoint !== null),
  );
  if (!isSaved || status.type !== "finished" || status.reason !== "completed") return null;
  return (
    <Button
      variant="default"
      mt={8}
      leftSection={<Icon name="play" />}
      disabled={busy}
      onClick={() => void change({ type: "saved", runId, name, moreEpochs: MORE_EPOCHS })}
    >
      Train {MORE_EPOCHS} more epochs
    </Button>
  );
}

function ViewLink({ view, children }: { view: "branches" | "arena"; children: string }) {
  return (
    <Anchor
      component="button"
      type="button"
      mih={24}
      fz="inherit"
      underline="always"
      onClick={() => showView(view)}
    >
      {children}
    </Anchor>
  );
}
