import { Button, Group } from "@mantine/core";
import { Suspense, useState } from "react";
import { FileChoice } from "../FileChoice.tsx";
import { Icon } from "../Icon.tsx";
import { loadLater } from "../loadLater.ts";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { save } from "../save.ts";

const ConfigurationTexts = loadLater(
  async () => (await import("./ConfigurationTexts.tsx")).ConfigurationTexts,
);

/** Saves the configuration as JSON, reads one, and shows it as text beside another one. */
export function ConfigurationFile() {
  const studio = useStudio();
  const config = useStudioState((state) => state.configuration.config);
  const [isText, setIsText] = useState(false);
  const read = (file: File | null) => void (file && studio.importConfigurationFile(file));
  return (
    <Group gap="xs">
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
      <Button
        variant="default"
        leftSection={<Icon name="compare" size={14} />}
        onClick={() => setIsText(true)}
      >
        As text
      </Button>
      {isText && (
        <Suspense>
          <ConfigurationTexts onClose={() => setIsText(false)} />
        </Suspense>
      )}
    </Group>
  );
}
