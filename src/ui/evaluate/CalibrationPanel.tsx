import { ReliabilityCard } from "../branches/ReliabilityCard.tsx";
import type { PanelProps } from "./EvaluateTab.tsx";
import classes from "./evaluate.module.css";

/** Whether the predicted probabilities are true, for every evaluation on show. */
export function CalibrationPanel({ shown }: PanelProps) {
  return (
    <div className={classes.charts}>
      {shown.map(({ run, evaluation: { id, heads, split, data } }) => (
        <ReliabilityCard
          key={id}
          of={`${run.name} on ${split} of ${data.name}`}
          calibrations={(heads.length === 2 ? heads.slice(1) : heads).map(({ calibration }) => calibration)}
        />
      ))}
    </div>
  );
}
