import { Button, Collapse, Group, Select, SimpleGrid, Stack, Text } from "@mantine/core";
import { useState } from "react";
import {
  modeOf,
  NUMBER_MODES,
  type NumberMode,
  type NumberModes,
  OTHER_COLUMNS,
} from "../../base/numberModes.ts";
import { flatColumns, recommendedModesOf } from "../../store/configuration/numbers.ts";
import { controlId, useFault } from "../controls/fault.ts";
import { useDraftValue } from "../controls/useDraftValue.ts";
import { useFieldLabel } from "../controls/useFieldLabel.ts";
import { useStudioState } from "../StudioContext.tsx";

const OPTIONS: { value: NumberMode; label: string }[] = [
  { value: "bucket", label: "bucket: FuxiCTR’s, an id each" },
  { value: "quantile", label: "quantile: equal shares, an id each" },
  { value: "standard", label: "standard: mean and deviation" },
  { value: "minmax", label: "minmax: minimum to maximum" },
  { value: "log", label: "log: ln(1 + x)" },
  { value: "max", label: "max: MindSpore’s, x / maximum" },
];
const COLUMN_BY_COLUMN = "column by column";

/** How columns of numbers enter the model: all alike, or each in its own way. */
export function NumbersChoice() {
  const [modes, change] = useDraftValue<NumberModes>("integers");
  const summary = useStudioState((state) => state.dataset?.summary);
  const [open, setOpen] = useState(false);
  const numbers = summary?.columns.filter((column) => column.numbers !== null) ?? [];
  const recommended = summary ? recommendedModesOf(summary) : null;
  const isOne = typeof modes === "string";
  return (
    <Stack gap={6}>
      <Select
        id={controlId("integers")}
        label="Numbers enter as"
        {...useFieldLabel("integers")}
        data={isOne ? OPTIONS : [{ value: COLUMN_BY_COLUMN, label: COLUMN_BY_COLUMN }, ...OPTIONS]}
        value={isOne ? modes : COLUMN_BY_COLUMN}
        error={useFault("integers")}
        onChange={(chosen) => chosen !== null && chosen !== COLUMN_BY_COLUMN && change(chosen as NumberMode)}
      />
      {summary &&
        flatColumns(summary, modes).map(({ mode, names }) => (
          <Text key={mode} size="xs" role="alert" c="var(--mantine-color-error)" data-testid="flat-columns">
            As {mode} all numbers of {names.slice(0, 5).join(", ")}
            {names.length > 5 && ` and ${names.length - 5} more`} are the same to the model: choose another
            way.
          </Text>
        ))}
      {numbers.length > 0 && (
        <Group gap="xs">
          <Button size="compact-xs" aria-expanded={open} onClick={() => setOpen(!open)}>
            Column by column
          </Button>
          {recommended?.differs && (
            <Button size="compact-xs" onClick={() => change(recommended.modes)}>
              As recommended
            </Button>
          )}
        </Group>
      )}
      {recommended?.differs && (
        <Text size="xs" c="dimmed">
          Recommended: {recommended.reason}.
        </Text>
      )}
      <Collapse expanded={open && numbers.length > 0} keepMounted={false}>
        <SimpleGrid cols={2} spacing="xs" verticalSpacing={4}>
          {numbers.map(({ name, numbers: column }) => (
            <Select
              key={name}
              label={name}
              data={NUMBER_MODES.map((mode) => ({
                value: mode,
                label: mode === column!.recommended.mode ? `${mode} (recommended)` : mode,
                disabled: column!.ids[mode] === null,
              }))}
              value={modeOf(modes, name)}
              onChange={(chosen) => chosen !== null && change(withMode(modes, name, chosen as NumberMode))}
            />
          ))}
        </SimpleGrid>
      </Collapse>
    </Stack>
  );
}

function withMode(modes: NumberModes, name: string, mode: NumberMode): NumberModes {
  return { ...(typeof modes === "string" ? { [OTHER_COLUMNS]: modes } : modes), [name]: mode };
}
