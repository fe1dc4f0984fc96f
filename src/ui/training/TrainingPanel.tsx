import { Group, Stack, Switch, Text } from "@mantine/core";
import { type Config, SCHEDULES, type ScheduleConfig } from "../../model/config.ts";
import type { Draft } from "../../store/configuration/draft.ts";
import { ChoiceField } from "../controls/ChoiceField.tsx";
import { controlId } from "../controls/fault.ts";
import { NumberField, NumberInput } from "../controls/NumberField.tsx";
import { SwitchField } from "../controls/SwitchField.tsx";
import { useDraftValue } from "../controls/useDraftValue.ts";
import { useFieldLabel } from "../controls/useFieldLabel.ts";
import { meaningOf } from "../explain/glossary.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";

/** How the model is trained: batches, optimiser, updates, schedule, evaluation. */
export function TrainingPanel() {
  return (
    <Stack gap="sm">
      <Group grow align="start" gap="xs">
        <NumberField path="batchSize" label="Batch size" step={256} />
        <NumberField path="epochs" label="Epochs" step={1} />
        <NumberField path="seed" label="Seed" step={1} />
      </Group>
      <Group grow align="start" gap="xs">
        <NumberField path="optimizer.learningRate" label="Learning rate" />
        <NumberField path="optimizer.beta1" label="Adam β₁" />
        <NumberField path="optimizer.beta2" label="Adam β₂" />
      </Group>
      <Group grow align="end" gap="xs">
        <NumberField path="optimizer.epsilon" label="Adam ε" />
        <SwitchField path="optimizer.epsilonHat" label="ε-hat (TensorFlow)" />
      </Group>
      <OptimizerChoice />
      <UpdatesChoice />
      <ScheduleChoice />
      <EarlyStoppingChoice />
      <EvaluationChoice />
    </Stack>
  );
}

function OptimizerChoice() {
  const studio = useStudio();
  const [optimizer, change] = useDraftValue<Draft<Config["optimizer"]>>("optimizer");
  return (
    <div>
      <ChoiceField
        path="optimizer.kind"
        label="Optimiser"
        options={[
          { value: "adam", label: "Adam" },
          { value: "adamw", label: "AdamW" },
        ]}
        value={optimizer.kind}
        onChange={(kind) =>
          kind === "adam"
            ? change({ ...optimizer, kind, weightDecay: 0 })
            : studio.edit("optimizer.kind", kind)
        }
      />
      <Group grow align="start" gap="xs" mt={6}>
        {optimizer.kind === "adamw" && <NumberField path="optimizer.weightDecay" label="Weight decay" />}
        <NumberField path="optimizer.clipNorm" label="Clip gradients to norm" description="0: no limit" />
        <NumberField path="embeddingDropout" label="Embedding dropout" description="of whole values" />
      </Group>
    </div>
  );
}

function UpdatesChoice() {
  const [updates, change] = useDraftValue<Config["updates"]>("updates");
  return (
    <div>
      <ChoiceField
        path="updates"
        label="Embedding updates"
        options={["dense", "lazy"]}
        value={updates}
        onChange={change}
      />
      {updates === "lazy" && (
        <Text size="xs" c="dimmed" mt={4}>
          Lazy moves the batch’s rows only: another algorithm than the papers’.
        </Text>
      )}
    </div>
  );
}

const SCHEDULE_STARTS: Record<ScheduleConfig["type"], ScheduleConfig> = {
  constant: { type: "constant" },
  plateau: { type: "plateau", patience: 2, factor: 0.1 },
  cosine: { type: "cosine", floor: 0 },
  step: { type: "step", every: 1, factor: 0.5 },
};

function ScheduleChoice() {
  const studio = useStudio();
  const [schedule, change] = useDraftValue<Draft<ScheduleConfig>>("schedule");
  return (
    <div>
      <ChoiceField
        path="schedule.type"
        label="Learning rate schedule"
        options={SCHEDULES}
        value={schedule.type}
        onChange={(type) => {
          change(SCHEDULE_STARTS[type]);
          // The plateau schedule stops by its own patience.
          if (type === "plateau") studio.edit("earlyStopping", null);
        }}
      />
      <Group grow align="start" gap="xs" mt={6}>
        <NumberField path="warmupSteps" label="Warm-up (steps)" step={100} />
        {schedule.type === "cosine" && (
          <NumberField path="schedule.floor" label="Ends at this share of the rate" />
        )}
        {schedule.type === "step" && (
          <>
            <NumberField path="schedule.every" label="Every … epochs" step={1} />
            <NumberField path="schedule.factor" label="Factor" />
          </>
        )}
      </Group>
      {schedule.type === "plateau" && (
        <Group grow align="start" gap="xs" mt={6}>
          <NumberField path="schedule.patience" label="Patience (epochs)" step={1} />
          <NumberField path="schedule.factor" label="Factor" />
        </Group>
      )}
    </div>
  );
}

function EarlyStoppingChoice() {
  const [schedule] = useDraftValue<Draft<ScheduleConfig>>("schedule");
  const [stopping, change] = useDraftValue<Draft<Config["earlyStopping"]>>("earlyStopping");
  const { labelProps, ...described } = useFieldLabel("earlyStopping");
  if (schedule.type === "plateau") return null;
  return (
    <Group grow align="end" gap="xs">
      <Switch
        id={controlId("earlyStopping")}
        {...described}
        label={<span {...labelProps}>Stop early, keep the best</span>}
        checked={stopping !== null}
        onChange={(event) => change(event.currentTarget.checked ? { patience: 2 } : null)}
      />
      {stopping !== null && <NumberField path="earlyStopping.patience" label="Patience (epochs)" step={1} />}
    </Group>
  );
}

function EvaluationChoice() {
  const studio = useStudio();
  const steps = useStudioState((state) => state.evaluateEverySteps);
  return (
    <NumberInput
      id={controlId("evaluateEverySteps")}
      label="Evaluate every … steps"
      aria-description={meaningOf("evaluateEvery")}
      description="0: only at the end of each epoch"
      value={steps}
      step={10}
      onChange={(value) => {
        if (typeof value === "number" && value >= 0) studio.evaluateEvery(Math.round(value));
      }}
    />
  );
}
