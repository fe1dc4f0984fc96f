import { Button, Stack } from "@mantine/core";
import { type BranchDraft, nextUnit } from "../../store/draft.ts";
import { SwitchField } from "../controls/SwitchField.tsx";
import { useDraftValue } from "../controls/useDraftValue.ts";
import { Icon } from "../Icon.tsx";
import { UnitEditor } from "./UnitEditor.tsx";

/** A branch: feature gating or not, and its units from the input to the head. */
export function BranchEditor({ branch }: { branch: number }) {
  const path = `branches.${branch}`;
  const [{ units }] = useDraftValue<BranchDraft>(path);
  const [, changeUnits] = useDraftValue<BranchDraft["units"]>(`${path}.units`);
  function swap(u: number, other: number): void {
    changeUnits(units.with(u, units[other]!).with(other, units[u]!));
  }
  return (
    <Stack gap="xs">
      <SwitchField path={`${path}.featureGating`} label="Feature gating before the first unit" />
      {units.map((_, u) => (
        <UnitEditor
          // biome-ignore lint/suspicious/noArrayIndexKey: units have no name but their place
          key={u}
          path={`${path}.units.${u}`}
          number={u + 1}
          onUp={u > 0 ? () => swap(u, u - 1) : null}
          onDown={u < units.length - 1 ? () => swap(u, u + 1) : null}
          onRemove={units.length > 1 ? () => changeUnits(units.toSpliced(u, 1)) : null}
        />
      ))}
      <Button
        variant="default"
        leftSection={<Icon name="add" size={14} />}
        disabled={units.length >= 16}
        onClick={() => changeUnits([...units, nextUnit({ featureGating: false, units })])}
      >
        Add a unit
      </Button>
    </Stack>
  );
}
