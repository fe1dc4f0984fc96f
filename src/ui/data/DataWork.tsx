import { Button, Group, Progress, Text } from "@mantine/core";
import type { DataProgress } from "../../datasets/requests.ts";
import { count, duration, percent, short } from "../format.ts";
import { useStudio } from "../StudioContext.tsx";
import { useDatasets } from "./useDatasets.ts";

/** What is being done with data: how far it is, how fast, how long it still takes; and a way to end it. */
export function DataWork() {
  const looking = useDatasets((state) => state.looking);
  return (
    <>
      {looking && (
        <Text size="xs" role="status">
          Looking at the files …
        </Text>
      )}
      <Work />
    </>
  );
}

function Work() {
  const { datasets } = useStudio();
  const work = useDatasets((state) => state.work);
  if (!work) return null;
  const { title, progress, canCancel } = work;
  return (
    <section aria-label={title} data-testid="data-work">
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text size="xs" fw={600} truncate title={title}>
          {title}
        </Text>
        {canCancel && (
          <Button size="compact-xs" onClick={datasets.cancel}>
            Cancel
          </Button>
        )}
      </Group>
      <Progress my={4} value={progress ? 100 * progress.share : 100} striped={!progress} aria-label={title} />
      <Text size="xs" c="dimmed">
        {progress ? words(progress) : "Starting …"}
      </Text>
    </section>
  );
}

/** "Counting values (pass 1 of 2): 34.1 %, 1,234,567 rows, 512 k rows/s, 12 s left in this pass" */
function words({ stage, pass, share, rows, rowsPerSecond, secondsLeft }: DataProgress): string {
  const where = pass ? ` (pass ${pass.number} of ${pass.of})` : "";
  const parts = [`${stage}${where}: ${percent(share)}`];
  if (rows) parts.push(`${count(rows)} rows`);
  if (rowsPerSecond) parts.push(`${short(rowsPerSecond)} rows/s`);
  if (secondsLeft !== null) parts.push(`${duration(secondsLeft)} left${pass ? " in this pass" : ""}`);
  return parts.join(", ");
}
