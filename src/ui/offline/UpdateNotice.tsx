import { Alert, Button, Group, Text } from "@mantine/core";
import { useStore } from "zustand";
import { isActive } from "../../store/training/runState.ts";
import { Icon } from "../Icon.tsx";
import { useStudio, useStudioState } from "../StudioContext.tsx";

/** Says that a new version of the studio waits for a reload. */
export function UpdateNotice() {
  const { updates } = useStudio();
  const isReady = useStore(updates.store, (state) => state.isReady);
  const isTraining = useStudioState(({ run }) => isActive(run));
  if (!isReady) return null;
  return (
    <Alert color="blue" p="xs" icon={<Icon name="info" />} data-testid="update">
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="var(--mantine-color-text)" flex={1}>
          A new version of the studio is ready.
          {isTraining && " The run under way is saved first, and continues after the reload."}
        </Text>
        <Button variant="filled" onClick={updates.take}>
          Reload
        </Button>
      </Group>
    </Alert>
  );
}
