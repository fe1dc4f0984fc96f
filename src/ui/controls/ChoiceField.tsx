import { Group, SegmentedControl, type SegmentedControlItem, Text } from "@mantine/core";
import { useId } from "react";
import { useFieldLabel } from "./useFieldLabel.ts";

interface ChoiceFieldProps<T extends string> {
  /** Where the configuration has what is chosen. */
  path: string;
  label: string;
  options: readonly T[] | SegmentedControlItem<T>[];
  value: T;
  onChange(value: T): void;
}

/** A choice of few, side by side, with its label. */
export function ChoiceField<T extends string>({
  path,
  label,
  options,
  value,
  onChange,
}: ChoiceFieldProps<T>) {
  const labelId = useId();
  const { labelProps, ...described } = useFieldLabel(path);
  return (
    <Group justify="space-between">
      <Text size="xs" fw={500} id={labelId} {...labelProps}>
        {label}
      </Text>
      <SegmentedControl<T>
        aria-labelledby={labelId}
        {...described}
        data={[...options]}
        value={value}
        onChange={onChange}
      />
    </Group>
  );
}
