import { Button, Select, Stack, Text } from "@mantine/core";
import { useRef } from "react";
import { BRANCH_KINDS, type BranchKind, FIRST_UNIT } from "../../model/config.ts";
import { type BranchDraft, branchOfKind, nextUnit, type UnitDraft } from "../../store/configuration/draft.ts";
import { controlId, useFault } from "../controls/fault.ts";
import { NumberField } from "../controls/NumberField.tsx";
import { SwitchField } from "../controls/SwitchField.tsx";
import { useDraftValue } from "../controls/useDraftValue.ts";
import { meaningOf } from "../explain/glossary.ts";
import { Icon } from "../Icon.tsx";
import { BRANCH_KIND_LABELS, BRANCH_KIND_TEXTS } from "./branchKinds.ts";
import { UnitEditor } from "./UnitEditor.tsx";

const MOST_UNITS = 16;

/** A branch: what kind it is, and what that kind lets a person choose. */
export function BranchEditor({ branch }: { branch: number }) {
  const path = `branches.${branch}`;
  const [value, change] = useDraftValue<BranchDraft>(path);
  const fault = useFault(`${path}.kind`);
  // A branch that becomes one of FINAL's again gets its units back.
  const units = useRef<readonly UnitDraft[]>([FIRST_UNIT]);
  if (value.kind === "final") units.current = value.units;
  return (
    <Stack gap="xs">
      <Select
        id={controlId(`${path}.kind`)}
        label="Kind of branch"
        aria-description={meaningOf("branchKind")}
        data={BRANCH_KINDS.map((kind) => ({ value: kind, label: BRANCH_KIND_LABELS[kind] }))}
        value={value.kind}
        error={fault}
        onChange={(kind) => kind && change(branchOfKind(kind as BranchKind, units.current))}
      />
      {value.kind === "final" ? (
        <Units path={path} units={value.units} />
      ) : (
        <Text size="xs" c="dimmed">
          {BRANCH_KIND_TEXTS[value.kind]}
        </Text>
      )}
      {value.kind === "cross" && <NumberField path={`${path}.layers`} label="Cross layers" step={1} />}
    </Stack>
  );
}

/** Feature gating or not, and the units from the input to the head. */
function Units({ path, units }: { path: string; units: UnitDraft[] }) {
  const [, changeUnits] = useDraftValue<UnitDraft[]>(`${path}.units`);
  function swap(u: number, other: number): void {
    changeUnits(units.with(u, units[other]!).with(other, units[u]!));
  }
  return (
    <>
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
        leftSection={<Icon name="add" size={14} />}
        disabled={units.length >= MOST_UNITS}
        onClick={() => changeUnits([...units, nextUnit(units)])}
      >
        Add a unit
      </Button>
    </>
  );
}
