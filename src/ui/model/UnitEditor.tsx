import { ActionIcon, Collapse, Group, Paper, Text } from "@mantine/core";
import { useState } from "react";
import { FUNCTIONS, INTERACTIONS } from "../../model/config.ts";
import { useHasFault } from "../controls/fault.ts";
import { NumberField } from "../controls/NumberField.tsx";
import { SelectField } from "../controls/SelectField.tsx";
import { SwitchField } from "../controls/SwitchField.tsx";
import { Icon, type IconName } from "../Icon.tsx";
import classes from "./model.module.css";

interface UnitEditorProps {
  path: string;
  number: number;
  /** null where there is nothing to move past, or nothing would be left. */
  onUp: (() => void) | null;
  onDown: (() => void) | null;
  onRemove: (() => void) | null;
}

/** One factorised interaction unit: its size, order and interaction; the rest on request. */
export function UnitEditor({ path, number, onUp, onDown, onRemove }: UnitEditorProps) {
  const [open, setOpen] = useState(false);
  const dropoutFaulty = useHasFault(`${path}.dropout`);
  const name = `unit ${number}`;
  return (
    <Paper withBorder p={8} className={classes.unit} role="group" aria-label={`Unit ${number}`}>
      <Group gap={2} justify="space-between" wrap="nowrap" mb={4}>
        <Text size="xs" fw={600}>
          Unit {number}
        </Text>
        <Group gap={0} wrap="nowrap">
          <UnitButton icon="up" label={`Move ${name} up`} onClick={onUp} />
          <UnitButton icon="down" label={`Move ${name} down`} onClick={onDown} />
          <UnitButton
            icon="settings"
            label={`More settings of ${name}`}
            expanded={open || dropoutFaulty}
            onClick={() => setOpen(!open)}
          />
          <UnitButton icon="remove" label={`Remove ${name}`} onClick={onRemove} />
        </Group>
      </Group>
      <div className={classes.unitFields}>
        <NumberField path={`${path}.size`} label="Size" step={8} />
        <NumberField path={`${path}.order`} label="Order K" step={1} />
        <SelectField path={`${path}.interaction`} label="Interaction" options={INTERACTIONS} />
      </div>
      <Collapse expanded={open || dropoutFaulty} keepMounted={false}>
        <div className={classes.unitFields} style={{ marginTop: 6 }}>
          <SelectField path={`${path}.gate`} label="Gate σ" options={FUNCTIONS} />
          <SelectField path={`${path}.activation`} label="Activation" options={FUNCTIONS} />
          <NumberField path={`${path}.dropout`} label="Dropout" />
        </div>
        <div style={{ marginTop: 8 }}>
          <SwitchField path={`${path}.batchNorm`} label="Batch norm" />
        </div>
      </Collapse>
    </Paper>
  );
}

function UnitButton({
  icon,
  label,
  expanded,
  onClick,
}: {
  icon: IconName;
  label: string;
  expanded?: boolean;
  onClick: (() => void) | null;
}) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={label}
      title={label}
      aria-expanded={expanded}
      disabled={!onClick}
      onClick={() => onClick?.()}
    >
      <Icon name={icon} size={14} />
    </ActionIcon>
  );
}
