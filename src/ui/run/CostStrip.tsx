import { Text } from "@mantine/core";
import { useStore } from "zustand";
import { STEP_PARTS, type StepPart } from "../../engine/engine.ts";
import type { Insight } from "../../insight/examiner.ts";
import type { TrainCost } from "../../runs/events.ts";
import { Meaning } from "../explain/Term.tsx";
import { bytes, percent, short } from "../format.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import classes from "./cost.module.css";

const WHAT: Record<StepPart, string> = {
  read: "Waiting for the batch of rows, and grouping its ids.",
  project: "The embeddings of the batch’s different ids through the first layer, and their gradients back.",
  forward: "From the first layer to the predictions: units, heads, fusion and losses.",
  backward: "The gradients of units and heads.",
  update: "Adam moves the weights.",
  report: "Reading losses and predictions back from the engine, for the curves.",
};

/** Where a step's time goes, and what the engine spares, while an engine that counts trains. */
export function CostStrip() {
  const cost = useStudioState(({ run }) => run?.cost ?? null);
  const onGpu = useStudioState(({ run }) => run?.engine?.backend === "webgpu");
  const { insights } = useStudio();
  const insight = useStore(insights.store, ({ points }) => points.at(-1) ?? null);
  const gradients = useStore(insights.gradients, ({ points }) => points.at(-1) ?? null);
  if (!cost) return null;
  const perStep = Object.fromEntries(
    STEP_PARTS.map((part) => [part, cost.milliseconds[part] / cost.steps]),
  ) as Record<StepPart, number>;
  return (
    <section className={classes.strip} aria-label="Cost of a step" data-testid="cost">
      <div className={classes.bar} aria-hidden>
        {STEP_PARTS.map((part) => (
          <span key={part} data-part={part} style={{ flexGrow: perStep[part] }} />
        ))}
      </div>
      <dl className={classes.parts}>
        {STEP_PARTS.map((part) => (
          <div key={part}>
            <dt>
              <i data-part={part} aria-hidden />
              <Meaning name={part} meaning={WHAT[part]} />
            </dt>
            <dd>{perStep[part].toFixed(2)} ms</dd>
          </div>
        ))}
      </dl>
      <Text size="xs" c="dimmed" component="p" m={0}>
        {summary(cost)}
        {insightText("Insight at evaluations", insight)}
        {insightText("Gradients by source", gradients)}
        {onGpu && " Times are of recording; the GPU's own work shows in report, where it is waited for."}
      </Text>
    </section>
  );
}

/** What looking into the model costs, of which no step's part says anything. */
function insightText(what: string, cost: Pick<Insight, "seconds" | "trainedSeconds"> | null): string {
  if (!cost || cost.trainedSeconds === 0) return "";
  return ` ${what}: ${percent(cost.seconds / cost.trainedSeconds)} of training's time.`;
}

function summary(cost: TrainCost): string {
  const milliseconds = (1000 * cost.seconds) / cost.steps;
  const saved = 1 - cost.flops / cost.plainFlops;
  const gpu =
    cost.submits > 0
      ? ` ${Math.round(cost.dispatches / cost.steps)} dispatches, ${Math.round(cost.submits / cost.steps)} submit a step.`
      : "";
  return (
    `${milliseconds.toFixed(2)} ms a step. ${percent(cost.uniqueShare)} of the batch's ids are unique, ` +
    `${short(cost.flops / cost.rows)}FLOP a row instead of ${short(cost.plainFlops / cost.rows)}FLOP: ` +
    `${percent(saved)} saved.${gpu} The engine holds ${bytes(cost.allocatedBytes)}.`
  );
}
