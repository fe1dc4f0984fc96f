import { Text } from "@mantine/core";
import type { ReactNode } from "react";
import { breaksConvexity } from "../../metrics/fusionGain.ts";
import type { EvaluationPoint } from "../../runs/events.ts";
import { count, duration, metric, short } from "../format.ts";
import { useStudioState } from "../StudioContext.tsx";
import classes from "./run.module.css";

/** The run's numbers of this moment. */
export function Figures() {
  const run = useStudioState((state) => state.run);
  if (!run) return null;
  const { latest, latestAuc, latestEvaluation, position, totalSteps, config, status } = run;
  const test = latestEvaluation.test;
  const gain = latest?.fusionGain ?? null;
  const broken = gain !== null && breaksConvexity(gain, latest!.logLoss.fused);
  return (
    <>
      <dl className={classes.figures} data-testid="figures">
        <Figure name="Log loss, fused" value={metric(latest?.logLoss.fused)} note="progressive" />
        <Figure name="AUC, fused" value={metric(latestAuc?.fused)} note="progressive" />
        <Figure
          name="Test AUC"
          value={metric(test?.auc?.fused)}
          note={test ? `log loss ${metric(test.logLoss.fused)}` : "not evaluated yet"}
        />
        {config.branches.length > 1 && config.fusion !== "sum" && (
          <Figure
            name="Fusion gain"
            value={metric(gain)}
            note={broken ? "negative: a fault of the studio" : "progressive"}
          />
        )}
        <Figure name="Step" value={count(position.step)} note={`of ${count(totalSteps)}`} />
        <Figure
          name="Epoch"
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
      {run.best && <Best best={run.best} isKept={config.schedule.type === "plateau"} />}
    </>
  );
}

/** Which evaluation was the best, by which split; a choice on test is called what it is. */
function Best({ best, isKept }: { best: EvaluationPoint; isKept: boolean }) {
  return (
    <Text size="xs" component="p" m={0}>
      Best evaluation: step {count(best.step)}, {best.split} AUC {metric(best.auc?.fused)}
      {isKept && "; the run ended with the model of that step"}.
      {best.split === "test" &&
        " It was chosen on test, for lack of a validation split: the best of several, so that AUC flatters the model."}
    </Text>
  );
}

function Figure({ name, value, note }: { name: string; value: ReactNode; note: string }) {
  return (
    <div className={classes.figure}>
      <dt>{name}</dt>
      <dd>
        <span className={classes.value}>{value}</span>
        <span className={classes.note}>{note}</span>
      </dd>
    </div>
  );
}
