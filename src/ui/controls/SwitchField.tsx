import { Switch } from "@mantine/core";
import { controlId } from "./fault.ts";
import { useDraftValue } from "./useDraftValue.ts";

/** The configuration's yes or no at `path`. */
export function SwitchField({ path, label }: { path: string; label: string }) {
  const [value, change] = useDraftValue<boolean>(path);
  return (
    <Switch
      id={controlId(path)}
      label={label}
      checked={value}
      onChange={(event) => change(event.currentTarget.checked)}
    />
  );
}
