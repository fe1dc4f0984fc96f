import { Select } from "@mantine/core";
import { controlId, useFault } from "./fault.ts";
import { useDraftValue } from "./useDraftValue.ts";
import { useFieldLabel } from "./useFieldLabel.ts";

interface SelectFieldProps {
  path: string;
  label: string;
  description?: string;
  options: readonly string[] | { value: string; label: string }[];
}

/** The configuration's choice at `path`. */
export function SelectField({ path, label, description, options }: SelectFieldProps) {
  const [value, change] = useDraftValue<string>(path);
  return (
    <Select
      id={controlId(path)}
      label={label}
      {...useFieldLabel(path)}
      description={description}
      data={options}
      value={value}
      error={useFault(path)}
      onChange={(chosen) => chosen !== null && change(chosen)}
    />
  );
}
