import { Switch } from "@mantine/core";
import { controlId } from "./fault.ts";
import { useDraftValue } from "./useDraftValue.ts";
import { useFieldLabel } from "./useFieldLabel.ts";

/** The configuration's yes or no at `path`. */
export function SwitchField({ path, label }: { path: string; label: string }) {
  const [value, change] = useDraftValue<boolean>(path);
  const { labelProps, ...described } = useFieldLabel(path);
  return (
    <Switch
      id={controlId(path)}
      {...described}
      label={<span {...labelProps}>{label}</span>}
      checked={value}
      onChange={(event) => change(event.currentTarget.checked)}
    />
  );
}
