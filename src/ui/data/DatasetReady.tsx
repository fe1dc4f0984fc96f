import { Alert, Button, Group, Text } from "@mantine/core";
import { useEffect } from "react";
import { useStudio, useStudioState } from "../StudioContext.tsx";
import { useDatasets } from "./useDatasets.ts";

/** A data set that was made while a run was training: it waits, and the run continues. */
export function DatasetReady() {
  const { datasets } = useStudio();
  const ready = useDatasets((state) => state.ready);
  const isOpen = useStudioState(
    ({ dataset }) => dataset?.location.type === "device" && dataset.location.id === ready?.id,
  );
  useEffect(() => {
    if (isOpen) datasets.dismissReady();
  }, [datasets, isOpen]);
  if (!ready) return null;
  return (
    <Alert color="indigo" p="xs" role="status" data-ready={ready.name}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" c="var(--mantine-color-text)" flex={1}>
          <strong>{ready.name} is ready.</strong> It is kept on this device; training continues with its own
          data.
        </Text>
        <Button aria-label={`Open ${ready.name} now`} onClick={() => void datasets.open(ready.id)}>
          Open
        </Button>
        <Button variant="subtle" onClick={datasets.dismissReady}>
          Not now
        </Button>
      </Group>
    </Alert>
  );
}
