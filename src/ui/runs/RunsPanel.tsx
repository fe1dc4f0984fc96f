import { Alert, Button, Group, Modal, Stack, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { useCallback, useState } from "react";
import { useStore } from "zustand";
import type { LibraryRun } from "../../library/requests.ts";
import type { RunRecord } from "../../runs/record.ts";
import { groupsOf, isFolded } from "../../store/library/runsState.ts";
import { LearnedOfRun } from "../insight/LearnedOfRun.tsx";
import { OverlayCharts } from "./OverlayCharts.tsx";
import type { OpenDialog } from "./RunRow.tsx";
import { useRuns, useRunsState } from "./RunsContext.tsx";
import { RunsFiles } from "./RunsFiles.tsx";
import { RunsStorage } from "./RunsStorage.tsx";
import { RunsTable } from "./RunsTable.tsx";
import classes from "./runs.module.css";
import { runsOrder, useListedGroups } from "./useListedGroups.ts";

/** Every run that is kept: the table, and the charts of those on show. */
export function RunsPanel() {
  const loaded = useRunsState((state) => state.loaded);
  const isEmpty = useRunsState((state) => state.records.length === 0);
  const order = useStore(runsOrder);
  const [filter, setFilter] = useState("");
  const [dialog, setDialog] = useState<{ what: Parameters<OpenDialog>[0]; record: LibraryRun } | null>(null);
  const openDialog = useCallback<OpenDialog>((what, record) => setDialog({ what, record }), []);
  const close = () => setDialog(null);
  const listed = useListedGroups(filter, order);
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
            openDialog={openDialog}
          />
        )}
        <SeedsWords />
        <RunsStorage />
      </section>
      {!isEmpty && <OverlayCharts />}
      {dialog?.what === "edit" && <RunEditor record={dialog.record} onClose={close} />}
      {dialog?.what === "learned" && <LearnedDialog record={dialog.record} onClose={close} />}
    </div>
  );
}

/** What ± is in the table and the band in the charts. */
function SeedsWords() {
  const hasSeeds = useRunsState((state) => groupsOf(state).some((group) => isFolded(group, state.grouping)));
  if (!hasSeeds) return null;
  return (
    <p className={classes.foot}>
      Seeds of a configuration: the mean ± half of its 95 % interval over seeds (Student’s t), for new seeds
      on the same rows; in the charts the mean, in a band from the lowest to the highest seed. A single run’s
      AUC: ± for new rows. What is done with such a row is done with all of its runs, exports included.
    </p>
  );
}

function StorageProblem() {
  const runs = useRuns();
  const problem = useRunsState((state) => state.problem);
  if (!problem) return null;
  return (
    <Alert color="red" mb={8} withCloseButton onClose={runs.dismissProblem} data-problem={problem.code}>
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
      <Button size="compact-xs" onClick={() => void runs.restore()}>
        Undo
      </Button>
    </Group>
  );
}

/** What the model of a run in the list had learned. */
function LearnedDialog({ record, onClose }: { record: LibraryRun; onClose(): void }) {
  return (
    <Modal opened onClose={onClose} size="xl" title={`What ${record.name} has learned`}>
      <LearnedOfRun run={record} />
    </Modal>
  );
}

/** Name, tags and note of a run. */
function RunEditor({ record, onClose }: { record: RunRecord; onClose(): void }) {
  const runs = useRuns();
  const [name, setName] = useState(record.name);
  const [tags, setTags] = useState(record.tags);
  const [note, setNote] = useState(record.note);
  const isNamed = name.trim() !== "";
  return (
    <Modal opened onClose={onClose} title={`Edit ${record.name}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!isNamed) return;
          runs.edit(record.runId, { name: name.trim(), tags, note: note.trim() });
          onClose();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            value={name}
            data-autofocus
            maxLength={200}
            error={isNamed ? null : "A run needs a name."}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TagsInput size="xs" label="Tags" value={tags} maxTags={20} onChange={setTags} />
          <Textarea
            size="xs"
            label="Note"
            value={note}
            maxLength={10_000}
            minRows={3}
            autosize
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Group justify="end" gap="xs">
            <Button onClick={onClose}>Cancel</Button>
            <Button variant="filled" type="submit" disabled={!isNamed}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
