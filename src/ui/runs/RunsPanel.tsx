import { Alert, Button, Group, Text } from "@mantine/core";
import { useState } from "react";
import { useStore } from "zustand";
import type { LibraryRun } from "../../library/requests.ts";
import { OverlayCharts } from "./OverlayCharts.tsx";
import { RunEditor } from "./RunEditor.tsx";
import { useRuns, useRunsState } from "./RunsContext.tsx";
import { RunsFiles } from "./RunsFiles.tsx";
import { RunsStorage } from "./RunsStorage.tsx";
import { RunsTable } from "./RunsTable.tsx";
import classes from "./runs.module.css";
import { runsOrder, useListedRuns } from "./useListedRuns.ts";

/** Every run that is kept: the table, and the charts of those on show. */
export function RunsPanel() {
  const loaded = useRunsState((state) => state.loaded);
  const isEmpty = useRunsState((state) => state.records.length === 0);
  const order = useStore(runsOrder);
  const [filter, setFilter] = useState("");
  const [edited, setEdited] = useState<LibraryRun | null>(null);
  const listed = useListedRuns(filter, order);
  return (
    <div className={classes.panel}>
      <section className={classes.card} aria-labelledby="runs-title">
        <RunsFiles listed={listed} filter={filter} onFilter={setFilter} />
        <StorageProblem />
        <Deleted />
        {isEmpty ? (
          <Text size="sm" c="dimmed" component="p" m={0}>
            {loaded
              ? "Your runs stay on this device. Train one, or import a file of runs."
              : "Reading the runs that are kept on this device."}
          </Text>
        ) : (
          <RunsTable
            listed={listed}
            order={order}
            onOrder={(chosen) => runsOrder.setState(chosen)}
            onEdit={setEdited}
          />
        )}
        <RunsStorage />
      </section>
      {!isEmpty && <OverlayCharts />}
      {edited && <RunEditor key={edited.runId} record={edited} onClose={() => setEdited(null)} />}
    </div>
  );
}

function StorageProblem() {
  const runs = useRuns();
  const problem = useRunsState((state) => state.problem);
  if (!problem) return null;
  return (
    <Alert
      color="red"
      variant="light"
      mb={8}
      withCloseButton
      closeButtonLabel="Dismiss"
      onClose={runs.dismissProblem}
      data-problem={problem.code}
    >
      {problem.sentence} {problem.remedy}
    </Alert>
  );
}

function Deleted() {
  const runs = useRuns();
  const deleted = useRunsState((state) => state.deleted);
  if (deleted.length === 0) return null;
  const what = deleted.length === 1 ? `“${deleted[0]!.name}” was` : `${deleted.length} runs were`;
  return (
    <Group gap="xs" mb={8} role="status">
      <Text size="xs">{what} deleted.</Text>
      <Button size="compact-xs" variant="default" onClick={() => void runs.restore()}>
        Undo
      </Button>
    </Group>
  );
}
