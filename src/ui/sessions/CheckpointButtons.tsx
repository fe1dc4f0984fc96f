import { Button, Group, Text, Tooltip } from "@mantine/core";
import { useState } from "react";
import { fileNameOf } from "../../base/fileName.ts";
import { FileChoice } from "../FileChoice.tsx";
import { count } from "../format.ts";
import { Icon } from "../Icon.tsx";
import { ModelOutputs } from "../outputs/ModelOutputs.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { save } from "../save.ts";
import { useSessions } from "./useSessions.ts";

/** Takes the run on show along as a file, or brings one in. */
export function CheckpointButtons() {
  const { sessions } = useStudio();
  const run = useStudioState((state) => state.run);
  const lastSave = useSessions((state) => state.lastSave);
  const [taking, setTaking] = useState(false);
  const hasStarted = run !== null && run.position.step > 0 && run.status.type !== "failed";
  async function download(): Promise<void> {
    if (!run) return;
    setTaking(true);
    const blob = await sessions.download(run.runId);
    if (blob) save(`${fileNameOf(run.name)}.safetensors`, blob);
    setTaking(false);
  }
  return (
    <Group gap={6} data-checkpoint-buttons="">
      <Tooltip label="The run as it stands, with its optimiser and curves, without pausing it">
        <Button
          size="sm"
          leftSection={<Icon name="download" />}
          disabled={!hasStarted}
          loading={taking}
          onClick={() => void download()}
        >
          Download
        </Button>
      </Tooltip>
      <FileChoice accept=".safetensors" onChange={(file) => file && void sessions.inspect(file)}>
        {(props) => (
          <Tooltip label="A checkpoint; it can also be dropped anywhere on the page">
            <Button size="sm" leftSection={<Icon name="upload" />} {...props}>
              Open checkpoint
            </Button>
          </Tooltip>
        )}
      </FileChoice>
      <ModelOutputs
        source={{
          name: run ? `${fileNameOf(run.name)}.safetensors` : "",
          file: async () => (run ? sessions.download(run.runId) : null),
        }}
        disabled={!hasStarted}
      />
      {run && lastSave?.runId === run.runId && (
        <Text size="xs" c="dimmed" data-testid="last-save">
          Saved at step {count(lastSave.step)}
        </Text>
      )}
    </Group>
  );
}
