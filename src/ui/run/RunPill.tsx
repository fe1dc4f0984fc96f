import { assertNever } from "../../base/assert.ts";
import { isForTraining, type StudioState } from "../../store/studio.ts";
import { useStudioState } from "../StudioContext.tsx";
import classes from "./run.module.css";

type Tone = "idle" | "busy" | "waiting" | "good" | "bad";

/** The studio's state in a word or two: in the header, and for screen readers whenever it changes. */
export function RunPill() {
  const text = useStudioState((state) => stateOf(state).text);
  const tone = useStudioState((state) => stateOf(state).tone);
  return (
    <span role="status" className={classes.pill} data-tone={tone} data-testid="state">
      <span className={classes.dot} aria-hidden="true" />
      {text}
    </span>
  );
}

/** Exported for the document's title. */
export function stateOf({ worker, opening, dataset, run }: StudioState): { text: string; tone: Tone } {
  if (worker.type === "dead") return { text: "Worker stopped", tone: "bad" };
  if (worker.type === "starting") return { text: "Starting", tone: "busy" };
  if (run) {
    const { status, evaluating } = run;
    switch (status.type) {
      case "starting":
        return { text: "Warming up", tone: "busy" };
      case "running":
        return evaluating
          ? { text: `Evaluating on ${evaluating.split}`, tone: "busy" }
          : { text: "Training", tone: "busy" };
      case "pausing":
        return { text: "Pausing", tone: "waiting" };
      case "paused":
        return { text: "Paused", tone: "waiting" };
      case "stopping":
        return { text: "Stopping", tone: "waiting" };
      case "finished":
        return { text: FINISHED[status.reason], tone: "good" };
      case "failed":
        return { text: "Run failed", tone: "bad" };
      default:
        return assertNever(status);
    }
  }
  if (opening) return { text: "Opening data", tone: "busy" };
  if (!dataset) return { text: "No data", tone: "idle" };
  return { text: isForTraining(dataset.summary) ? "Ready to train" : "Ready to evaluate", tone: "good" };
}

const FINISHED = { completed: "Done", stopped: "Stopped", "early-stopped": "Stopped early" };
