import { Button, Group, Modal, Select, Switch, Text } from "@mantine/core";
import { useState } from "react";
import { PRESET_GROUPS, type PresetName, preset } from "../../model/presets.ts";
import { sideBySide } from "../../runs/sideBySide.ts";
import { count } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { useRunsState } from "../runs/RunsContext.tsx";
import { useStudioState } from "../StudioContext.tsx";
import classes from "./training.module.css";

const CURRENT = "current";
const RUN = "run ";

/** Two configurations as text, with the lines that differ marked. */
export function ConfigurationTexts({ onClose }: { onClose(): void }) {
  const base = useStudioState((state) => state.basePreset);
  const [left, chooseLeft] = useState<string>(base);
  const [right, chooseRight] = useState<string>(CURRENT);
  const [onlyDifferent, showOnlyDifferent] = useState(false);
  const texts = [useTextOf(left), useTextOf(right)] as const;
  const rows = sideBySide(texts[0].split("\n"), texts[1].split("\n"));
  const different = rows.filter(({ isSame }) => !isSame).length;
  const shown = rows
    .map((row, line) => ({ ...row, line }))
    .filter(({ isSame }) => !(onlyDifferent && isSame));
  return (
    <Modal opened onClose={onClose} size="80rem" title="Configurations as text">
      <div className={classes.sides}>
        <Side label="Left configuration" value={left} onChoose={chooseLeft} text={texts[0]} />
        <Side label="Right configuration" value={right} onChoose={chooseRight} text={texts[1]} />
      </div>
      <Group justify="space-between" my={8}>
        <Text size="sm" role="status" data-testid="lines-differ">
          {different === 0
            ? "Both are the same."
            : `${count(different)} ${different === 1 ? "line differs" : "lines differ"}.`}
        </Text>
        <Switch
          label="Only lines that differ"
          checked={onlyDifferent}
          onChange={(event) => showOnlyDifferent(event.currentTarget.checked)}
        />
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={classes.texts} aria-label="Lines of both" tabIndex={0}>
        <table>
          <colgroup>
            <col />
            <col />
            <col />
          </colgroup>
          <tbody>
            {shown.map((row) => (
              <tr key={row.line} data-different={!row.isSame || undefined}>
                <td>{row.left}</td>
                <td aria-label={row.isSame ? "same" : "differs"}>{row.isSame ? "" : "≠"}</td>
                <td>{row.right}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Modal>
  );
}

interface SideProps {
  label: string;
  value: string;
  text: string;
  onChoose(value: string): void;
}

/** Which configuration stands on a side, and its text to take along. */
function Side({ label, value, text, onChoose }: SideProps) {
  const records = useRunsState((state) => state.records);
  const [said, say] = useState("Copy");
  async function copy(): Promise<void> {
    // Not there without a secure connection.
    const copied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    say(copied ? "Copied" : "Not allowed to copy");
  }
  return (
    <Group gap="xs" align="end" wrap="nowrap">
      <Select
        label={label}
        flex={1}
        searchable
        data={[
          { value: CURRENT, label: "Current configuration" },
          { group: "Runs", items: records.map(({ runId, name }) => ({ value: RUN + runId, label: name })) },
          ...PRESET_GROUPS.map(({ group, names }) => ({ group: `Presets: ${group}`, items: [...names] })),
        ]}
        value={value}
        onChange={(chosen) => {
          say("Copy");
          if (chosen !== null) onChoose(chosen);
        }}
      />
      <Button
        variant="default"
        leftSection={<Icon name="copy" size={14} />}
        aria-label={`Copy the ${label.toLowerCase()}`}
        onClick={() => void copy()}
      >
        {said}
      </Button>
    </Group>
  );
}

/** The JSON of what was chosen. */
function useTextOf(chosen: string): string {
  const { config, draft } = useStudioState((state) => state.configuration);
  const run = useRunsState(({ records }) => records.find(({ runId }) => RUN + runId === chosen));
  // A run that was deleted since gives way to it.
  const current = config ?? draft;
  if (chosen === CURRENT || chosen.startsWith(RUN)) return JSON.stringify(run?.config ?? current, null, 2);
  return JSON.stringify(preset(chosen as PresetName), null, 2);
}
