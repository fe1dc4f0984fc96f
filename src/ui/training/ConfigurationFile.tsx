import { Button, FileButton, Group } from "@mantine/core";
import { Icon } from "../Icon.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { save } from "../save.ts";

/** Saves the configuration as JSON, and reads one. */
export function ConfigurationFile() {
  const studio = useStudio();
  const config = useStudioState((state) => state.configuration.config);
  async function read(file: File | null): Promise<void> {
    if (file) studio.importConfiguration(await file.text(), file.name);
  }
  return (
    <Group grow gap="xs">
      <FileButton accept="application/json,.json" onChange={read}>
        {(props) => (
          <Button {...props} variant="default" leftSection={<Icon name="upload" size={14} />}>
            Import JSON
          </Button>
        )}
      </FileButton>
      <Button
        variant="default"
        leftSection={<Icon name="download" size={14} />}
        disabled={!config}
        onClick={() => save("final-configuration.json", JSON.stringify(config, null, 2))}
      >
        Export JSON
      </Button>
    </Group>
  );
}
