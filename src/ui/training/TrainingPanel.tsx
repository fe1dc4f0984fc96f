import { Group, SegmentedControl, Stack, Text } from "@mantine/core";
import type { Config } from "../../model/config.ts";
import type { Draft } from "../../store/draft.ts";
import { controlId } from "../controls/fault.ts";
import { NumberField, NumberInput } from "../controls/NumberField.tsx";
import { SwitchField } from "../controls/SwitchField.tsx";
import { useDraftValue } from "../controls/useDraftValue.ts";
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
      <UpdatesChoice />
      <ScheduleChoice />
      <EvaluationChoice />
    </Stack>
  );
}

function UpdatesChoice() {
  const [updates, change] = useDraftValue<string>("updates");
  return (
    <div>
      <Group justify="space-between">
        <Text size="xs" fw={500} id="updates-label">
          Embedding updates
        </Text>
        <SegmentedControl
          aria-labelledby="updates-label"
          data={["dense", "lazy"]}
          value={updates}
          onChange={change}
        />
      </Group>
      {updates === "lazy" && (
        <Text size="xs" c="dimmed" mt={4}>
          Lazy moves the batch’s rows only: another algorithm than the papers’.
        </Text>
      )}
    </div>
  );
}

function ScheduleChoice() {
  const [schedule, change] = useDraftValue<Draft<Config["schedule"]>>("schedule");
  return (
    <div>
      <Group justify="space-between">
        <Text size="xs" fw={500} id="schedule-label">
          Learning rate schedule
        </Text>
        <SegmentedControl
          aria-labelledby="schedule-label"
          data={["constant", "plateau"]}
          value={schedule.type}
          onChange={(type) =>
            change(type === "plateau" ? { type, patience: 2, factor: 0.1 } : { type: "constant" })
          }
        />
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

function EvaluationChoice() {
  const studio = useStudio();
  const steps = useStudioState((state) => state.evaluateEverySteps);
  return (
    <NumberInput
      id={controlId("evaluateEverySteps")}
      label="Evaluate every … steps"
      description="0: only at the end of each epoch"
      value={steps}
      step={10}
      onChange={(value) => {
        if (typeof value === "number" && value >= 0) studio.evaluateEvery(Math.round(value));
      }}
    />
  );
}
