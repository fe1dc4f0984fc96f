import { Select } from "@mantine/core";
import { controlId, useFault } from "./fault.ts";
import { useChangedMark } from "./useChangedMark.ts";
import { useDraftValue } from "./useDraftValue.ts";

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
      {...useChangedMark(path)}
      description={description}
      data={options}
      value={value}
      error={useFault(path)}
      onChange={(chosen) => chosen !== null && change(chosen)}
    />
  );
}
