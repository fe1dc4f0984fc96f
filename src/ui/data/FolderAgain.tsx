import { Alert, Button, Group, Text } from "@mantine/core";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { mayRead } from "./folders.ts";
import { openFolder } from "./openChosen.ts";

/** Offers the folder that was open before the page was loaded anew: the browser wants a click for it. */
export function FolderAgain() {
  const studio = useStudio();
  const folder = useStudioState((state) => state.folderOffer);
  if (!folder) return null;
  async function open(from: FileSystemDirectoryHandle): Promise<void> {
    if (await mayRead(from)) await openFolder(studio, from);
  }
  return (
    <Alert color="indigo" p="xs">
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="var(--mantine-color-text)" flex={1}>
          <strong>The folder {folder.name} was open before.</strong> The browser may ask whether the page may
          read it.
        </Text>
        <Button variant="filled" onClick={() => void open(folder)}>
          Open {folder.name} again
        </Button>
        <Button variant="subtle" onClick={studio.dismissFolder}>
          Not now
        </Button>
      </Group>
    </Alert>
  );
}
