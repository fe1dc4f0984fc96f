import { Button, Group } from "@mantine/core";
import { FileChoice } from "../FileChoice.tsx";
import { Icon } from "../Icon.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { save } from "../save.ts";

/** Saves the configuration as JSON, and reads one. */
export function ConfigurationFile() {
  const studio = useStudio();
  const config = useStudioState((state) => state.configuration.config);
  const read = (file: File | null) => void (file && studio.importConfigurationFile(file));
  return (
    <Group grow gap="xs">
      <FileChoice accept="application/json,.json" onChange={read}>
        {(props) => (
          <Button {...props} leftSection={<Icon name="upload" size={14} />}>
            Import JSON
          </Button>
        )}
      </FileChoice>
      <Button
        leftSection={<Icon name="download" size={14} />}
        disabled={!config}
        onClick={() => save("final-configuration.json", JSON.stringify(config, null, 2))}
      >
        Export JSON
      </Button>
    </Group>
  );
}
