import { ActionIcon, Anchor, Group, Select, Stack, Tabs, Text, Tooltip } from "@mantine/core";
import { useState } from "react";
import { type Config, FUSIONS, MAX_BRANCHES } from "../../model/config.ts";
import { PRESET_GROUPS, type PresetName, preset } from "../../model/presets.ts";
import { configDifference } from "../../runs/configDifference.ts";
import { ChoiceField } from "../controls/ChoiceField.tsx";
import { controlId, useHasFault } from "../controls/fault.ts";
import { NumberField } from "../controls/NumberField.tsx";
import { SelectField } from "../controls/SelectField.tsx";
import { useDraftValue } from "../controls/useDraftValue.ts";
import { meaningOf } from "../explain/glossary.ts";
import { Icon } from "../Icon.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { BranchEditor } from "./BranchEditor.tsx";
import classes from "./model.module.css";
import { NumbersChoice } from "./NumbersChoice.tsx";

/** The model: preset, branches, and how they are fused. */
export function ModelPanel() {
  return (
    <Stack gap="sm">
      <PresetChoice />
      <Branches />
      <FusionChoice />
      <Group grow align="start" gap="xs">
        <NumberField path="distillationWeight" label="Distillation weight" />
        <NumberField path="l2Embedding" label="L2 of embeddings" />
      </Group>
      <Group grow align="start" gap="xs">
        <NumberField path="embeddingDim" label="Embedding size D" step={1} />
        <SelectField path="initialization" label="Initial values" options={["fuxictr", "mindspore"]} />
      </Group>
      <NumbersChoice />
    </Stack>
  );
}

function PresetChoice() {
  const studio = useStudio();
  const equal = useStudioState((state) => state.configuration.preset);
  const base = useStudioState((state) => state.basePreset);
  return (
    <>
      <Select
        id={controlId("preset")}
        label="Preset"
        aria-description={meaningOf("preset")}
        placeholder={`${base}, changed by you`}
        data={PRESET_GROUPS.map(({ group, names }) => ({ group, items: names }))}
        value={equal}
        onChange={(name) => name && studio.choosePreset(name as PresetName)}
      />
      {equal === null && <Changes />}
    </>
  );
}

/** What was changed from the preset, and the way back. */
function Changes() {
  const studio = useStudio();
  const base = useStudioState((state) => state.basePreset);
  const config = useStudioState((state) => state.configuration.config);
  return (
    <Text size="xs" component="p" m={0} data-testid="changes">
      {config && <>Changed: {configDifference(preset(base), config)}. </>}
      <Anchor component="button" type="button" size="xs" onClick={() => studio.choosePreset(base)}>
        Back to {base}
      </Anchor>
    </Text>
  );
}

function FusionChoice() {
  const [fusion, change] = useDraftValue<Config["fusion"]>("fusion");
  return (
    <ChoiceField
      path="fusion"
      label="Fusion of the branches"
      options={FUSIONS}
      value={fusion}
      onChange={change}
    />
  );
}

/** One tab a branch; a branch is added as a copy of the one on show. */
function Branches() {
  const studio = useStudio();
  const branches = useStudioState((state) => state.configuration.draft.branches);
  const [chosen, setChosen] = useState(0);
  const shown = Math.min(chosen, branches.length - 1);
  function add(): void {
    studio.edit("branches", [...branches, branches[shown]]);
    setChosen(branches.length);
  }
  function remove(): void {
    studio.edit("branches", branches.toSpliced(shown, 1));
    setChosen(Math.max(0, shown - 1));
  }
  return (
    <Tabs value={String(shown)} onChange={(tab) => setChosen(Number(tab))} className={classes.branches}>
      <Group gap={4} wrap="nowrap" justify="space-between">
        <Tabs.List>
          {branches.map((_, b) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: branches have no name but their number
            <BranchTab key={b} branch={b} />
          ))}
        </Tabs.List>
        <Group gap={2} wrap="nowrap">
          <Tooltip label={`Copy branch ${shown + 1} as a further one`}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Add a branch"
              disabled={branches.length >= MAX_BRANCHES}
              onClick={add}
            >
              <Icon name="add" />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={`Remove branch ${shown + 1}`}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Remove branch ${shown + 1}`}
              disabled={branches.length <= 1}
              onClick={remove}
            >
              <Icon name="remove" />
            </ActionIcon>
          </Tooltip>
        </Group>
      </Group>
      <Tabs.Panel value={String(shown)} pt="xs">
        <BranchEditor branch={shown} />
      </Tabs.Panel>
    </Tabs>
  );
}

function BranchTab({ branch }: { branch: number }) {
  const faulty = useHasFault(`branches.${branch}`);
  return (
    <Tabs.Tab
      value={String(branch)}
      className={classes.tab}
      leftSection={<span className={classes.swatch} style={{ background: `var(--branch-${branch})` }} />}
    >
      Branch {branch + 1}
      {faulty && <span className={classes.faulty}> !</span>}
    </Tabs.Tab>
  );
}
